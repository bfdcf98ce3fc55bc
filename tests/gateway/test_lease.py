"""One replica at a time: the lease is taken, kept, lost and inherited."""

import asyncio
from datetime import timedelta

import pytest

from gateway.gate import Gate
from gateway.lease import Lease
from models import leases
from tests.clock import Clock

TERM = timedelta(seconds=10)
SOON = timedelta(milliseconds=5)


def a_lease(gate: Gate) -> Lease:
    return Lease(gate, "discord", term=TERM, look_again=SOON)


async def test_only_one_has_it(gate: Gate) -> None:
    first, second = a_lease(gate), a_lease(gate)
    assert await first.take()
    assert not await second.take()
    assert await first.take(), "the holder renews"


async def test_it_runs_out(gate: Gate, clock: Clock) -> None:
    first, second = a_lease(gate), a_lease(gate)
    await first.take()
    clock.advance(seconds=TERM.total_seconds())
    assert await second.take()
    assert not await first.take(), "who comes back late has lost it"


async def test_of_many_at_once_one_wins(gate: Gate) -> None:
    won = await asyncio.gather(*(a_lease(gate).take() for _ in range(10)))
    assert won.count(True) == 1


async def test_it_is_given_back_when_the_work_ends(gate: Gate) -> None:
    first, second = a_lease(gate), a_lease(gate)

    async def work() -> None:
        assert not await second.take()

    await first.run(work)
    assert await second.take()


async def test_it_is_given_back_when_the_work_fails(gate: Gate) -> None:
    first, second = a_lease(gate), a_lease(gate)

    async def work() -> None:
        raise ValueError("no more")

    with pytest.raises(ExceptionGroup) as failed:
        await first.run(work)
    assert failed.group_contains(ValueError, match="no more")
    assert await second.take()


async def test_it_is_given_back_when_the_process_stops(gate: Gate) -> None:
    first, second = a_lease(gate), a_lease(gate)
    working, stopped = asyncio.Event(), []

    async def work() -> None:
        try:
            working.set()
            await asyncio.Event().wait()
        finally:
            stopped.append(True)

    async with asyncio.TaskGroup() as tasks:
        running = tasks.create_task(first.run(work))
        await working.wait()
        running.cancel()
    assert stopped == [True]
    assert await second.take()


async def test_the_work_stops_when_another_has_it(gate: Gate, clock: Clock) -> None:
    first, second = a_lease(gate), a_lease(gate)

    async def work() -> None:
        clock.advance(seconds=TERM.total_seconds())
        assert await second.take()
        await asyncio.Event().wait()

    await asyncio.wait_for(first.run(work), timeout=5)
    assert await second.take(), "the loser takes nothing away from the winner"


async def test_others_wait_until_it_is_free(gate: Gate) -> None:
    order: list[str] = []
    is_working, may_end = asyncio.Event(), asyncio.Event()

    async def first() -> None:
        is_working.set()
        await may_end.wait()
        order.append("first")

    async def second() -> None:
        order.append("second")

    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(a_lease(gate).run(first))
        await is_working.wait()
        tasks.create_task(a_lease(gate).run(second))
        may_end.set()
    assert order == ["first", "second"]


async def test_all_are_freed_at_a_start_of_the_only_server(gate: Gate) -> None:
    await a_lease(gate).take()
    assert await leases.release_all() == 1
    assert await a_lease(gate).take()
