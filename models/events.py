"""Queries about events; `trail` searches them."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.db import select
from models.tables import Event


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


async def add_all(rows: Iterable[Event]) -> None:
    """Insert events."""
    await Event.bulk_create(list(rows))


def row(**columns: Any) -> Event:
    """Make an event's row without storing it."""
    return Event(**columns)


async def of(request_id: str) -> Sequence[Event]:
    """Return a request's events, the oldest first."""
    return await Event.filter(request_id=request_id).order_by("id")


async def distinct(column: str, *, limit: int = 1000) -> list[str]:
    """Return the different values of `actor` or `action`, sorted by code points."""
    if column not in {"actor", "action"}:
        raise ValueError(f"{column} has no index to hop over")
    return await _hop(column, limit=limit)


async def types(*, actor: str | None, action: str | None) -> list[str]:
    """Return the types of the events that this actor caused, or that are about this action, or both."""
    given = [(name, value) for name, value in (("actor", actor), ("action", action)) if value is not None]
    where = [f"{name} = ${number}" for number, (name, _) in enumerate(given, 1)]
    return await _hop("type", *(value for _, value in given), where=where)


async def _hop(column: str, *values: str, where: Sequence[str] = (), limit: int = 1000) -> list[str]:
    """Return a column's different values by hopping over an index from one to the next.

    They are sorted by code points, whatever the collation of the database that the hops follow.
    """
    fits = " AND ".join(where) or "1 = 1"
    rows = await select(
        f"WITH RECURSIVE hop(value) AS (SELECT min({column}) FROM events WHERE {fits}"  # noqa: S608 - names are ours, values are bound
        f" UNION ALL SELECT (SELECT min({column}) FROM events WHERE {fits} AND {column} > hop.value) FROM hop"
        f" WHERE hop.value IS NOT NULL) SELECT value FROM hop WHERE value IS NOT NULL LIMIT {limit:d}",
        *values,
    )
    return sorted(row["value"] for row in rows)
