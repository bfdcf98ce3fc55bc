"""One working day at a small company, as its pages show it: agents that ask, people that answer, rules between."""

from dataclasses import dataclass
from datetime import UTC, datetime

from gateway.cancel import cancel
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey, revoke_key
from gateway.overdue import expire_overdue
from gateway.views import Actor, RequestView
from models.words import Decision, Scope, Status, Urgency
from tests.browser import asks
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import asked, ruled

MORNING = datetime(2026, 3, 11, 8, 2, 11, tzinfo=UTC)
BEN = Actor("email", "ben@example.com")
APPROVER = (Scope.REQUEST_READ, Scope.REQUEST_DECIDE, Scope.AUDIT_READ)


@dataclass(frozen=True, slots=True)
class World:
    """Who is there, and what waits."""

    lea: NewKey
    """Approves, and reads the audit trail."""
    ida: NewKey
    """Manages everything."""
    nora: NewKey
    """Reads the audit trail, and nothing else."""
    agent: NewKey
    """Asked for the refund."""
    newcomer: NewKey
    """May ask, and has not yet."""
    refund: RequestView
    """Waits, urgently."""
    release: RequestView
    """Waits for a second person, with a reason."""
    denied: RequestView


async def furnished(gate: Gate, clock: Clock) -> World:
    """Let the day pass in an empty gate, until half past two."""
    clock.time = MORNING
    agents = {name: await a_key(gate, name, Scope.REQUEST_CREATE) for name in asks.AGENTS}
    lea, ida = await a_key(gate, "lea", *APPROVER), await a_key(gate, "ida", Scope.ADMIN, rate_limit=600)
    newcomer = await a_key(gate, "invoice-agent", Scope.REQUEST_CREATE)
    nora = await a_key(gate, "nora", Scope.AUDIT_READ)
    old = await a_key(gate, "old-laptop", *APPROVER)
    await ruled(gate, asks.STAGING_RULE, name="staging", priority=10)
    await ruled(gate, asks.RELEASE_RULE, name="releases", priority=20)
    await ruled(gate, asks.MONEY_RULE, name="money", priority=30)
    denied = await _past(gate, clock, agents, lea=lea)
    await revoke_key(gate, old.key.id, by=ida.key.actor)
    waits = [await _asks(gate, clock, agents, ask) for ask in asks.WAITING]
    clock.advance(seconds=70)
    refund, release = waits[0], waits[1]
    await decide(gate, release.id, Decision.APPROVED, by=BEN, reason="Canary looks clean.")
    return World(lea, ida, nora, agents["billing-agent"], newcomer, refund, release, denied)


async def _past(gate: Gate, clock: Clock, agents: dict[str, NewKey], *, lea: NewKey) -> RequestView:
    """Let everything happen that is over by the afternoon; return what was denied."""
    denied = None
    for ask in asks.OVER:
        request = await _asks(gate, clock, agents, ask)
        clock.advance(minutes=4)
        match ask.ends:
            case Status.DENIED:
                await decide(gate, request.id, Decision.DENIED, by=lea.key.visitor, reason=ask.why)
                denied = request
            case Status.APPROVED:
                await decide(gate, request.id, Decision.APPROVED, by=BEN, reason=ask.why)
            case Status.CANCELLED:
                await cancel(gate, request.id, by=agents[ask.agent].key.actor)
            case Status.EXPIRED:
                clock.advance(minutes=61)
                await expire_overdue(gate)
            case _:
                pass  # a policy has answered
    assert denied is not None
    return denied


async def _asks(gate: Gate, clock: Clock, agents: dict[str, NewKey], ask: asks.Asks) -> RequestView:
    clock.advance(minutes=ask.after)
    return await asked(
        gate,
        agents[ask.agent],
        ask.action,
        params=ask.params,
        context={"reason": ask.says},
        urgency=Urgency(ask.urgency),
    )
