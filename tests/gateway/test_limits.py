"""How often somebody may call: what every limiter keeps to, in memory or in Redis, and what only the memory's has."""

import asyncio
import random
from collections.abc import AsyncIterator
from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import WINDOW, MemoryLimiter
from tests.clock import Clock
from tests.gateway.limiters import Bench, InMemory, a_bench

SLOW = timedelta(seconds=9)
"""How much of a real clock's time a test may use up."""


@pytest.fixture(params=["memory", "redis"])
async def bench(request: pytest.FixtureRequest) -> AsyncIterator[Bench]:
    async with a_bench(request.param) as bench:
        yield bench


async def test_so_many_calls_a_minute_and_no_more(bench: Bench) -> None:
    firsts = []
    for left in (2, 1, 0):
        allowed = await bench.limiter.hit("a", limit=3)
        assert (allowed.limit, allowed.remaining, allowed.retry_after) == (3, left, None)
        firsts.append(allowed.resets_at)
        await bench.advance(seconds=10)
    refused = await bench.limiter.hit("a", limit=3)
    assert refused.remaining == 0
    assert refused.retry_after is not None
    assert timedelta(seconds=30) - SLOW < refused.retry_after <= timedelta(seconds=30)
    await bench.advance(seconds=30)
    assert (await bench.limiter.hit("a", limit=3)).retry_after is None
    again = (await bench.limiter.hit("a", limit=3)).retry_after
    assert again is not None
    assert timedelta(seconds=10) - SLOW < again <= timedelta(seconds=10)


async def test_the_reset_is_when_the_next_call_leaves_the_window(bench: Bench) -> None:
    first = await bench.limiter.hit("a", limit=2)
    second = await bench.limiter.hit("a", limit=2)
    refused = await bench.limiter.hit("a", limit=2)
    assert first.resets_at == second.resets_at == refused.resets_at
    await bench.advance(seconds=refused.retry_after.total_seconds() if refused.retry_after else 0)
    assert (await bench.limiter.hit("a", limit=2)).retry_after is None


async def test_one_caller_does_not_use_up_another_s(bench: Bench) -> None:
    await bench.limiter.hit("a", limit=1)
    assert (await bench.limiter.hit("a", limit=1)).retry_after is not None
    assert (await bench.limiter.hit("b", limit=1)).retry_after is None


async def test_refused_calls_are_not_counted(bench: Bench) -> None:
    await bench.limiter.hit("a", limit=1)
    for _ in range(5):
        await bench.advance(seconds=10)
        assert (await bench.limiter.hit("a", limit=1)).retry_after is not None
    await bench.advance(seconds=10)
    assert (await bench.limiter.hit("a", limit=1)).retry_after is None


async def test_after_a_limit_was_lowered_the_advice_is_still_right(bench: Bench) -> None:
    for _ in range(10):
        await bench.limiter.hit("a", limit=10)
        await bench.advance(seconds=1)
    refused = await bench.limiter.hit("a", limit=2)
    assert refused.retry_after is not None
    assert (refused.limit, refused.remaining) == (2, 0)
    await bench.advance(seconds=refused.retry_after.total_seconds())
    assert (await bench.limiter.hit("a", limit=2)).retry_after is None


async def test_after_a_limit_was_raised_there_is_room(bench: Bench) -> None:
    await bench.limiter.hit("a", limit=1)
    assert (await bench.limiter.hit("a", limit=1)).retry_after is not None
    assert (await bench.limiter.hit("a", limit=3)).remaining == 1


async def test_a_limit_of_none_lets_nobody_pass(bench: Bench) -> None:
    refused = await bench.limiter.hit("a", limit=0)
    assert (refused.limit, refused.remaining, refused.retry_after) == (0, 0, WINDOW)


async def test_a_clock_that_steps_back_keeps_nobody_out(bench: Bench) -> None:
    await bench.limiter.hit("a", limit=1)
    await bench.advance(hours=-1)
    assert (await bench.limiter.hit("a", limit=1)).retry_after is None
    refused = await bench.limiter.hit("a", limit=1)
    assert refused.retry_after is not None
    assert WINDOW - SLOW < refused.retry_after <= WINDOW


async def test_many_at_once_are_counted_one_by_one(bench: Bench) -> None:
    answers = await asyncio.gather(*(bench.limiter.hit("a", limit=10) for _ in range(60)))
    passed = sorted(one.remaining for one in answers if one.retry_after is None)
    assert passed == list(range(10))
    assert bench.limiter.uncounted == 0


@pytest.mark.parametrize("seed", range(3))
async def test_whatever_comes_all_limiters_answer_alike(bench: Bench, seed: int) -> None:
    """Pauses of whole ten seconds, so that what a real clock adds never decides."""
    chance, model = random.Random(seed), InMemory()  # noqa: S311 - it makes up a story, it guards nothing
    for _ in range(150):
        pause = chance.choice([0, 0, 0, 0, 10, 20, 50, 60, 70])
        subject, limit = chance.choice("ab"), chance.randint(1, 6)
        for one in (bench, model):
            await one.advance(seconds=pause)
        answer, expected = [await one.limiter.hit(subject, limit=limit) for one in (bench, model)]
        assert (answer.limit, answer.remaining) == (expected.limit, expected.remaining)
        assert (answer.retry_after is None) == (expected.retry_after is None)
        if answer.retry_after is not None and expected.retry_after is not None:
            assert expected.retry_after - SLOW < answer.retry_after <= expected.retry_after


async def test_who_has_gone_is_forgotten_and_who_comes_back_is_not_early() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    await limiter.hit("gone", limit=1)
    clock.advance(seconds=30)
    await limiter.hit("here", limit=1)
    clock.advance(seconds=30)
    limiter.forget_idle()
    assert set(limiter._hits) == {"here"}
    assert (await limiter.hit("here", limit=1)).retry_after is not None


@given(
    st.integers(1, 5),
    st.lists(st.floats(0, 70, allow_nan=False) | st.sampled_from([0.0, 59.999999, 60.0, 0.000001]), max_size=60),
)
def test_in_no_minute_do_more_pass_than_may(limit: int, pauses: list[float]) -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    passed = []
    for pause in pauses:
        clock.advance(seconds=pause)
        allowed = asyncio.run(limiter.hit("a", limit=limit))
        if allowed.retry_after is None:
            passed.append(clock.time)
        else:
            assert timedelta(0) < allowed.retry_after <= WINDOW
    for first, beyond in zip(passed, passed[limit:], strict=False):
        assert beyond - first >= WINDOW
