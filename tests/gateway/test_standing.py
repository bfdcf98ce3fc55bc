"""How somebody stands to a request: whether an answer would count now; if not, why, and who can."""

from dataclasses import replace

import pytest

from gateway.browse import load
from gateway.cancel import cancel
from gateway.decide import decide
from gateway.errors import AlreadyFinal, Forbidden
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.people import link_person
from gateway.permission import Trust
from gateway.standing import standing_of, who_may
from gateway.views import Actor, RequestView
from models.words import Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled
from tests.gateway.test_cards import WAITING


@pytest.fixture
async def lea(gate: Gate) -> Actor:
    return (await a_key(gate, "lea", Scope.REQUEST_READ, Scope.REQUEST_DECIDE)).key.visitor


async def test_who_may_is_asked_for_nothing_more(gate: Gate, agent: NewKey, lea: Actor) -> None:
    standing = await standing_of(gate, await asked(gate, agent), by=lea)
    assert (standing.may_answer, standing.who_can, standing.own) == (True, None, None)


async def test_who_lacks_the_scope_is_told_so_and_who_can(gate: Gate, agent: NewKey) -> None:
    viewer = (await a_key(gate, "viewer", Scope.REQUEST_READ)).key.visitor
    standing = await standing_of(gate, await asked(gate, agent), by=viewer)
    assert not standing.may_answer
    assert "lacks the scope request:decide" in str(standing.why_not)
    assert standing.who_can == "whoever has a key with the scope request:decide or whoever sits at the server"


async def test_who_asked_is_told_that_somebody_else_has_to(gate: Gate) -> None:
    both = await a_key(gate, "both", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)
    standing = await standing_of(gate, await asked(gate, both), by=both.key.visitor)
    assert "yourself" in str(standing.why_not)
    assert "request:decide" in str(standing.who_can)


async def test_where_a_rule_names_others_they_are_named(gate: Gate, agent: NewKey, lea: Actor) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvers": ["slack:U1", "person:maria"]})
    request = await asked(gate, agent)
    standing = await standing_of(gate, request, by=lea)
    assert (standing.may_answer, standing.who_can) == (False, "slack:U1 or person:maria")
    await link_person(gate, "maria", "api:lea", by=ALICE)
    assert (await standing_of(gate, request, by=lea)).may_answer


async def test_who_has_answered_is_told_what(gate: Gate, agent: NewKey, lea: Actor) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    request = (await decide(gate, (await asked(gate, agent)).id, Decision.APPROVED, by=lea)).request
    standing = await standing_of(gate, request, by=lea)
    assert not standing.may_answer
    assert standing.own is not None
    assert standing.own.decision is Decision.APPROVED
    assert (await standing_of(gate, request, by=BOB)).may_answer


async def test_how_it_ended_is_told_whoever_asks(gate: Gate, agent: NewKey, lea: Actor, clock: Clock) -> None:
    denied, cancelled, overdue = [await asked(gate, agent) for _ in range(3)]
    await decide(gate, denied.id, Decision.DENIED, by=BOB)
    await cancel(gate, cancelled.id, by=agent.key.actor)
    clock.advance(hours=2)
    told = {"already denied by terminal:bob": denied, "cancelled by api:agent": cancelled, "has expired": overdue}
    for words, request in told.items():
        standing = await standing_of(gate, await load(request.id), by=lea)
        assert words in str(standing.why_not)
        assert (standing.may_answer, standing.own) == (False, None)


async def test_it_says_what_deciding_would(gate: Gate, agent: NewKey, lea: Actor, clock: Clock) -> None:
    """Whatever the rules are, a form is offered exactly where an answer counts."""
    viewer = (await a_key(gate, "viewer", Scope.REQUEST_READ)).key.visitor
    for rule in ({}, {"approvers": ["api:lea"]}, {"approvers": ["slack:U1"]}, {"approvers": ["person:alice"]}):
        await ruled(gate, {"decision": "route_to_human", "match": {"action": str(rule)}, **rule}, name=str(rule)[:90])
        for by in (lea, viewer, ALICE, agent.key.visitor, Actor("slack", "U1", place="slack:C1")):
            request = await asked(gate, agent, str(rule))
            offered = (await standing_of(gate, request, by=by)).may_answer
            assert offered is await counts(gate, request, by=by), (rule, by)


async def counts(gate: Gate, request: RequestView, *, by: Actor) -> bool:
    try:
        return (await decide(gate, request.id, Decision.DENIED, by=by)).request.status is Status.DENIED
    except (Forbidden, AlreadyFinal):
        return False


BY_KEY = "whoever has a key with the scope request:decide"


@pytest.mark.parametrize(
    ("targets", "approvers", "who"),
    [
        ((), {}, BY_KEY),
        (("slack:#ops", "slack:#sre"), {}, f"{BY_KEY} or whoever sees it in slack:#ops or slack:#sre"),
        (("slack:#ops",), {"slack": {"slack:U2", "slack:U1"}}, f"{BY_KEY}, slack:U1 or slack:U2"),
        (("email:a@x.example", "webhook:1"), {}, f"{BY_KEY} or email:a@x.example"),
    ],
)
def test_who_may_where_a_rule_names_nobody(targets: tuple[str, ...], approvers: dict[str, set[str]], who: str) -> None:
    trust = Trust({kind: frozenset(names) for kind, names in approvers.items()})
    assert who_may(replace(WAITING, targets=targets), trust) == who
