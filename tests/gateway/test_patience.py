"""Waiting for others, and being busy oneself."""

import asyncio
import time

import pytest

from gateway.patience import TURNS, patiently


async def test_what_takes_too_long_is_ended() -> None:
    began = time.monotonic()
    with pytest.raises(TimeoutError):
        async with patiently(0.1):
            await asyncio.Event().wait()
    assert time.monotonic() - began >= 0.09


async def test_what_is_quick_is_not_and_afterwards_no_timer_is_left() -> None:
    async with patiently(0.01):
        pass
    async with asyncio.timeout(5):
        await asyncio.wait([asyncio.ensure_future(asyncio.Event().wait())], timeout=0.05)


async def test_a_fault_is_the_block_s_own() -> None:
    with pytest.raises(ZeroDivisionError):
        async with patiently(0.01):
            _ = 1 / 0


async def test_a_cancellation_is_no_time_out() -> None:
    async def wait() -> None:
        async with patiently(60):
            await asyncio.Event().wait()

    waiting = asyncio.ensure_future(wait())
    await asyncio.wait([waiting], timeout=0)
    waiting.cancel()
    await asyncio.wait([waiting])
    assert waiting.cancelled()


async def test_a_busy_process_counts_turns_not_seconds() -> None:
    """Every turn of the loop takes longer than all the time there is; what needs half the turns is let go on."""
    patience = 0.02

    async def keep_busy() -> None:
        while True:
            until = time.monotonic() + patience
            while time.monotonic() < until:
                pass
            await asyncio.sleep(0)

    busy = asyncio.ensure_future(keep_busy())
    began = time.monotonic()
    async with patiently(patience):
        for _ in range(TURNS // 2):
            await asyncio.wait([busy], timeout=0)
    assert time.monotonic() - began > patience
    busy.cancel()
    await asyncio.wait([busy])
