"""Queries about events: the audit trail."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.db import select
from models.ids import first_id_at
from models.tables import Event, Request


@dataclass(frozen=True, slots=True)
class EventFilter:
    """Which events a page shows; None means all. `status` is what the request is now."""

    type: str | None = None
    actor: str | None = None
    action: str | None = None
    request_id: str | None = None
    status: str | None = None
    since: datetime | None = None
    until: datetime | None = None

    def conditions(self, *, before: str | None = None) -> tuple[str, list[object]]:
        """Return the SQL behind WHERE and its values. Dates become bounds of the id, which is ordered by time."""
        parts = (
            ("type = ", self.type),
            ("actor = ", self.actor),
            ("action = ", self.action),
            ("request_id = ", self.request_id),
            ("id >= ", first_id_at("evt", self.since) if self.since else None),
            ("id < ", first_id_at("evt", self.until) if self.until else None),
            ("id < ", before),
            ("(SELECT status FROM requests WHERE requests.id = events.request_id) = ", self.status),
        )
        given = [(sql, value) for sql, value in parts if value is not None]
        where = " AND ".join(f"{sql}${number}" for number, (sql, _) in enumerate(given, 1))
        return where or "1 = 1", [value for _, value in given]


async def add_all(rows: Iterable[Event]) -> None:
    """Insert events."""
    await Event.bulk_create(list(rows))


def row(**columns: Any) -> Event:
    """Make an event's row without storing it."""
    return Event(**columns)


async def of(request_id: str) -> Sequence[Event]:
    """Return a request's events, the oldest first."""
    return await Event.filter(request_id=request_id).order_by("id")


async def page(
    which: EventFilter, *, limit: int, offset: int = 0, before: str | None = None
) -> Sequence[tuple[Event, Request | None]]:
    """Return events with their requests, newest first; `before` is the id that the last page ended with."""
    where, values = which.conditions(before=before)
    rows = await select(
        f"SELECT id FROM events WHERE {where} ORDER BY id DESC LIMIT {limit:d} OFFSET {offset:d}",  # noqa: S608 - conditions are ours, values are bound
        *values,
    )
    found = await Event.filter(id__in=[row["id"] for row in rows]).order_by("-id") if rows else []
    asked = {event.request_id for event in found if event.request_id}
    requests = {request.id: request for request in await Request.filter(id__in=list(asked))} if asked else {}
    return [(event, requests.get(event.request_id or "")) for event in found]


async def count(which: EventFilter, *, at_most: int) -> int:
    """Count events, but no further than `at_most`, so that the cost has a bound."""
    where, values = which.conditions()
    rows = await select(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM events WHERE {where} LIMIT {at_most:d}) AS counted",  # noqa: S608 - conditions are ours, values are bound
        *values,
    )
    return int(rows[0]["n"])


async def distinct(column: str, *, limit: int = 1000) -> list[str]:
    """Return the different values of `actor` or `action`, by hopping over the index from one to the next.

    They are sorted by code points, whatever the collation of the database that the hops follow.
    """
    if column not in {"actor", "action"}:
        raise ValueError(f"{column} has no index to hop over")
    rows = await select(
        f"WITH RECURSIVE hop(value) AS (SELECT min({column}) FROM events"  # noqa: S608 - the column is checked above
        f" UNION ALL SELECT (SELECT min({column}) FROM events WHERE {column} > hop.value) FROM hop"
        f" WHERE hop.value IS NOT NULL) SELECT value FROM hop WHERE value IS NOT NULL LIMIT {limit:d}"
    )
    return sorted(row["value"] for row in rows)
