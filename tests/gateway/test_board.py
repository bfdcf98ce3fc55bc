"""Looking through requests: those that wait first, then the newest, each with their own eyes."""

import pytest

from gateway.board import Board, board
from gateway.browse import write_cursor
from gateway.cancel import cancel
from gateway.decide import decide
from gateway.errors import Invalid
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import Actor
from models.requests import RequestFilter
from models.words import Decision, Scope, Urgency
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked, ruled

ALL = RequestFilter()


def shown(found: Board) -> list[str]:
    """Return what a page shows, as the actions of its requests."""
    return [request.action for request in found.items]


async def every_page(which: RequestFilter, *, by: Actor, limit: int) -> list[list[str]]:
    """Return what every page shows, one after the other."""
    pages, cursor = [], None
    while True:
        found = await board(which, by=by, limit=limit, cursor=cursor)
        pages.append(shown(found))
        cursor = found.next_cursor
        if cursor is None:
            return pages


async def filled(gate: Gate, agent: NewKey) -> None:
    """Ask for `a` to `h`, and answer every other one."""
    for place, action in enumerate("abcdefgh"):
        request = await asked(gate, agent, action, urgency=Urgency.HIGH if action in "ad" else Urgency.NORMAL)
        if place % 2:
            await decide(gate, request.id, Decision.DENIED if action == "d" else Decision.APPROVED, by=ALICE)


@pytest.mark.parametrize("limit", [1, 2, 3, 4, 5, 7, 8, 100])
async def test_what_waits_comes_first_and_no_page_repeats_or_leaves_out(gate: Gate, agent: NewKey, limit: int) -> None:
    await filled(gate, agent)
    pages = await every_page(ALL, by=ALICE, limit=limit)
    assert [action for page in pages for action in page] == list("gecahfdb")
    assert {len(page) for page in pages[:-1]} <= {limit}
    assert pages[-1], "no page is empty"


@pytest.mark.parametrize(
    ("which", "actions"),
    [
        (RequestFilter(status="pending"), "geca"),
        (RequestFilter(status="approved"), "hfb"),
        (RequestFilter(status="denied"), "d"),
        (RequestFilter(status="expired"), ""),
        (RequestFilter(urgency="high"), "ad"),
        (RequestFilter(action="f"), "f"),
        (RequestFilter(status="pending", urgency="normal"), "gec"),
    ],
)
@pytest.mark.parametrize("limit", [1, 2, 100])
async def test_a_filter_leaves_out_the_rest_on_every_page(
    gate: Gate, agent: NewKey, which: RequestFilter, actions: str, limit: int
) -> None:
    await filled(gate, agent)
    assert [action for page in await every_page(which, by=ALICE, limit=limit) for action in page] == list(actions)


async def test_what_waits_is_counted_whatever_is_filtered(gate: Gate, agent: NewKey) -> None:
    await filled(gate, agent)
    found = await board(RequestFilter(status="denied"), by=ALICE, limit=1)
    assert (found.waiting, found.waiting_is_capped) == (4, False)


async def test_a_key_that_only_asks_sees_what_it_asked_itself(gate: Gate, agent: NewKey) -> None:
    other = await a_key(gate, "other", Scope.REQUEST_CREATE)
    for by, action in ((agent, "mine"), (other, "theirs"), (agent, "mine too")):
        await asked(gate, by, action)
    gone = await asked(gate, agent, "mine, over")
    await cancel(gate, gone.id, by=agent.key.actor)
    reader = await a_key(gate, "reader", Scope.REQUEST_READ)
    decider = await a_key(gate, "decider", Scope.REQUEST_DECIDE)
    assert await every_page(ALL, by=agent.key.actor, limit=2) == [["mine too", "mine"], ["mine, over"]]
    assert (await board(ALL, by=agent.key.actor, limit=9)).waiting == 2
    assert shown(await board(ALL, by=reader.key.actor, limit=9)) == ["mine too", "theirs", "mine", "mine, over"]
    assert shown(await board(ALL, by=decider.key.actor, limit=9)) == []


async def test_another_key_of_the_same_name_sees_nothing_of_the_first(gate: Gate, agent: NewKey) -> None:
    await asked(gate, agent, "mine")
    stranger = Actor("api", agent.key.name, key_id="key_" + "0" * 26, scopes=frozenset({Scope.REQUEST_CREATE}))
    assert shown(await board(ALL, by=stranger, limit=9)) == []


async def test_votes_are_shown(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    request = await asked(gate, agent)
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    (only,) = (await board(ALL, by=ALICE, limit=9)).items
    assert [vote.by for vote in only.approvals] == ["terminal:alice"]


@pytest.mark.parametrize("cursor", ["", "x", "ü", write_cursor("evt_" + "0" * 26), write_cursor("end_x"), "a" * 300])
async def test_a_cursor_that_no_page_gave_is_refused(gate: Gate, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor"):
        await board(ALL, by=ALICE, limit=9, cursor=cursor)
