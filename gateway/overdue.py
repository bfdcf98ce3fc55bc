"""What happens by itself when time passes: requests expire, approvers are reminded, others are told.

Every replica looks; a condition in the query's WHERE lets one of them win each piece of work.
"""

from gateway import browse
from gateway.closing import close
from gateway.events import RequestEscalated, RequestReminded
from gateway.gate import Gate, Unit
from gateway.links import issue_links
from gateway.targets import unique
from gateway.views import SYSTEM_CLOCK, SYSTEM_EXPIRY, RequestView
from models import nudges, requests
from models.words import DeciderType, Status

AT_ONCE = 200


async def expire_overdue(gate: Gate) -> int:
    """End the requests whose time has run out, 200 at most; return how many this call ended."""
    ended = 0
    for request_id in await requests.overdue(at=gate.now(), limit=AT_ONCE):
        request = await browse.load(request_id)
        async with gate.unit(by=SYSTEM_EXPIRY) as unit:
            ended += await expire(unit, request)
    return ended


async def expire(unit: Unit, request: RequestView) -> bool:
    """End one request whose time has run out; return whether this unit did."""
    return await close(unit, request, status=Status.EXPIRED, by=SYSTEM_EXPIRY, by_type=DeciderType.SYSTEM)


async def remind(gate: Gate) -> int:
    """Remind of the requests whose time for it has come, 200 at most; return how many this call reminded of."""
    reminded = 0
    for request_id in await nudges.to_remind(at=gate.now(), limit=AT_ONCE):
        request = await browse.load(request_id)
        async with gate.unit(by=SYSTEM_CLOCK) as unit:
            if await nudges.claim_reminder(request.id, at=unit.at):
                unit.publish(RequestReminded(request_id=request.id, action=request.action), to=request.targets)
                reminded += 1
    return reminded


async def escalate(gate: Gate) -> int:
    """Tell others of requests that nobody answered in time, 200 at most; return how many this call escalated."""
    escalated = 0
    for request_id in await nudges.to_escalate(at=gate.now(), limit=AT_ONCE):
        request = await browse.load(request_id)
        others = request.policy_decision.escalate_to
        everybody = unique((*request.targets, *others))
        async with gate.unit(by=SYSTEM_CLOCK) as unit:
            if await nudges.claim_escalation(request.id, at=unit.at, targets=everybody):
                told = RequestEscalated(request_id=request.id, action=request.action, to=list(others))
                unit.publish(told, to=everybody)
                new = [target for target in everybody if target not in request.targets]
                await issue_links(gate, unit, request, new)
                escalated += 1
    return escalated
