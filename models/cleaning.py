"""Queries that delete what nobody needs any more, a batch at a time, so that no other writer waits for long.

Ids are ordered by time: what is older than a moment stands below an id, and no index but the primary key is needed.
"""

from datetime import datetime

from models.db import select
from models.ids import first_id_at


async def delete_events(*, before: datetime, limit: int) -> int:
    """Delete the oldest events made before a moment; return how many."""
    return await _delete("events", "evt", before, limit)


async def delete_deliveries(*, before: datetime, limit: int) -> int:
    """Delete the oldest deliveries made before a moment, of those that have arrived or were given up."""
    return await _delete("deliveries", "dlv", before, limit, " AND state <> 'due'")


async def delete_links(*, before: datetime, limit: int) -> int:
    """Delete the oldest links made before a moment that no longer work; return how many."""
    return await _delete("links", "lnk", before, limit, " AND expires_at < $2", before)


async def _delete(table: str, prefix: str, before: datetime, limit: int, more: str = "", *values: object) -> int:
    rows = await select(
        f"DELETE FROM {table} WHERE id IN (SELECT id FROM {table} WHERE id < $1{more} ORDER BY id LIMIT {limit:d})"  # noqa: S608 - names are ours, values are bound
        " RETURNING id",
        first_id_at(prefix, before),
        *values,
    )
    return len(rows)
