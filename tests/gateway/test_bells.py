"""Bells between replicas: what one does, the others know – over Redis and over PostgreSQL."""

import asyncio
from collections.abc import MutableMapping
from datetime import timedelta
from typing import Any

import pytest

from gateway.decide import decide
from gateway.errors import Unauthorized
from gateway.gate import Gate
from gateway.keys import NewKey, authenticate, revoke_key
from gateway.news import News
from gateway.shared_redis import SharedRedis
from gateway.views import RequestView
from gateway.wait import wait_for_decision
from models.words import Decision, Status
from tests.clock import Clock
from tests.conftest import Wall
from tests.gateway.exchanges import PATIENCE, Exchange, RedisExchange, Replica, listening
from tests.gateway.scenes import ALICE, asked, ruled
from tests.looking import until_so
from tests.platforms.redis import RedisServer

LONG = timedelta(seconds=60)
Log = list[MutableMapping[str, Any]]


@pytest.fixture
def replicas(exchange: Exchange, database: None, clock: Clock, wall: Wall) -> tuple[Replica, Replica, Replica]:
    """Three replicas whose clock stands still: what one has cached it trusts for ever, and nobody looks by himself."""
    one, two, three = (Replica(exchange.messenger, clock=clock, notifiers={"terminal": wall}) for _ in range(3))
    return one, two, three


@pytest.fixture
def gate(replicas: tuple[Replica, ...]) -> Gate:
    return replicas[0].gate


async def waiting(gate: Gate, request: RequestView, agent: NewKey) -> "asyncio.Task[RequestView]":
    """Start a wait and return it once it is listening."""
    task = asyncio.ensure_future(wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG))
    await until_so(lambda: request.id in gate.waiters.request_ids)
    return task


async def test_a_decision_wakes_who_waits_elsewhere(replicas: tuple[Replica, ...], agent: NewKey) -> None:
    one, two, three = replicas
    async with listening(*replicas):
        request = await asked(one.gate, agent)
        waits = [await waiting(other.gate, request, agent) for other in (two, three)]
        await decide(one.gate, request.id, Decision.DENIED, by=ALICE)
        async with asyncio.timeout(PATIENCE):
            assert [(await wait).status for wait in waits] == [Status.DENIED] * 2


async def test_a_revoked_key_opens_no_door_anywhere(replicas: tuple[Replica, ...], agent: NewKey) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        assert (await authenticate(two.gate, agent.secret)).id == agent.key.id
        await revoke_key(one.gate, agent.key.id, by=ALICE)
        assert (await two.hears()).keys
        with pytest.raises(Unauthorized):
            await authenticate(two.gate, agent.secret)


async def test_a_policy_is_in_force_everywhere(replicas: tuple[Replica, ...], agent: NewKey) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        assert (await asked(two.gate, agent)).status is Status.PENDING
        await ruled(one.gate, {"decision": "auto_deny"})
        assert (await two.hears()).policies
        assert (await asked(two.gate, agent)).status is Status.DENIED


async def test_a_card_that_only_another_can_post_rings_there(replicas: tuple[Replica, ...], agent: NewKey) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        two.gate.outbox_bell.clear()
        await ruled(one.gate, {"decision": "route_to_human", "channels": ["slack:#ops"]})
        assert (await two.hears()).policies
        request = await asked(one.gate, agent)
        assert (await two.hears()) == News(changed=frozenset({request.id}), deliveries=True)
        assert two.gate.outbox_bell.is_set()


async def test_nobody_hears_what_he_said_himself(replicas: tuple[Replica, ...], agent: NewKey) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        await revoke_key(one.gate, agent.key.id, by=ALICE)
        assert (await two.hears()).keys
        two.bells.ring(News(policies=True))
        assert await one.hears() == News(policies=True), "the first it hears is not its own"


async def test_many_ends_at_once_are_few_messages(replicas: tuple[Replica, ...]) -> None:
    one, two, _ = replicas
    ended = [f"req_{number:026}" for number in range(1000)]
    async with listening(*replicas):
        for request_id in ended:
            one.bells.ring(News(ended=frozenset({request_id})))
        heard, messages = News(), 0
        while len(heard.ended) < len(ended):
            heard |= await two.hears()
            messages += 1
    assert messages <= 2 + len(ended) / 200


async def test_nonsense_is_logged_and_ignored(replicas: tuple[Replica, ...], exchange: Exchange, logged: Log) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        for nonsense in ("", "hello", '{"from":7}', '{"from":"x","ended":["a secret"]}', "ö" * 1000):
            await exchange.say(nonsense)
        one.bells.ring(News(keys=True))
        assert await two.hears() == News(keys=True)
    assert sum(line["event"] == "bells.nonsense" for line in logged) >= 5
    assert "a secret" not in str(logged)


async def test_a_forged_end_answers_nobody(replicas: tuple[Replica, ...], exchange: Exchange, agent: NewKey) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        request = await asked(one.gate, agent)
        assert (await two.hears()).changed == {request.id}
        wait = await waiting(two.gate, request, agent)
        await exchange.say(f'{{"from":"nobody","ended":["{request.id}"]}}')
        assert (await two.hears()).ended == {request.id}
        await decide(one.gate, request.id, Decision.APPROVED, by=ALICE)
        async with asyncio.timeout(PATIENCE):
            assert (await wait).status is Status.APPROVED


async def test_a_connection_that_was_killed_comes_back_and_looks_everywhere(
    replicas: tuple[Replica, ...], exchange: Exchange, agent: NewKey, logged: Log
) -> None:
    one, two, three = replicas
    async with listening(*replicas):
        await authenticate(two.gate, agent.secret)
        await exchange.cut()
        for replica in replicas:
            assert await replica.hears() == News(more=True)
        one.bells.ring(News(policies=True))
        assert await two.hears() == await three.hears() == News(policies=True)
    said = [(line["event"], line["log_level"]) for line in logged]
    assert said.count(("bells.silent", "warning")) == said.count(("bells.listening", "warning")) == len(replicas)


async def test_what_happens_while_the_server_is_gone_is_told_when_it_is_back(
    replicas: tuple[Replica, ...], exchange: Exchange, agent: NewKey, logged: Log
) -> None:
    one, two, _ = replicas
    async with listening(*replicas):
        request = await asked(one.gate, agent)
        wait = await waiting(two.gate, request, agent)
        exchange.stop()
        await decide(one.gate, request.id, Decision.APPROVED, by=ALICE)
        await until_so(lambda: not (one.bells.is_listening or two.bells.is_listening))
        assert not wait.done()
        exchange.start()
        async with asyncio.timeout(PATIENCE):
            assert (await wait).status is Status.APPROVED
    warnings = [line for line in logged if line["event"] == "bells.silent"]
    assert len(warnings) == len(replicas), "each says it once, however often it tries again"


async def test_without_other_replicas_bells_do_nothing(database: None, clock: Clock) -> None:
    alone = Replica(None, clock=clock, notifiers={})
    alone.bells.ring(News(keys=True))
    async with asyncio.timeout(PATIENCE):
        await alone.run()


async def test_a_server_that_falls_silent_is_noticed(
    redis_server: RedisServer, shared: SharedRedis, clock: Clock
) -> None:
    exchange = RedisExchange(redis_server, shared)
    one = Replica(exchange.messenger, clock=clock, notifiers={})
    one.bells._silence, one.bells._beat = 0.3, 0.05
    async with listening(one):
        redis_server.freeze()
        await until_so(lambda: not one.bells.is_listening)
        redis_server.thaw()
        assert await one.hears() == News(more=True)
