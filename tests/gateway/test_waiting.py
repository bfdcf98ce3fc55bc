"""Waiting for a decision: a future, woken after the commit."""

import asyncio
from collections.abc import Coroutine
from datetime import timedelta
from typing import Any

import pytest

from gateway.cancel import cancel
from gateway.decide import decide
from gateway.errors import Forbidden, NotFound
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.overdue import expire_overdue
from gateway.views import RequestView
from gateway.wait import wait_for_decision, wake_missed
from models import db
from models.words import Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled

LONG = timedelta(seconds=60)


async def waiting(gate: Gate, *waits: Coroutine[Any, Any, RequestView]) -> list[asyncio.Task[RequestView]]:
    """Start waits and return them once each is listening."""
    tasks = [asyncio.ensure_future(wait) for wait in waits]
    async with asyncio.timeout(5):
        while sum(map(len, gate.waiters._waiting.values())) < len(tasks):
            await asyncio.wait(tasks, timeout=0)
    return tasks


async def answers(tasks: list[asyncio.Task[RequestView]]) -> list[Status]:
    """Return what the waits were answered, all of them soon."""
    async with asyncio.timeout(5):
        return [one.status for one in await asyncio.gather(*tasks)]


async def test_a_decision_wakes_everybody_who_waits(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    tasks = await waiting(
        gate, *(wait_for_decision(gate, ref, by=agent.key.actor, at_most=LONG) for ref in (request.id, request.code))
    )
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert await answers(tasks) == [Status.APPROVED] * 2
    assert gate.waiters.request_ids == frozenset()


async def test_cancellation_and_expiry_wake_too(gate: Gate, agent: NewKey, clock: Clock) -> None:
    first, second = await asked(gate, agent), await asked(gate, agent)
    tasks = await waiting(
        gate, *(wait_for_decision(gate, one.id, by=agent.key.actor, at_most=LONG) for one in (first, second))
    )
    await cancel(gate, first.id, by=agent.key.actor)
    clock.advance(hours=1)
    await expire_overdue(gate)
    assert await answers(tasks) == [Status.CANCELLED, Status.EXPIRED]


async def test_a_vote_that_leaves_it_open_wakes_nobody(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    request = await asked(gate, agent)
    (task,) = await waiting(gate, wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG))
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert not task.done()
    await decide(gate, request.id, Decision.APPROVED, by=BOB)
    assert await answers([task]) == [Status.APPROVED]


async def test_when_the_time_is_up_the_pending_request_is_the_answer(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    for at_most in (timedelta(milliseconds=20), timedelta(0), timedelta(seconds=-1)):
        async with asyncio.timeout(5):
            assert await wait_for_decision(gate, request.id, by=agent.key.actor, at_most=at_most) == request
    assert gate.waiters.request_ids == frozenset()


async def test_what_is_final_is_answered_at_once(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    await decide(gate, request.id, Decision.DENIED, by=ALICE)
    async with asyncio.timeout(5):
        ended = await wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG)
    assert ended.status is Status.DENIED


async def test_a_decision_at_any_moment_of_a_wait_is_not_missed(gate: Gate, agent: NewKey) -> None:
    """However far the waiter has come – before it reads, between reading and listening, after – it learns."""
    for turns in range(40):
        request = await asked(gate, agent)
        task = asyncio.ensure_future(wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG))
        for _ in range(turns):
            await asyncio.wait([task], timeout=0)
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
        assert await answers([task]) == [Status.APPROVED]


async def decided_elsewhere(request: RequestView) -> None:
    """Let another process decide: the database knows, and no bell of ours rings."""
    await db.select("UPDATE requests SET status = 'approved' WHERE id = $1 RETURNING id", request.id)


async def test_a_decision_of_another_process_is_found_by_looking(gate: Gate, agent: NewKey) -> None:
    request, other = await asked(gate, agent), await asked(gate, agent)
    tasks = await waiting(
        gate, *(wait_for_decision(gate, one.id, by=agent.key.actor, at_most=LONG) for one in (request, other))
    )
    await wake_missed(gate)
    assert not any(task.done() for task in tasks)
    await decided_elsewhere(request)
    await wake_missed(gate)
    assert await answers(tasks[:1]) == [Status.APPROVED]
    await wake_missed(gate)
    assert not tasks[1].done()
    gate.waiters.close()
    assert await answers(tasks[1:]) == [Status.PENDING]


async def test_looking_when_nobody_waits_asks_nothing(gate: Gate) -> None:
    await wake_missed(gate)
    assert gate.waiters.request_ids == frozenset()


async def test_a_stop_answers_everybody_now_and_later(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    tasks = await waiting(
        gate, *(wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG) for _ in range(3))
    )
    gate.waiters.close()
    late = asyncio.ensure_future(wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG))
    assert await answers([*tasks, late]) == [Status.PENDING] * 4


async def test_a_waiter_that_goes_away_leaves_nothing_behind(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    gone, stays = await waiting(
        gate, *(wait_for_decision(gate, request.id, by=agent.key.actor, at_most=LONG) for _ in range(2))
    )
    gone.cancel()
    await asyncio.wait([gone])
    assert gate.waiters.request_ids == {request.id}
    await decide(gate, request.id, Decision.DENIED, by=ALICE)
    assert await answers([stays]) == [Status.DENIED]
    assert gate.waiters.request_ids == frozenset()


async def test_only_who_may_read_may_wait(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    other = await a_key(gate, "other", Scope.REQUEST_CREATE)
    reader = await a_key(gate, "reader", Scope.REQUEST_READ)
    with pytest.raises(Forbidden, match="lacks the scope request:read"):
        await wait_for_decision(gate, request.id, by=other.key.actor, at_most=LONG)
    with pytest.raises(NotFound):
        await wait_for_decision(gate, "zzzz-zzzz", by=agent.key.actor, at_most=LONG)
    assert (await wait_for_decision(gate, request.id, by=reader.key.actor, at_most=timedelta(0))).id == request.id
