"""How often somebody may call."""

import asyncio
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from gateway.limits import WINDOW, MemoryLimiter
from tests.clock import Clock


async def test_so_many_calls_a_minute_and_no_more() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    began = clock.time
    for left in (2, 1, 0):
        allowed = await limiter.hit("a", limit=3)
        assert (allowed.limit, allowed.remaining, allowed.retry_after) == (3, left, None)
        assert allowed.resets_at == began + WINDOW
        clock.advance(seconds=10)
    refused = await limiter.hit("a", limit=3)
    assert (refused.remaining, refused.retry_after) == (0, timedelta(seconds=30))
    assert refused.resets_at == began + WINDOW
    clock.advance(seconds=30)
    assert (await limiter.hit("a", limit=3)).retry_after is None
    assert (await limiter.hit("a", limit=3)).retry_after == timedelta(seconds=10)


async def test_one_caller_does_not_use_up_another_s() -> None:
    limiter = MemoryLimiter(Clock())
    await limiter.hit("a", limit=1)
    assert (await limiter.hit("a", limit=1)).retry_after is not None
    assert (await limiter.hit("b", limit=1)).retry_after is None


async def test_refused_calls_are_not_counted() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    await limiter.hit("a", limit=1)
    for _ in range(5):
        clock.advance(seconds=11)
        await limiter.hit("a", limit=1)
    clock.advance(seconds=5)
    assert (await limiter.hit("a", limit=1)).retry_after is None


async def test_after_a_limit_was_lowered_the_advice_is_still_right() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    for _ in range(10):
        await limiter.hit("a", limit=10)
        clock.advance(seconds=1)
    refused = await limiter.hit("a", limit=2)
    assert refused.retry_after is not None
    clock.advance(seconds=refused.retry_after.total_seconds())
    assert (await limiter.hit("a", limit=2)).retry_after is None


async def test_a_clock_that_steps_back_keeps_nobody_out() -> None:
    clock = Clock()
    limiter = MemoryLimiter(clock)
    await limiter.hit("a", limit=1)
    clock.advance(hours=-1)
    assert (await limiter.hit("a", limit=1)).retry_after is None
    assert (await limiter.hit("a", limit=1)).retry_after == WINDOW


async def test_many_at_once_are_counted_one_by_one() -> None:
    limiter = MemoryLimiter(Clock())
    answers = await asyncio.gather(*(limiter.hit("a", limit=10) for _ in range(30)))
    assert sum(one.retry_after is None for one in answers) == 10


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
