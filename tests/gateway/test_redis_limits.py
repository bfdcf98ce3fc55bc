"""Counting in Redis: exact over several processes, and no obstacle while Redis is away."""

import asyncio
import sys
import time
from collections.abc import AsyncIterator, MutableMapping
from contextlib import AsyncExitStack, asynccontextmanager
from datetime import timedelta
from typing import Any

import pytest

from app.wiring import now
from gateway.limits import WINDOW
from gateway.redis_limits import RedisLimiter
from gateway.shared_redis import PATIENCE_SECONDS, SharedRedis
from tests.gateway.limiters import age
from tests.house.tree import ROOT
from tests.platforms.local_server import PATIENCE
from tests.platforms.redis import RedisServer, running_redis

PROCESSES = 5
LIMIT = 100
Log = list[MutableMapping[str, Any]]


@asynccontextmanager
async def a_limiter(address: str, *, patience: float = 0.5, **settings: Any) -> AsyncIterator[RedisLimiter]:
    shared = SharedRedis(address, patience=patience)
    try:
        yield RedisLimiter(shared, now=now, **settings)
    finally:
        await shared.close()


@asynccontextmanager
async def a_caller(address: str) -> AsyncIterator[asyncio.subprocess.Process]:
    command = [sys.executable, "-m", "tests.gateway.caller", address, str(LIMIT), str(LIMIT)]
    pipe = asyncio.subprocess.PIPE
    process = await asyncio.create_subprocess_exec(*command, cwd=ROOT, stdin=pipe, stdout=pipe)
    try:
        yield process
    finally:
        process.kill()
        await process.communicate()


async def said_by(process: asyncio.subprocess.Process) -> str:
    assert process.stdout is not None
    async with asyncio.timeout(PATIENCE):
        return (await process.stdout.readline()).decode().strip()


async def passed_in(callers: list[asyncio.subprocess.Process]) -> int:
    """Let every process call at once; return how many calls passed in all."""
    for caller in callers:
        assert caller.stdin is not None
        caller.stdin.write(b"call\n")
    said = [await said_by(caller) for caller in callers]
    assert {line.split()[1] for line in said} == {"0"}, "every call was counted"
    return sum(int(line.split()[0]) for line in said)


async def test_five_processes_share_one_limit_to_the_call(redis_server: RedisServer, shared: SharedRedis) -> None:
    async with AsyncExitStack() as stack:
        callers = [await stack.enter_async_context(a_caller(redis_server.url())) for _ in range(PROCESSES)]
        assert [await said_by(caller) for caller in callers] == ["ready"] * PROCESSES
        assert await passed_in(callers) == LIMIT
        assert await passed_in(callers) == 0
        await age(shared, WINDOW / 2)
        assert await passed_in(callers) == 0
        await age(shared, WINDOW / 2)
        assert await passed_in(callers) == LIMIT


async def test_in_no_window_do_more_pass_and_nobody_is_refused_early(redis_server: RedisServer) -> None:
    """Five clients call without pause; server and test have one clock, so each call lies between two readings."""
    window, limit = timedelta(milliseconds=300), 20
    passed: list[tuple[float, float]] = []
    refused: list[tuple[float, float]] = []

    async def call(limiter: RedisLimiter, until: float) -> None:
        while (before := time.time()) < until:
            allowed = await limiter.hit("a", limit=limit)
            (passed if allowed.retry_after is None else refused).append((before, time.time()))

    async with AsyncExitStack() as stack:
        address = redis_server.url()
        limiters = [
            await stack.enter_async_context(a_limiter(address, window=window, patience=PATIENCE))
            for _ in range(PROCESSES)
        ]
        until = time.time() + 5 * window.total_seconds()
        await asyncio.gather(*(call(limiter, until) for limiter in limiters))
    befores, afters = (sorted(moments) for moments in zip(*passed, strict=True))
    for first, beyond in zip(befores, afters[limit:], strict=False):
        assert beyond - first >= window.total_seconds()
    for before, after in refused[::50]:
        assert sum(b <= after and a > before - window.total_seconds() for b, a in passed) >= limit


async def test_thousands_of_calls_at_once_are_counted_and_not_taken_for_an_outage(shared: SharedRedis) -> None:
    limiter = RedisLimiter(shared, now=now)
    answers = await asyncio.gather(*(limiter.hit("a", limit=LIMIT) for _ in range(4000)))
    assert sum(one.retry_after is None for one in answers) == LIMIT
    assert limiter.uncounted == 0


async def test_a_busy_process_does_not_take_its_own_delay_for_redis(shared: SharedRedis) -> None:
    """Something else takes a fifth of a second in every turn of the loop; so does each of an exchange's few turns."""

    async def keep_busy() -> None:
        while True:
            until = time.monotonic() + 0.2
            while time.monotonic() < until:
                pass
            await asyncio.sleep(0)

    busy = asyncio.ensure_future(keep_busy())
    limiter = RedisLimiter(shared, now=now)
    answers = [await limiter.hit("a", limit=1) for _ in range(2)]
    busy.cancel()
    await asyncio.wait([busy])
    assert [one.retry_after is None for one in answers] == [True, False]
    assert limiter.uncounted == 0


async def test_what_is_counted_goes_away_by_itself(shared: SharedRedis) -> None:
    limiter = RedisLimiter(shared, now=now)
    await limiter.hit("a", limit=5)
    assert 0 < await shared.client.pttl("agentgate:limit:a") <= WINDOW / timedelta(milliseconds=1)


async def test_a_script_that_was_flushed_is_loaded_again(shared: SharedRedis) -> None:
    limiter = RedisLimiter(shared, now=now)
    assert (await limiter.hit("a", limit=2)).remaining == 1
    await shared.client.script_flush()
    assert (await limiter.hit("a", limit=2)).remaining == 0
    assert limiter.uncounted == 0


async def test_while_redis_is_gone_calls_pass_at_once_and_one_warning_says_so(
    redis_server: RedisServer, shared: SharedRedis, logged: Log
) -> None:
    limiter = RedisLimiter(shared, now=now, try_again=timedelta(hours=1))
    await limiter.hit("a", limit=1)
    redis_server.kill()
    answers = [await limiter.hit("a", limit=1) for _ in range(50)]
    assert all((one.limit, one.remaining, one.retry_after) == (1, 1, None) for one in answers)
    assert limiter.uncounted == 50
    assert [line["event"] for line in logged] == ["limits.redis_away"]
    assert logged[0]["log_level"] == "warning"


async def test_it_counts_again_when_redis_is_back(redis_server: RedisServer, shared: SharedRedis, logged: Log) -> None:
    limiter = RedisLimiter(shared, now=now, try_again=timedelta(0))
    redis_server.kill()
    await limiter.hit("a", limit=1)
    redis_server.start()
    async with asyncio.timeout(PATIENCE):
        while (await limiter.hit("a", limit=1)).retry_after is None:
            pass
    assert [line["event"] for line in logged] == ["limits.redis_away", "limits.redis_back"]
    assert logged[1]["log_level"] == "warning"
    assert logged[1]["uncounted"] == limiter.uncounted


async def test_a_redis_that_is_silent_costs_one_call_a_moment_and_the_others_nothing(
    redis_server: RedisServer, shared: SharedRedis
) -> None:
    limiter = RedisLimiter(shared, now=now, try_again=timedelta(hours=1))
    await limiter.hit("a", limit=1)
    redis_server.freeze()
    began = time.monotonic()
    assert (await limiter.hit("a", limit=1)).retry_after is None
    assert time.monotonic() - began > 0.9 * PATIENCE_SECONDS
    began = time.monotonic()
    for _ in range(100):
        assert (await limiter.hit("a", limit=1)).retry_after is None
    assert time.monotonic() - began < PATIENCE_SECONDS


async def test_an_answer_that_came_too_late_is_nobody_else_s(redis_server: RedisServer, shared: SharedRedis) -> None:
    limiter = RedisLimiter(shared, now=now, try_again=timedelta(0))
    for number in range(10):
        await limiter.hit(f"s{number}", limit=100 + number)
    redis_server.freeze()
    await asyncio.gather(*(limiter.hit(f"s{number}", limit=1000) for number in range(10)))
    redis_server.thaw()
    async with asyncio.timeout(PATIENCE):
        while (await limiter.hit("again", limit=100_000)).remaining == 100_000:
            pass
    answers = await asyncio.gather(*(limiter.hit(f"s{number}", limit=100 + number) for number in range(10)))
    assert all(100 + number - 3 <= one.remaining < 100 + number - 1 for number, one in enumerate(answers))


@pytest.mark.parametrize(
    "nonsense",
    [b"HTTP/1.1 400 Bad Request\r\n\r\n", b"+OK\r\n" * 9, b"*-1\r\n" * 9, b"$9999999\r\nabc", b"\xff\xfe\r\n", b""],
)
async def test_whatever_else_answers_there_calls_pass(nonsense: bytes, logged: Log) -> None:
    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(nonsense)
        await reader.read(1)
        writer.close()

    async with await asyncio.start_server(answer, "127.0.0.1", 0) as server:
        port = server.sockets[0].getsockname()[1]
        async with a_limiter(f"redis://127.0.0.1:{port}", try_again=timedelta(0)) as limiter:
            for _ in range(2):
                assert (await limiter.hit("a", limit=1)).retry_after is None
            assert limiter.uncounted == 2
    assert [line["event"] for line in logged] == ["limits.redis_away"]


async def test_something_else_under_the_name_lets_calls_pass(shared: SharedRedis) -> None:
    await shared.client.set("agentgate:limit:a", "not ours")
    limiter = RedisLimiter(shared, now=now, try_again=timedelta(0))
    assert (await limiter.hit("a", limit=1)).retry_after is None
    assert (await limiter.hit("b", limit=1)).remaining == 0


@pytest.mark.parametrize("password", ["", "hunter2"])
async def test_a_wrong_password_says_so_without_showing_it(password: str, logged: Log) -> None:
    with running_redis(password="p@ss/w:rd %25") as server:
        async with a_limiter(server.url()) as limiter:
            assert (await limiter.hit("a", limit=1)).remaining == 0
        async with a_limiter(server.url(password=password)) as limiter:
            assert (await limiter.hit("a", limit=1)).remaining == 1
    (line,) = logged
    assert "it refuses who REDIS_URL says we are" in line["error"]
    assert "hunter2" not in str(logged)
