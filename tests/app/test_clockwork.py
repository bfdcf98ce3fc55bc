"""What happens by the clock."""

import asyncio
from datetime import timedelta

import pytest

from app.clockwork import JOBS, make_clockwork
from gateway import browse
from gateway.gate import Gate
from gateway.keys import NewKey, authenticate, list_keys
from gateway.limits import MemoryLimiter
from gateway.wait import wait_for_decision
from models import db
from models.words import Status
from tests.clock import Clock
from tests.gateway.scenes import asked


async def strike(gate: Gate, job: str) -> None:
    """Run a job as the clock would."""
    await make_clockwork(gate).get_job(job).func(gate)


async def test_every_job_is_on_the_clock(gate: Gate) -> None:
    jobs = {job.id: job.trigger.interval for job in make_clockwork(gate).get_jobs()}
    assert jobs == {job.__name__: every for job, every in JOBS}
    assert jobs["expire_overdue"] <= timedelta(seconds=1)
    assert jobs["wake_missed"] <= timedelta(seconds=1)


async def test_requests_expire(gate: Gate, agent: NewKey, clock: Clock) -> None:
    request = await asked(gate, agent)
    await strike(gate, "expire_overdue")
    assert (await browse.load(request.id)).status is Status.PENDING
    clock.advance(hours=1)
    await strike(gate, "expire_overdue")
    assert (await browse.load(request.id)).status is Status.EXPIRED


async def test_who_waits_learns_what_another_process_decided(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    wait = wait_for_decision(gate, request.id, by=agent.key.actor, at_most=timedelta(minutes=1))
    waiting = asyncio.ensure_future(wait)
    while not gate.waiters.request_ids:
        await asyncio.wait([waiting], timeout=0)
    await db.select("UPDATE requests SET status = 'denied' WHERE id = $1 RETURNING id", request.id)
    await strike(gate, "wake_missed")
    async with asyncio.timeout(5):
        assert (await waiting).status is Status.DENIED


async def test_the_last_use_of_keys_is_stored(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await authenticate(gate, agent.secret)
    await strike(gate, "store_used")
    assert (await db.select("SELECT last_used_at FROM keys"))[0]["last_used_at"] is not None
    assert (await list_keys(gate))[0].last_used_at == clock.time


async def test_callers_that_have_gone_are_forgotten(gate: Gate, clock: Clock) -> None:
    assert isinstance(gate.limiter, MemoryLimiter)
    await gate.limiter.hit("somebody", limit=1)
    clock.advance(seconds=61)
    await strike(gate, "forget_idle")
    assert gate.limiter._hits == {}


@pytest.mark.parametrize("job", [job.__name__ for job, _ in JOBS])
async def test_a_job_that_fails_stops_neither_the_clock_nor_the_server(gate: Gate, agent: NewKey, job: str) -> None:
    request = await asked(gate, agent)
    await authenticate(gate, agent.secret)
    with gate.waiters.listen(request.id):
        for table in ("requests", "keys"):
            await db.connection().execute_script(f"ALTER TABLE {table} RENAME TO gone_{table}")
        await strike(gate, job)
        for table in ("requests", "keys"):
            await db.connection().execute_script(f"ALTER TABLE gone_{table} RENAME TO {table}")
        await strike(gate, job)
    assert (await browse.load(request.id)).status is Status.PENDING


async def test_the_clock_strikes_by_itself(gate: Gate, agent: NewKey, clock: Clock) -> None:
    request = await asked(gate, agent)
    clock.advance(hours=1)
    scheduler = make_clockwork(gate)
    scheduler.start()
    try:
        with gate.waiters.listen(request.id) as ended:
            async with asyncio.timeout(10):
                await ended.wait()
    finally:
        scheduler.shutdown(wait=False)
    assert (await browse.load(request.id)).status is Status.EXPIRED
