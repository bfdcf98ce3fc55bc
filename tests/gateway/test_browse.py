"""Reading: one request, pages of requests and of the audit trail."""

import base64

import pytest

from gateway import browse
from gateway.decide import decide
from gateway.errors import Forbidden, Invalid, NotFound
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.search import audit_page
from models.events import EventFilter
from models.requests import RequestFilter
from models.words import Decision, Scope, Urgency
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled

ALL = RequestFilter()


async def found(which: RequestFilter) -> list[str]:
    """Return the actions of the requests that a filter finds, newest first."""
    page = await browse.request_page(which, limit=100)
    assert page.total == len(page.items)
    return [one.action for one in page.items]


class TestOne:
    """By id or by short code, however it was typed."""

    async def test_every_way_to_write_it(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        for ref in (
            request.id,
            request.id.upper(),
            request.code,
            request.shown_code,
            f" {request.shown_code.upper()}\n",
        ):
            assert (await browse.load(ref)).id == request.id

    @pytest.mark.parametrize(
        "ref",
        ["", " ", "req_", "req_" + "z" * 26, "req_" + "0" * 25, "req_" + "0" * 27, "k7qm", "k7qm-3vt", "k7qm--3vtx",
         "k7qm 3vtx", "zzzz-zzzz", "%", "' OR 1=1 --", "\x00", "k7qm-3vtx\x00", "é" * 8, "x" * 10_000],
    )  # fmt: skip
    async def test_what_is_none_is_not_found(self, gate: Gate, agent: NewKey, ref: str) -> None:
        await asked(gate, agent)
        with pytest.raises(NotFound) as refusal:
            await browse.load(ref)
        assert len(refusal.value.sentence) < 200

    async def test_who_may_read(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        request = await asked(gate, agent)
        reader = await a_key(gate, "reader", Scope.REQUEST_READ)
        other = await a_key(gate, "other", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE)
        for actor in (agent.key.actor, admin.key.actor, reader.key.actor, ALICE):
            assert (await browse.show(gate, request.code, by=actor)).id == request.id
            assert len(await browse.history(gate, request.code, by=actor)) == 2
        with pytest.raises(Forbidden, match="The key other lacks the scope request:read"):
            await browse.show(gate, request.id, by=other.key.actor)
        with pytest.raises(Forbidden):
            await browse.history(gate, request.id, by=other.key.actor)

    async def test_a_history_is_told_oldest_first(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        await asked(gate, agent)
        await decide(gate, request.id, Decision.DENIED, by=ALICE)
        told = await browse.history(gate, request.id, by=ALICE)
        assert [one.type for one in told] == ["request.created", "request.pending", "request.denied", "request.decided"]
        assert {one.request_id for one in told} == {request.id}


class TestRequestPages:
    """Newest first, by cursor or offset."""

    async def test_filters_find_exactly_theirs(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        await asked(gate, agent, "first", urgency=Urgency.LOW)
        second = await asked(gate, admin, "second")
        await asked(gate, agent, "third", urgency=Urgency.CRITICAL)
        await decide(gate, second.id, Decision.DENIED, by=ALICE)
        assert await found(ALL) == ["third", "second", "first"]
        assert await found(RequestFilter(status="denied")) == ["second"]
        assert await found(RequestFilter(status="pending", requested_by="api:agent")) == ["third", "first"]
        assert await found(RequestFilter(urgency="critical")) == ["third"]
        assert await found(RequestFilter(action="first")) == ["first"]
        assert await found(RequestFilter(action="first", status="denied")) == []
        assert await found(RequestFilter(action="fir%")) == []

    async def test_votes_come_with_their_requests(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 3})
        first, second = await asked(gate, agent), await asked(gate, agent)
        await decide(gate, first.id, Decision.APPROVED, by=ALICE)
        await decide(gate, second.id, Decision.APPROVED, by=BOB)
        await decide(gate, first.id, Decision.APPROVED, by=BOB)
        page = await browse.request_page(ALL, limit=9)
        voters = [[vote.by for vote in one.approvals] for one in page.items]
        assert voters == [["terminal:bob"], ["terminal:alice", "terminal:bob"]]

    @pytest.mark.parametrize("size", [1, 2, 3, 7, 20])
    async def test_pages_by_cursor_show_every_row_once(self, gate: Gate, agent: NewKey, size: int) -> None:
        ids = [(await asked(gate, agent)).id for _ in range(7)]
        seen: list[str] = []
        cursor = None
        while True:
            page = await browse.request_page(ALL, limit=size, cursor=cursor)
            assert len(page.items) <= size
            assert page.total == 7
            seen += [one.id for one in page.items]
            cursor = page.next_cursor
            assert page.has_more is (cursor is not None)
            if cursor is None:
                break
        assert seen == ids[::-1]

    async def test_pages_by_offset(self, gate: Gate, agent: NewKey) -> None:
        ids = [(await asked(gate, agent)).id for _ in range(5)][::-1]
        pages = [await browse.request_page(ALL, limit=2, offset=offset) for offset in (0, 2, 4, 6)]
        assert [[one.id for one in page.items] for page in pages] == [ids[:2], ids[2:4], ids[4:], []]
        assert [page.has_more for page in pages] == [True, True, False, False]

    async def test_rows_added_while_somebody_pages_hide_none(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        ids = [(await asked(gate, agent)).id for _ in range(6)]
        seen: list[str] = []
        cursor = None
        for _ in range(3):
            page = await browse.request_page(ALL, limit=2, cursor=cursor)
            seen += [one.id for one in page.items]
            cursor = page.next_cursor
            clock.advance(seconds=-1)
            await asked(gate, agent)
        assert seen == ids[::-1]
        assert cursor is None


def cursor_for(text: str) -> str:
    return base64.urlsafe_b64encode(text.encode()).decode().rstrip("=")


@pytest.mark.parametrize(
    "cursor",
    [
        "",
        "x",
        "!!!",
        "é",
        "\x00",
        cursor_for("req_x"),
        cursor_for("evt_" + "0" * 26),
        cursor_for("req_" + "0" * 26 + "'"),
        "A" * 10_001,
        base64.urlsafe_b64encode(b"\xff\xfe\xfd").decode(),
    ],
)
async def test_a_cursor_that_no_page_gave_is_refused(gate: Gate, cursor: str) -> None:
    with pytest.raises(Invalid, match="cursor is not one that a page gave; leave it out to begin anew") as refusal:
        await browse.request_page(ALL, limit=5, cursor=cursor)
    assert refusal.value.field == "cursor"


async def test_a_cursor_belongs_to_its_list(gate: Gate, agent: NewKey) -> None:
    for _ in range(2):
        await asked(gate, agent)
    page = await browse.request_page(ALL, limit=1)
    with pytest.raises(Invalid):
        await audit_page(EventFilter(), limit=1, cursor=page.next_cursor)


class TestListsInMemory:
    """Short lists are paged the same way."""

    def test_by_cursor_and_offset(self) -> None:
        items = list("abcde")
        first = browse.page_of(items, limit=2, offset=0, cursor=None)
        assert (first.items, first.total, first.has_more) == (("a", "b"), 5, True)
        second = browse.page_of(items, limit=2, offset=0, cursor=first.next_cursor)
        third = browse.page_of(items, limit=2, offset=0, cursor=second.next_cursor)
        assert (second.items, third.items, third.next_cursor) == (("c", "d"), ("e",), None)
        assert browse.page_of(items, limit=2, offset=9, cursor=None).items == ()

    @pytest.mark.parametrize("cursor", ["", "-1", "x", "１", "1" * 10, "1.5"])
    def test_a_cursor_that_no_page_gave_is_refused(self, cursor: str) -> None:
        with pytest.raises(Invalid):
            browse.page_of(["a"], limit=1, offset=0, cursor=cursor)
