"""How the databases read lists of requests: a filter that few requests pass enters an index."""

import re

import pytest

from models import db
from models.tables import Request
from tests.models.trail_rows import a_request

FILTERS = {"urgency": "critical", "asker_key_id": "key_rare", "action": "rare", "requested_by": "api:rare"}


@pytest.fixture
async def many(database: None) -> None:
    """Five thousand requests, of which ten are unlike the others in everything that is filtered by."""
    rows = [a_request(number, "denied") for number in range(5_000)]
    for row in rows[::500]:
        row.update_from_dict(FILTERS)
    await Request.bulk_create(rows)
    if not db.on_sqlite():  # as PostgreSQL does by itself within a minute
        await db.connection().execute_script("VACUUM ANALYZE requests")


@pytest.mark.parametrize("column", FILTERS)
async def test_what_few_requests_have_is_found_by_an_index(many: None, column: str) -> None:
    rows = await Request.filter(**{column: FILTERS[column]}).order_by("-id").limit(51).explain()
    plan = str([dict(row) for row in rows] if db.on_sqlite() else rows)
    entered = rf"USING INDEX \w+ \({column}=\?" if db.on_sqlite() else rf"Index Cond[^,]*\b{column}\b"
    assert re.search(entered, plan), plan
