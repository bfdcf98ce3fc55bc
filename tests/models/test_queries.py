"""Queries that race carry their condition with them, and JSON comes back as it was stored."""

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from models import db, deliveries, events, keys, requests, votes
from models.ids import Ids
from models.tables import JsonText, Request
from models.words import Status
from tests.clock import Clock


@pytest.fixture
def ids(clock: Clock) -> Ids:
    return Ids(clock)


async def a_request(ids: Ids, clock: Clock, **columns: Any) -> Request:
    """Store a request that waits."""
    new = ids("req")
    plain: dict[str, Any] = {
        "id": new, "code": new[-8:], "action": "pay", "params": {}, "context": {}, "digest": "sha256:0",
        "urgency": "normal", "requested_by": "api:agent", "fingerprint": "0", "targets": [], "approvals_needed": 1,
        "policy_decision": {}, "require_reason": False, "created_at": clock(), "updated_at": clock(),
    }  # fmt: skip
    return await requests.add(**plain | columns)


async def close(request: Request, by: str, at: datetime) -> bool:
    return await requests.close(request.id, status=Status.DENIED, at=at, by=by, by_type="human", reason="no")


class TestClose:
    """Whoever updates the one pending row has won."""

    async def test_the_first_wins_and_stays(self, database: None, ids: Ids, clock: Clock) -> None:
        request = await a_request(ids, clock)
        other = await a_request(ids, clock)
        clock.advance(seconds=1)
        assert await close(request, "a", clock())
        assert not await close(request, "b", clock())
        row = await requests.find(request.id)
        assert row is not None
        assert (row.status, row.decided_by, row.decided_at, row.updated_at) == ("denied", "a", clock(), clock())
        untouched = await requests.find(other.id)
        assert untouched is not None
        assert untouched.status == "pending"

    async def test_of_many_at_once_one_wins(self, database: None, ids: Ids, clock: Clock) -> None:
        request = await a_request(ids, clock)
        won = await asyncio.gather(*(close(request, f"p{number}", clock()) for number in range(30)))
        assert sum(won) == 1
        row = await requests.find(request.id)
        assert row is not None
        assert row.decided_by == f"p{won.index(True)}"

    async def test_what_is_unknown_cannot_be_won(self, database: None, ids: Ids, clock: Clock) -> None:
        ghost = Request(id=ids("req"))
        assert not await close(ghost, "a", clock())


class TestHold:
    """A vote begins by locking the request's row."""

    async def test_it_changes_nothing(self, database: None, ids: Ids, clock: Clock) -> None:
        request = await a_request(ids, clock)
        before = await db.select("SELECT * FROM requests")
        await requests.hold(request.id)
        assert await db.select("SELECT * FROM requests") == before

    async def test_units_that_hold_go_one_after_the_other(self, database: None, ids: Ids, clock: Clock) -> None:
        request = await a_request(ids, clock)
        seen: list[int] = []

        async def vote(name: str) -> None:
            async with db.transaction():
                await requests.hold(request.id)
                seen.append(len(await votes.of([request.id])))
                await votes.add(
                    id=ids("vot"), request_id=request.id, voter=name, by=name, decision="approved", created_at=clock()
                )

        await asyncio.gather(*(vote(f"p{number}") for number in range(8)))
        assert seen == list(range(8))

    async def test_a_person_votes_once(self, database: None, ids: Ids, clock: Clock) -> None:
        vote = {"request_id": "r", "voter": "person:a", "by": "slack:U1", "decision": "approved", "created_at": clock()}
        await votes.add(id=ids("vot"), **vote)
        with pytest.raises(db.Conflict):
            await votes.add(id=ids("vot"), **vote | {"by": "email:a@x"})


async def test_confirming_is_won_once(database: None, ids: Ids, clock: Clock) -> None:
    request = await a_request(ids, clock, status="approved")
    waiting = await a_request(ids, clock)
    assert not await requests.confirm(waiting.id, at=clock(), result={})
    won = await asyncio.gather(*(requests.confirm(request.id, at=clock(), result={"n": n}) for n in range(5)))
    assert sum(won) == 1


async def test_overdue_are_found_oldest_first_and_by_the_moment(database: None, ids: Ids, clock: Clock) -> None:
    # a text comparison must not be misled by moments without a fraction
    whole = clock().replace(microsecond=0) + timedelta(seconds=10)
    late = await a_request(ids, clock, expires_at=whole + timedelta(microseconds=1))
    exact = await a_request(ids, clock, expires_at=whole)
    await a_request(ids, clock, expires_at=whole, status="approved")
    await a_request(ids, clock)
    assert await requests.overdue(at=whole - timedelta(microseconds=1), limit=9) == []
    assert await requests.overdue(at=whole, limit=9) == [exact.id]
    assert await requests.overdue(at=whole + timedelta(seconds=1), limit=9) == [exact.id, late.id]
    assert await requests.overdue(at=whole + timedelta(seconds=1), limit=1) == [exact.id]


async def test_final_ones_are_picked_out(database: None, ids: Ids, clock: Clock) -> None:
    waiting, done = await a_request(ids, clock), await a_request(ids, clock, status="expired")
    assert await requests.final_among([waiting.id, done.id, "req_unknown"]) == [done.id]
    many = [f"req_{number:026}" for number in range(40_000)]  # more than a statement takes of values
    assert await requests.final_among([waiting.id, *many, done.id]) == [done.id]
    assert await requests.final_among([]) == []


class TestDistinct:
    """Hopping over an index from one value to the next."""

    async def write(self, ids: Ids, clock: Clock, actors: list[str], action: str | None = None) -> None:
        await events.add_all(
            events.row(id=ids("evt"), type="t", actor=actor, action=action, details={}, created_at=clock())
            for actor in actors
        )

    async def test_each_value_once_in_order(self, database: None, ids: Ids, clock: Clock) -> None:
        await self.write(ids, clock, ["b", "a", "c", "a", "b", "ä", "A"])
        await self.write(ids, clock, ["z"], action="pay")
        assert await events.distinct("actor") == ["A", "a", "b", "c", "z", "ä"]
        assert await events.distinct("action") == ["pay"]
        assert await events.distinct("actor", limit=2) == ["A", "a"]

    async def test_nothing_yet(self, database: None) -> None:
        assert await events.distinct("actor") == []

    async def test_only_where_there_is_an_index(self, database: None) -> None:
        with pytest.raises(ValueError, match="has no index to hop over"):
            await events.distinct("details")

    @pytest.mark.on("sqlite")
    async def test_it_looks_at_the_index_and_not_at_every_row(self, database: None) -> None:
        plan = await db.select("EXPLAIN QUERY PLAN SELECT min(actor) FROM events WHERE actor > 'a'")
        assert "USING COVERING INDEX" in plan[0]["detail"]


class TestLease:
    """Deliveries are taken by one holder at a time, the oldest of each request and target first."""

    async def a_delivery(self, ids: Ids, clock: Clock, target: str = "terminal:local", request: str = "req_1") -> str:
        new = ids("dlv")
        row = deliveries.row(
            id=new, event_id="e", event_type="t", request_id=request, target=target, due_at=clock(), created_at=clock()
        )
        await deliveries.add_all([row])
        return new

    async def lease(self, clock: Clock, holder: str = "me", **which: Any) -> list[str]:
        until = clock() + timedelta(seconds=60)
        leased = await deliveries.lease_due(at=clock(), until=until, holder=holder, limit=50, **which)
        return [one.id for one in leased]

    async def test_each_is_taken_once(self, database: None, ids: Ids, clock: Clock) -> None:
        made = [await self.a_delivery(ids, clock, request=f"req_{number}") for number in range(20)]
        taken = await asyncio.gather(*(self.lease(clock, f"h{number}") for number in range(4)))
        assert sorted(one for each in taken for one in each) == made

    async def test_only_the_oldest_of_a_request_and_target(self, database: None, ids: Ids, clock: Clock) -> None:
        first = await self.a_delivery(ids, clock)
        second = await self.a_delivery(ids, clock)
        elsewhere = await self.a_delivery(ids, clock, target="slack:#a")
        other = await self.a_delivery(ids, clock, request="req_2")
        assert await self.lease(clock) == [first, elsewhere, other]
        assert await self.lease(clock) == []
        await deliveries.settle(first, at=clock(), holder="me")
        assert await self.lease(clock) == [second]

    async def test_a_postponed_one_holds_up_what_follows(self, database: None, ids: Ids, clock: Clock) -> None:
        first = await self.a_delivery(ids, clock)
        await self.a_delivery(ids, clock)
        await self.lease(clock)
        await deliveries.postpone(first, until=clock() + timedelta(seconds=5), holder="me", error="busy")
        assert await self.lease(clock) == []
        clock.advance(seconds=5)
        assert await self.lease(clock) == [first]

    async def test_by_kind_and_by_all_kinds_but_some(self, database: None, ids: Ids, clock: Clock) -> None:
        slack = await self.a_delivery(ids, clock, target="slack:#a")
        slacker = await self.a_delivery(ids, clock, target="slacker:#a")
        mail = await self.a_delivery(ids, clock, target="email:slack:@x")
        assert await self.lease(clock, kind="slack") == [slack]
        assert await self.lease(clock, but=["slack", "email"]) == [slacker]
        assert await self.lease(clock, but=[]) == [mail]

    async def test_attempts_are_counted(self, database: None, ids: Ids, clock: Clock) -> None:
        await self.a_delivery(ids, clock)
        for attempts in (1, 2, 3):
            (leased,) = await deliveries.lease_due(at=clock(), until=clock(), holder=f"h{attempts}", limit=1)
            assert (leased.attempts, leased.leased_by) == (attempts, f"h{attempts}")

    async def test_handing_back_concerns_one_holder(self, database: None, ids: Ids, clock: Clock) -> None:
        mine = await self.a_delivery(ids, clock, request="req_1")
        await self.lease(clock, "me")
        await self.a_delivery(ids, clock, request="req_2")
        await self.lease(clock, "you")
        assert await deliveries.hand_back("me", at=clock()) == 1
        assert await self.lease(clock, "next") == [mine]


async def test_a_message_keeps_its_last_receipt(database: None, ids: Ids, clock: Clock) -> None:
    for receipt in ({"ts": "1"}, {"ts": "2"}):
        await deliveries.keep_message(
            ids("msg"), request_id="req_1", target="slack:#a", receipt=receipt, shows=clock(), at=clock()
        )
    message = await deliveries.message("req_1", "slack:#a")
    assert message is not None
    assert message.receipt == {"ts": "2"}
    assert await deliveries.message("req_1", "slack:#b") is None
    assert len(await db.select("SELECT id FROM messages")) == 1


async def test_names_of_keys_are_unique_while_they_count(database: None, ids: Ids, clock: Clock) -> None:
    async def add(name: str, expires_at: datetime | None = None) -> str:
        new = ids("key")
        await keys.add(
            id=new, name=name, digest=new, scopes=[], created_by="x", created_at=clock(), expires_at=expires_at
        )
        return new

    first = await add("ci")
    with pytest.raises(db.Conflict):
        await add("ci")
    assert await keys.revoke(first, at=clock())
    assert not await keys.revoke(first, at=clock())
    second = await add("ci", clock() + timedelta(hours=1))
    assert not await keys.change(first, name="zombie", active_name="zombie")
    clock.advance(hours=1)
    await keys.release_expired(at=clock())
    assert await keys.find_active("ci") is None
    await add("ci")
    assert await keys.count() == 3
    assert second


def test_json_is_kept_as_text_in_the_order_it_came() -> None:
    field = JsonText()
    value = {"z": 1.0, "a": [None, True, "ü\u202e"], "big": 2**53}
    stored = field.to_db_value(value, Request)
    assert stored == '{"z":1.0,"a":[null,true,"ü\u202e"],"big":9007199254740992}'
    assert list(dict(field.to_python_value(stored) or {})) == ["z", "a", "big"]


texts = st.text(st.characters(codec="utf-8", exclude_characters="\x00"), max_size=10)
json_objects = st.dictionaries(
    texts,
    st.none() | st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | texts,
    max_size=4,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=30)
@given(params=json_objects)
async def test_params_come_back_as_they_went(database: None, params: dict[str, Any]) -> None:
    clock = Clock()
    request = await a_request(Ids(clock), clock, params=params)
    row = await requests.find(request.id)
    assert row is not None
    assert row.params == params
    assert list(row.params) == list(params)


async def test_times_come_back_in_utc_to_the_microsecond(database: None, ids: Ids, clock: Clock) -> None:
    moment = datetime(2026, 1, 2, 3, 4, 5, 678901, tzinfo=UTC)
    request = await a_request(ids, clock, expires_at=moment)
    row = await requests.find(request.id)
    assert row is not None
    assert row.expires_at == moment
    assert row.expires_at.utcoffset() == timedelta(0)
