"""What PostgreSQL's columns take, and which queries find their rows by an index however many there are."""

from collections.abc import AsyncIterator, Awaitable, Callable
from datetime import datetime
from typing import Any

import pytest

from models import db, deliveries, events, keys, memos, people, requests, votes
from models.faults import Unfit
from models.requests import RequestFilter
from models.words import Status
from tests.clock import Clock
from tests.databases import migrated_template
from tests.models.opened import opened
from tests.platforms.postgres import Postgres

pytestmark = pytest.mark.on("postgres")


async def test_a_transaction_makes_no_savepoints(database: None) -> None:
    """Each would cost two trips to the server; a row that was written behind one has another transaction's number."""
    async with db.transaction():
        await memos.note("a", "b")
        own = "SELECT CAST(CAST(xmin AS text) AS bigint) = txid_current() AS own FROM memos"
        assert await db.select(own) == [{"own": True}]


class TestValues:
    """Doors refuse what a column cannot take; where one slips through, the fault is ours and not the database's."""

    @pytest.mark.parametrize("value", ["x" * 256, "half\x00done"])
    async def test_text_that_does_not_fit(self, database: None, value: str) -> None:
        with pytest.raises(Unfit) as fault:
            await db.select("INSERT INTO memos (name, value) VALUES ('a', $1) RETURNING name", value)
        assert not isinstance(fault.value, db.Unreachable)
        assert value[:4] not in str(fault.value)
        assert fault.value.__suppress_context__, "the driver's own words quote the value"

    @pytest.mark.parametrize("number", [2**31, -(2**31) - 1, 2**63])
    async def test_numbers_that_do_not_fit(self, database: None, clock: Clock, number: int) -> None:
        with pytest.raises(Unfit):
            await keys.add(
                id="key_1", name="a", digest="d", scopes=[], created_by="x", created_at=clock(), rate_limit=number
            )

    async def test_text_of_every_length_that_fits(self, database: None, clock: Clock) -> None:
        actor, person = "email:" + "ü" * 249, "🙂" * 100
        await people.link(actor, person=person, at=clock())
        assert await people.person_of(actor) == person


SCRIPT = """
INSERT INTO requests (id, code, action, params, context, digest, status, urgency, requested_by, fingerprint,
    policy_decision, targets, approvals_needed, require_reason, created_at, updated_at, expires_at,
    asker_key_id, idempotency_key)
  SELECT 'req_' || lpad(n::text, 26, '0'), lpad(n::text, 8, 'a'), 'a' || n % 50, '{}', '{}', 'd',
    CASE WHEN n % 100 = 0 THEN 'pending' ELSE 'approved' END, 'normal', 'api:k' || n % 20, 'f',
    '{}', '[]', 1, false, now(), now(), now() + n * interval '1 second', 'key_1', 'i' || n
  FROM generate_series(1, 20000) n;
INSERT INTO events (id, type, request_id, action, actor, details, created_at)
  SELECT 'evt_' || lpad(n::text, 26, '0'), 't' || n % 9, 'req_' || lpad((n / 3)::text, 26, '0'), 'a' || n % 50,
    'api:k' || n % 20, '{}', now()
  FROM generate_series(1, 60000) n;
INSERT INTO deliveries (id, event_id, event_type, request_id, target, state, attempts, due_at, created_at, settled_at)
  SELECT 'dlv_' || lpad(n::text, 26, '0'), 'evt', 't', 'req_' || lpad(n::text, 26, '0'), 'slack:#ops',
    CASE WHEN n % 200 = 0 THEN 'due' WHEN n % 201 = 0 THEN 'dead' ELSE 'done' END, 0, now(), now(), now()
  FROM generate_series(1, 20000) n;
INSERT INTO messages (id, request_id, target, receipt, shows, created_at)
  SELECT 'msg_' || lpad(n::text, 26, '0'), 'req_' || lpad(n::text, 26, '0'), 'slack:#ops', '{}', now(), now()
  FROM generate_series(1, 20000) n;
INSERT INTO votes (id, request_id, voter, "by", decision, created_at)
  SELECT 'vot_' || lpad(n::text, 26, '0'), 'req_' || lpad(n::text, 26, '0'), 'v', 'slack:U' || n % 50, 'approved', now()
  FROM generate_series(1, 20000) n;
ANALYZE;
"""


@pytest.fixture(scope="module")
def crowded(postgres: Postgres) -> str:
    """A database with tens of thousands of rows in every table that grows."""
    url = postgres.make_database("crowded", template=migrated_template())
    postgres.run(SCRIPT, database="crowded")
    return url


@pytest.fixture
async def read_by_scanning(crowded: str) -> AsyncIterator[Any]:
    """Return how many rows this transaction has read without an index, table by table."""

    async def rows() -> dict[str, int]:
        found = await db.select("SELECT relname, seq_tup_read FROM pg_stat_xact_user_tables WHERE seq_tup_read > 0")
        return {row["relname"]: row["seq_tup_read"] for row in found}

    async with opened(crowded), db.transaction():
        yield rows


REQUEST = "req_" + "100".rjust(26, "0")
NOW = datetime.fromisoformat("2100-01-01T00:00:00+00:00")

HOT: dict[str, Callable[[], Awaitable[Any]]] = {
    "one by id": lambda: requests.find(REQUEST),
    "one by code": lambda: requests.find("aaaaa100"),
    "one by idempotency key": lambda: requests.find_idempotent("key_1", "i7"),
    "hold": lambda: requests.hold(REQUEST),
    "close": lambda: requests.close(REQUEST, status=Status.DENIED, at=NOW, by="a:b", by_type="human", reason=None),
    "a page of all": lambda: requests.page(RequestFilter(), limit=50),
    "a page of pending": lambda: requests.page(RequestFilter(status="pending"), limit=50),
    "a later page": lambda: requests.page(RequestFilter(status="pending"), limit=50, before=REQUEST),
    "a page by action": lambda: requests.page(RequestFilter(action="a7"), limit=50),
    "a page by asker": lambda: requests.page(RequestFilter(requested_by="api:k7"), limit=50),
    "count of pending": lambda: requests.count(RequestFilter(status="pending"), at_most=10_000),
    "overdue": lambda: requests.overdue(at=NOW, limit=100),
    "final ones": lambda: requests.final_among([REQUEST, "req_unknown"]),
    "events of a request": lambda: events.of(REQUEST),
    "actors": lambda: events.distinct("actor"),
    "actions": lambda: events.distinct("action"),
    "types of an actor": lambda: events.types(actor="api:k3", action=None),
    "types of an actor and an action": lambda: events.types(actor="api:k3", action="a3"),
    "ids of pending": lambda: requests.ids_with_status("pending", at_most=1001),
    "lease of one kind": lambda: deliveries.lease_due(at=NOW, until=NOW, holder="h", limit=20, kind="slack"),
    "lease of other kinds": lambda: deliveries.lease_due(at=NOW, until=NOW, holder="h", limit=20, but=["email"]),
    "depth": deliveries.depth,
    "oldest due": deliveries.oldest_due_at,
    "dead lately": lambda: deliveries.dead_since(NOW),
    "hand back": lambda: deliveries.hand_back("h", at=NOW),
    "settle": lambda: deliveries.settle("dlv_1", at=NOW, holder="h"),
    "deliveries of a request": lambda: deliveries.of(REQUEST),
    "a message": lambda: deliveries.message(REQUEST, "slack:#ops"),
    "places": lambda: deliveries.places([REQUEST]),
    "votes of a request": lambda: votes.of([REQUEST]),
    "votes of a person": lambda: votes.by("slack:U7", limit=10),
}


@pytest.mark.parametrize("name", HOT)
async def test_it_reads_an_index_and_not_the_table(read_by_scanning: Any, name: str) -> None:
    await HOT[name]()
    assert await read_by_scanning() == {}
