"""Searching the audit trail: every combination of filters finds what fits, read either way, in bounded steps."""

from collections.abc import Iterator, Sequence
from itertools import product

import pytest

from models import events, trail
from models.events import EventFilter
from models.strands import LOOKED_THROUGH
from models.tables import Event, Request
from models.trail import FEW_REQUESTS, Search, Stretch
from tests.models.trail_rows import a_request, add_events, an_event

TYPES = ("request.created", "request.denied")
ACTORS = ("api:agent", "slack:U1")
ACTIONS = ("deploy.prod", "mail.send")
STATUSES = ("pending", "denied")
BEFORE_ALL = f"evt_{0:026}"


def ids(*pages: Stretch) -> list[str]:
    return [event.id for page in pages for event, _ in page.rows]


async def all_pages(which: EventFilter, *, limit: int) -> list[Stretch]:
    """Return every page, the newest first; read back from the oldest, they say the same."""
    search = await trail.search(which)
    pages = [await search.page(limit=limit)]
    while pages[-1].goes_on is not None:
        pages.append(await search.page(limit=limit, before=pages[-1].goes_on))
    assert await _read_onwards(search, limit) == ids(*pages)[::-1]
    return pages


async def _read_onwards(search: Search, limit: int) -> list[str]:
    seen: list[str] = []
    after: str | None = BEFORE_ALL
    while after is not None:
        page = await search.page(limit=limit, after=after)
        seen += ids(page)[::-1]
        after = page.goes_on
    return seen


def every_filter(request_id: str | None = None) -> Iterator[EventFilter]:
    for type_, actor, action, status in product(
        (None, *TYPES), (None, *ACTORS, "nobody"), (None, *ACTIONS), (None, *STATUSES)
    ):
        yield EventFilter(type_, actor, action, request_id, status)


Known = Sequence[tuple[Event, str | None]]
"""Events in the order of time, each with its request's status."""


@pytest.fixture
async def small(database: None) -> Known:
    """Sixty events about twenty requests, and some about none."""
    requests = [a_request(number, STATUSES[number % 2], ACTIONS[number % 3 == 0]) for number in range(1, 21)]
    rows = [
        an_event(
            number,
            about=about,
            type=TYPES[number % 5 == 0],
            actor=ACTORS[number % 7 < 3],
            action=requests[about - 1].action if about else None,
        )
        for number in range(1, 61)
        for about in [None if number % 11 == 0 else number * 7 % 20 + 1]
    ]
    await Request.bulk_create(requests)
    await events.add_all(rows)
    statuses = {request.id: request.status for request in requests}
    return [(row, statuses.get(str(row.request_id))) for row in rows]


def fitting(known: Known, which: EventFilter) -> list[str]:
    """Return the ids of what fits, newest first, found the plain way."""
    wanted = (which.type, which.actor, which.action, which.request_id, which.status)
    return [
        row.id
        for row, status in reversed(known)
        if all(
            asked in (None, there)
            for asked, there in zip(wanted, (row.type, row.actor, row.action, row.request_id, status), strict=True)
        )
    ]


async def test_every_combination_finds_what_fits(small: Known) -> None:
    for which in every_filter():
        assert ids(*await all_pages(which, limit=25)) == fitting(small, which), which
        total = await (await trail.search(which)).count(at_most=1000)
        assert (total.number, total.is_capped) == (len(fitting(small, which)), False), which


async def test_of_one_request_every_combination_finds_what_fits(small: Known) -> None:
    request_id = small[0][0].request_id
    assert len(fitting(small, EventFilter(request_id=request_id))) > 1
    for which in every_filter(request_id):
        assert ids(*await all_pages(which, limit=2)) == fitting(small, which), which


async def test_an_offset_skips_over_all_strands(small: Known) -> None:
    which = EventFilter(actor=ACTORS[0])
    search = await trail.search(which)
    for offset in (0, 1, 7, 200):
        page = await search.page(limit=5, offset=offset)
        assert ids(page) == fitting(small, which)[offset : offset + 5]


async def test_counting_stops_where_it_is_told_to(small: Known) -> None:
    for which in (EventFilter(), EventFilter(actor=ACTORS[0]), EventFilter(status=STATUSES[0])):
        total = await (await trail.search(which)).count(at_most=3)
        assert (total.number, total.is_capped) == (3, True)


class TestAFrequentStatus:
    """No index knows it, so a search looks through what fits otherwise, a part at a time."""

    NEWEST, OLDEST = LOOKED_THROUGH + 2, 1

    @pytest.fixture(autouse=True)
    async def many(self, database: None) -> None:
        """One of many denied requests has the newest entry of all and the oldest, thousands about another between."""
        await Request.bulk_create(
            [a_request(number, "denied") for number in range(FEW_REQUESTS + 1)] + [a_request(9999, "approved")]
        )
        same = {"type_": "'request.approved'", "actor": "'policy:p'", "action": "'deploy.prod'"}
        await add_events(
            self.OLDEST, self.NEWEST, about=f"CASE WHEN i IN (1, {self.NEWEST}) THEN 7 ELSE 9999 END", **same
        )

    @pytest.mark.parametrize("which", [EventFilter(status="denied"), EventFilter(status="denied", actor="policy:p")])
    async def test_what_lies_beyond_is_found_by_reading_on(self, which: EventFilter) -> None:
        pages = await all_pages(which, limit=10)
        assert [ids(page) for page in pages] == [[f"evt_{number:026}"] for number in (self.NEWEST, self.OLDEST)]
        total = await (await trail.search(which)).count(at_most=1000)
        assert (total.number, total.is_capped) == (1, True)

    async def test_a_rare_status_is_found_whole(self) -> None:
        search = await trail.search(EventFilter(status="approved", type="request.approved"))
        total = await search.count(at_most=10_000)
        assert (total.number, total.is_capped) == (LOOKED_THROUGH, False)
