"""Searching the audit trail: filters, pages both ways, and how far a search looks."""

from datetime import timedelta

import pytest

from gateway.browse import write_cursor
from gateway.decide import decide
from gateway.errors import Invalid
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.search import NEWER, audit_actions, audit_actors, audit_page, with_request_id
from gateway.views import EventView
from models import db
from models.events import EventFilter
from models.words import Decision, Status
from tests.clock import Clock
from tests.gateway.scenes import ALICE, asked


async def heard(which: EventFilter) -> list[str]:
    """Return the types of the events that a filter finds, oldest first."""
    page = await audit_page(which, limit=100)
    assert page.total == len(page.items)
    return [one.type for one in reversed(page.items)]


class TestAuditPages:
    """The audit trail, searched and paged."""

    async def test_filters_find_exactly_theirs(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        first = await asked(gate, agent, "first")
        clock.advance(minutes=1)
        noon = clock.time
        second = await asked(gate, agent, "second")
        await decide(gate, first.id, Decision.APPROVED, by=ALICE)
        asked_, decided = ["request.created", "request.pending"], ["request.approved", "request.decided"]
        assert await heard(EventFilter(request_id=first.id)) == asked_ + decided
        assert await heard(EventFilter(action="second")) == asked_
        assert await heard(EventFilter(actor="terminal:alice")) == decided
        assert await heard(EventFilter(type="request.created")) == ["request.created"] * 2
        assert await heard(EventFilter(status="approved")) == asked_ + decided
        assert await heard(EventFilter(status="pending", type="request.created")) == ["request.created"]
        assert await heard(EventFilter(since=noon)) == asked_ + decided
        assert await heard(EventFilter(until=noon, actor="api:agent")) == asked_
        assert await heard(EventFilter(since=noon, until=noon)) == []
        assert await heard(EventFilter(since=noon + timedelta(seconds=1))) == []
        assert await heard(EventFilter(actor="terminal:alice", action="second")) == []
        assert await heard(await with_request_id(EventFilter(request_id=second.shown_code))) == asked_

    async def test_an_entry_shows_what_its_request_is_now(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        await decide(gate, request.id, Decision.DENIED, by=ALICE)
        page = await audit_page(EventFilter(), limit=9)
        now = {one.type: one.request.status if one.request else None for one in page.items}
        assert now == {
            "request.created": Status.DENIED,
            "request.pending": Status.DENIED,
            "request.denied": Status.DENIED,
            "request.decided": Status.DENIED,
            "key.created": None,
        }

    async def test_pages_show_every_row_once_also_while_rows_are_added(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        for _ in range(10):
            await asked(gate, agent)
        whole = [one.id for one in (await audit_page(EventFilter(), limit=100)).items]
        seen: list[EventView] = []
        cursor = None
        while len(seen) < len(whole):
            page = await audit_page(EventFilter(), limit=4, cursor=cursor)
            seen += page.items
            cursor = page.next_cursor
            clock.advance(seconds=-2)
            await asked(gate, agent)
        assert [one.id for one in seen] == whole
        assert cursor is None

    async def test_who_only_reads_on_need_not_count(self, gate: Gate, agent: NewKey) -> None:
        page = await audit_page(EventFilter(), limit=1, count=False)
        assert (len(page.items), page.total) == (1, 0)

    async def test_an_unknown_request_has_no_entries(self, gate: Gate) -> None:
        which = await with_request_id(EventFilter(request_id="zzzz-zzzz"))
        assert await heard(which) == []
        with pytest.raises(Invalid, match="“no request” is neither an id") as refusal:
            await with_request_id(EventFilter(request_id="no request"))
        assert refusal.value.field == "requestId"

    async def test_actions_and_actors_are_listed_once_each(self, gate: Gate, agent: NewKey) -> None:
        assert await audit_actions() == []
        for action in ("b", "a", "b", "ü"):
            request = await asked(gate, agent, action)
        await decide(gate, request.id, Decision.DENIED, by=ALICE)
        assert await audit_actions() == ["a", "b", "ü"]
        assert await audit_actors() == ["api:agent", "system:start", "terminal:alice"]


async def test_counting_stops_at_ten_thousand(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    await db.select(
        "WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 10001)"
        " INSERT INTO events (id, type, request_id, actor, details, created_at)"
        " SELECT 'evt_00000000000000000000' || CAST(100000 + i AS text), 'request.pending', $1, 'api:agent', '{}',"
        " '2026-01-01 00:00:00+00:00'"
        " FROM n RETURNING id",
        request.id,
    )
    capped = await audit_page(EventFilter(), limit=1)
    assert (capped.total, capped.total_is_capped) == (10_000, True)
    exact = await audit_page(EventFilter(type="request.created"), limit=1)
    assert (exact.total, exact.total_is_capped) == (1, False)


class TestBothWays:
    """A cursor leads to what is older or to what is newer, and neither skips nor repeats anything."""

    async def test_there_and_back_shows_the_same_pages(self, gate: Gate, agent: NewKey) -> None:
        for _ in range(6):
            await asked(gate, agent)
        down = [await audit_page(EventFilter(), limit=5)]
        while down[-1].next_cursor is not None:
            down.append(await audit_page(EventFilter(), limit=5, cursor=down[-1].next_cursor))
        up = [down[-1]]
        while up[-1].previous_cursor is not None:
            up.append(await audit_page(EventFilter(), limit=5, cursor=up[-1].previous_cursor))
        assert [page.items for page in up[::-1]] == [page.items for page in down]
        assert [page.next_cursor for page in up[1:]] == [page.next_cursor for page in down[-2::-1]]
        assert len(down) == 3

    async def test_what_happens_meanwhile_is_on_the_way_back_once(self, gate: Gate, agent: NewKey) -> None:
        which = EventFilter(actor="api:agent")
        for _ in range(5):
            await asked(gate, agent)
        page = await audit_page(which, limit=3)
        seen = [*page.items]
        while page.next_cursor is not None:
            page = await audit_page(which, limit=3, cursor=page.next_cursor)
            seen += page.items
            await asked(gate, agent)
        back = [*page.items]
        while page.previous_cursor is not None:
            page = await audit_page(which, limit=3, cursor=page.previous_cursor)
            back = [*page.items, *back]
        whole = (await audit_page(which, limit=100)).items
        assert [one.id for one in back] == [one.id for one in whole]
        assert [one.id for one in seen] == [one.id for one in whole][-len(seen) :]

    async def test_a_page_by_offset_leads_back_too(self, gate: Gate, agent: NewKey) -> None:
        for _ in range(3):
            await asked(gate, agent)
        page = await audit_page(EventFilter(), limit=2, offset=2)
        newer = await audit_page(EventFilter(), limit=2, cursor=page.previous_cursor)
        assert newer.items == (await audit_page(EventFilter(), limit=2)).items
        assert newer.previous_cursor is None

    async def test_where_nothing_is_newer_the_page_is_empty(self, gate: Gate, agent: NewKey) -> None:
        page = await audit_page(EventFilter(), limit=1)
        assert page.previous_cursor is None
        beyond = await audit_page(EventFilter(), limit=1, cursor=NEWER + write_cursor(page.items[0].id))
        assert (beyond.items, beyond.next_cursor, beyond.previous_cursor) == ((), None, None)

    @pytest.mark.parametrize("cursor", ["newer.", "newer.x", "newer.newer.x", "older.x"])
    async def test_a_cursor_that_no_page_gave_is_refused(self, gate: Gate, cursor: str) -> None:
        with pytest.raises(Invalid, match="cursor is not one that a page gave"):
            await audit_page(EventFilter(), limit=1, cursor=cursor)
