"""Searching the audit trail: pages and counts that cost the same however long it has become.

Each index of events ends with the id, and ids are ordered by time. So a search is a strand or a few, each a range of
one index, and a page is the newest of them all. The indexes by actor and by action go on with the type: where no type
is asked for, every type has its strand.

What no index of events knows is the status that a request has now. Where few requests have it, their events are found
through them; where many do, what fits otherwise is looked through, and no further than `LOOKED_THROUGH` at once.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from models import events
from models.db import select
from models.events import EventFilter
from models.requests import ids_with_status
from models.strands import LOOKED_THROUGH, Bounds, Strands
from models.tables import Event, Request

FEW_REQUESTS = 1000


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of the trail, newest first. `goes_on` is the id beyond which more may follow, None where nothing does."""

    rows: Sequence[tuple[Event, Request | None]]
    goes_on: str | None


@dataclass(frozen=True, slots=True)
class Total:
    """How many entries there are, or a number of which there are more."""

    number: int
    is_capped: bool


async def search(which: EventFilter) -> "Search":
    """Prepare a search: find the requests that it leads through where these are few, else its strands."""
    if which.request_id is not None:
        return Search((which,), through=[which.request_id])
    if which.status is not None:
        found = await ids_with_status(which.status, at_most=FEW_REQUESTS + 1)
        if len(found) <= FEW_REQUESTS:
            return Search((which,), through=found)
    if which.type is not None or (which.actor is None and which.action is None):
        return Search((which,))
    types = await events.types(actor=which.actor, action=which.action)
    return Search(tuple(replace(which, type=one) for one in types))


@dataclass(frozen=True, slots=True)
class Search:
    """The filters of a search's strands, and the requests that it leads through where these are few."""

    filters: Sequence[EventFilter]
    through: Sequence[str] | None = None

    async def page(
        self, *, limit: int, offset: int = 0, before: str | None = None, after: str | None = None
    ) -> Stretch:
        """Return entries with their requests, newest first: the newest, those before an id, or the next after one."""
        bounds = Bounds(before, after)
        bounds = replace(bounds, last=await self._horizon(bounds))
        ids = await _ids(self, bounds, limit=limit + 1, offset=offset)
        goes_on = ids[limit - 1] if len(ids) > limit else bounds.last
        return Stretch(await _with_requests(ids[:limit]), goes_on)

    async def count(self, *, at_most: int) -> Total:
        """Count the entries, but no further than `at_most`, so that the cost has a bound."""
        if not self.filters:
            return Total(0, is_capped=False)
        horizon = await self._horizon(Bounds())
        strands = Strands(self.filters, Bounds(last=horizon), through=self.through)
        counted = strands.in_any_order(limit=at_most + 1)
        rows = await select(f"SELECT count(*) AS n FROM ({counted}) AS counted", *strands.values)  # noqa: S608 - conditions are ours, values are bound
        number = int(rows[0]["n"])
        return Total(min(number, at_most), is_capped=number > at_most or horizon is not None)

    async def _horizon(self, bounds: Bounds) -> str | None:
        """Return the id that a search by a frequent status does not look beyond; None where it sees everything."""
        if self.through is not None or not self.filters or self.filters[0].status is None:
            return None
        each = LOOKED_THROUGH // len(self.filters)
        anyhow = [Search((replace(one, status=None),)) for one in self.filters]
        ends = [end for one in anyhow for end in await _ids(one, bounds, limit=1, offset=each - 1)]
        nearest = max if bounds.after is None else min
        return nearest(ends, default=None)


async def _ids(search: Search, bounds: Bounds, *, limit: int, offset: int) -> list[str]:
    if not search.filters:
        return []
    strands = Strands(search.filters, bounds, through=search.through)
    rows = await select(strands.merged(limit=limit, offset=offset), *strands.values)
    return [row["id"] for row in rows]


async def _with_requests(ids: Sequence[str]) -> list[tuple[Event, Request | None]]:
    """Return events newest first, each with a glimpse of its request: what was asked may be large, and nobody looks."""
    found = await Event.filter(id__in=list(ids)).order_by("-id") if ids else []
    asked = {event.request_id for event in found if event.request_id}
    glimpses = Request.filter(id__in=list(asked)).only("id", "code", "action", "status", "urgency")
    requests = {request.id: request for request in await glimpses} if asked else {}
    return [(event, requests.get(event.request_id or "")) for event in found]
