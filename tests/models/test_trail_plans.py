"""How the databases read the audit trail: every filter enters an index by all that it asks for."""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

import pytest

from models import db, trail
from models.events import EventFilter
from models.strands import Bounds, Strands
from models.tables import Request
from models.trail import FEW_REQUESTS
from tests.models.trail_rows import NOON, a_request, add_events

EARLY, MIDDLE, LATE = (f"evt_{number:026}" for number in (5_000, 10_000, 15_000))
ALL = {"type": "t3", "actor": "a3", "action": "c3"}
FILTERS: Mapping[str, dict[str, Any]] = {
    "everything": {},
    "event": {"type": "t3"},
    "actor": {"actor": "a3"},
    "action": {"action": "c3"},
    "event, actor": {"type": "t3", "actor": "a3"},
    "event, action": {"type": "t3", "action": "c3"},
    "actor, action": {"actor": "a3", "action": "c3"},
    "event, actor, action": ALL,
    "event, actor, action that nobody knows": {"type": "t", "actor": "a", "action": "c"},
    "request": {"request_id": f"req_{100:026}"},
    "request, event, actor, action": {"request_id": f"req_{100:026}"} | ALL,
    "rare status": {"status": "pending"},
    "rare status, event, actor, action": {"status": "pending"} | ALL,
    "frequent status": {"status": "denied"},
    "frequent status, event": {"status": "denied", "type": "t3"},
    "frequent status, actor, action": {"status": "denied", "actor": "a3", "action": "c3"},
}
DATES = {"since": NOON, "until": NOON + timedelta(days=1)}


@pytest.fixture
async def crowded(database: None) -> None:
    """Twenty thousand entries about five thousand requests, of which few wait: an index is worth its while."""
    statuses = ["pending" if number % 500 == 0 else "denied" for number in range(FEW_REQUESTS * 5)]
    await Request.bulk_create([a_request(number, status) for number, status in enumerate(statuses)])
    await add_events(1, 20_000, about="i / 4", type_="'t' || (i % 5)", actor="'a' || (i % 7)", action="'c' || (i % 11)")
    if not db.on_sqlite():  # as PostgreSQL does by itself within a minute
        await db.connection().execute_script("VACUUM ANALYZE events")
        await db.connection().execute_script("VACUUM ANALYZE requests")


async def reads(sql: str, values: Sequence[object]) -> list[str]:
    """Return how a statement reads events, read by read: the condition by which it enters an index, or else what."""
    if db.on_sqlite():
        rows = await db.select(f"EXPLAIN QUERY PLAN {sql}", *values)
        lines = [row["detail"] for row in rows if re.match(r"(SEARCH|SCAN) events\b", row["detail"])]
        return [re.sub(r"^SEARCH events USING (COVERING )?INDEX \w+", "by", line) for line in lines]
    (row,) = await db.select(f"EXPLAIN (FORMAT JSON) {sql}", *values)
    return _reads_in(json.loads(row["QUERY PLAN"])[0]["Plan"])


def _reads_in(node: Mapping[str, Any]) -> list[str]:
    kind, inner = node["Node Type"], [read for child in node.get("Plans", ()) for read in _reads_in(child)]
    if kind == "Bitmap Heap Scan" or "events" not in f"{node.get('Relation Name')} {node.get('Index Name')}":
        return inner
    return [*inner, f"by {node.get('Index Cond')}" if "Index" in kind else f"{kind} of events"]


@pytest.mark.parametrize("dates", [{}, DATES], ids=["always", "between dates"])
@pytest.mark.parametrize("name", FILTERS)
async def test_a_filter_enters_an_index_by_all_that_it_asks_for(
    crowded: None, name: str, dates: dict[str, Any]
) -> None:
    search = await trail.search(EventFilter(**FILTERS[name] | dates))
    entered_by = ["request_id"] if search.through else [*FILTERS[name].keys() - {"status"}, "id"]
    horizon = MIDDLE if name.startswith("frequent") else None
    for bounds in (Bounds(last=horizon), Bounds(before=LATE, last=horizon), Bounds(after=EARLY, last=horizon)):
        strands = Strands(search.filters, bounds, through=search.through)
        for sql in (strands.merged(limit=51), strands.in_any_order(limit=501)):
            found = await reads(sql, strands.values)
            assert len(found) == len(search.filters), found
            for read in found:
                assert all(re.search(rf"\b{column}\b", read) for column in entered_by), (sql, read)
