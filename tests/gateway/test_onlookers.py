"""Open pages are told that there is something new – here and at other replicas –, and never what."""

import asyncio

import pytest

from gateway.closing import close
from gateway.decide import decide
from gateway.errors import Unavailable
from gateway.gate import Gate
from gateway.hearing import heed
from gateway.keys import NewKey, revoke_key
from gateway.news import News
from gateway.onlookers import MOST, MOST_OF_ONE, Call, Onlooker, Onlookers
from gateway.views import Actor, RequestView
from models.words import DeciderType, Decision, Status
from tests.clock import Clock
from tests.conftest import Wall
from tests.gateway.exchanges import Exchange, Replica, listening
from tests.gateway.scenes import ALICE, BOB, asked, ruled

KEY, OTHER = "key_one", "key_two"
LONG = 30.0


async def seen_by(onlooker: Onlooker) -> bool:
    """Whether there was something new, without waiting for it."""
    return Call.NEWS in await onlooker.rest(0)


async def test_whatever_happens_to_a_request_is_told_to_who_looks_at_it_and_at_all(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"approvalsNeeded": 2, "decision": "route_to_human"})
    with gate.onlookers.look_on(key_id=KEY) as all_of_them:
        request = await asked(gate, agent)
        assert await seen_by(all_of_them)
        with gate.onlookers.look_on(request.id, key_id=KEY) as one_of_them:
            for by in (ALICE, BOB):
                await decide(gate, request.id, Decision.APPROVED, by=by)
                assert (await seen_by(one_of_them), await seen_by(all_of_them)) == (True, True)
            await asked(gate, agent)
            assert (await seen_by(one_of_them), await seen_by(all_of_them)) == (False, True)
            assert not await seen_by(all_of_them), "once is enough"


async def test_nothing_is_told_that_was_not_committed(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    with gate.onlookers.look_on(key_id=KEY) as onlooker:
        with pytest.raises(ZeroDivisionError):
            await broken(gate, request)
        assert not await seen_by(onlooker)


async def broken(gate: Gate, request: RequestView) -> None:
    """End a request, and break before the commit."""
    async with gate.unit(by=ALICE) as unit:
        await close(unit, request, status=Status.DENIED, by=ALICE, by_type=DeciderType.HUMAN)
        raise ZeroDivisionError


async def test_a_rest_ends_when_there_is_something_new() -> None:
    onlookers = Onlookers()
    with onlookers.look_on("req_1", key_id=KEY) as onlooker:
        resting = asyncio.ensure_future(onlooker.rest(LONG))
        await asyncio.sleep(0)
        onlookers.tell(["req_2"])
        await asyncio.sleep(0)
        assert not resting.done()
        onlookers.tell(["req_1", "req_2"])
        assert await resting == Call.NEWS


async def test_a_key_that_changes_wakes_everybody_to_look_whether_they_may_still(gate: Gate, agent: NewKey) -> None:
    with gate.onlookers.look_on(key_id=KEY) as onlooker:
        resting = asyncio.ensure_future(onlooker.rest(LONG))
        await asyncio.sleep(0)
        await revoke_key(gate, agent.key.id, by=ALICE)
        assert await resting == Call.KEYS


async def test_who_is_gone_is_forgotten_and_so_many_fit() -> None:
    onlookers = Onlookers()
    for _ in range(2):
        places = [onlookers.look_on("req_1", key_id=f"key_{number % 10}") for number in range(MOST)]
        for place in places:
            place.__enter__()
        assert onlookers.count == MOST
        with pytest.raises(Unavailable), onlookers.look_on(key_id=OTHER):
            pass
        for place in places:
            place.__exit__(None, None, None)
        assert onlookers.count == 0
        assert not onlookers._looking, "not even an empty place is kept"


async def test_one_key_does_not_take_every_place() -> None:
    onlookers = Onlookers()
    places = [onlookers.look_on(key_id=KEY) for _ in range(MOST_OF_ONE)]
    for place in places:
        place.__enter__()
    with pytest.raises(Unavailable), onlookers.look_on(key_id=KEY):
        pass
    with onlookers.look_on(key_id=OTHER):
        assert onlookers.count == MOST_OF_ONE + 1


async def test_the_end_of_the_process_ends_every_rest_and_lets_nobody_in(gate: Gate) -> None:
    with gate.onlookers.look_on(key_id=KEY) as onlooker:
        resting = asyncio.ensure_future(onlooker.rest(LONG))
        await asyncio.sleep(0)
        gate.answer_all()
        assert not await resting
        assert gate.onlookers.is_closed
    with pytest.raises(Unavailable), gate.onlookers.look_on(key_id=KEY):
        pass


async def test_another_replica_tells_its_own(exchange: Exchange, database: None, clock: Clock, wall: Wall) -> None:
    one, two = (Replica(exchange.messenger, clock=clock, notifiers={"terminal": wall}) for _ in range(2))
    async with listening(one, two):
        with two.gate.onlookers.look_on(key_id=KEY) as onlooker:
            asking = await asked(one.gate, Actor("api", "agent"))
            assert Call.NEWS in await onlooker.rest(LONG)
            with two.gate.onlookers.look_on(asking.id, key_id=KEY) as at_one:
                await decide(one.gate, asking.id, Decision.DENIED, by=ALICE)
                assert Call.NEWS in await at_one.rest(LONG)


async def test_where_the_news_are_not_complete_everybody_looks(gate: Gate) -> None:
    with gate.onlookers.look_on("req_1", key_id=KEY) as onlooker:
        await heed(gate, News(policies=True))
        assert not await seen_by(onlooker)
        await heed(gate, News(more=True))
        assert await seen_by(onlooker)
