"""Waiting without sleeping: whoever waits looks again each time something changed."""

import asyncio
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")


class Bell:
    """Rung at every change; `until` wakes with it."""

    def __init__(self, describe: Callable[[], str]) -> None:
        self._rung = asyncio.Event()
        self._describe = describe

    def ring(self) -> None:
        """Wake everybody who waits."""
        self._rung.set()
        self._rung = asyncio.Event()

    async def until(self, is_so: Callable[[], T], *, within: float) -> T:
        """Return what the question answers once that is true; after `within` seconds fail with what happened."""
        try:
            async with asyncio.timeout(within):
                while not (answer := is_so()):
                    await self._rung.wait()
        except TimeoutError:
            raise AssertionError(f"this did not happen within {within} s; what did:\n{self._describe()}") from None
        return answer
