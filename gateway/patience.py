"""Waiting for others no longer than they may take, without blaming them for what this process takes itself."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

TURNS = 20
"""In how many parts the time is measured."""


@asynccontextmanager
async def patiently(seconds: float) -> AsyncIterator[None]:
    """Raise TimeoutError where the block waits longer than that for something outside.

    The time counts in parts, each a turn of the event loop at least: where thousands of calls keep the loop busy, an
    answer that has arrived is read before the time is up, however long the turns are.
    """
    async with asyncio.timeout(None) as limit:
        patience = _Patience(limit, seconds / TURNS)
        try:
            yield
        finally:
            patience.end()


class _Patience:
    """Counts the parts, and ends the limit with the last."""

    def __init__(self, limit: asyncio.Timeout, part: float) -> None:
        self._loop = asyncio.get_running_loop()
        self._limit = limit
        self._part = part
        self._left = TURNS
        self._timer = self._loop.call_later(part, self._count)

    def _count(self) -> None:
        self._left -= 1
        if self._left:
            self._timer = self._loop.call_later(self._part, self._count)
        else:
            self._limit.reschedule(self._loop.time())

    def end(self) -> None:
        self._timer.cancel()
