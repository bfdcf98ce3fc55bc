"""Looking again at what rings no bell: a row that the outbox writes, a probe, the health of a part."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

Found = TypeVar("Found")

PATIENCE = 30.0
"""Seconds after which it is not looked again."""
BETWEEN = 0.01
"""Seconds between two looks: what is looked at must get its turn, on SQLite's one connection too."""


async def until(look: Callable[[], Awaitable[Found]]) -> Found:
    """Look until there is something, and return it. Raises TimeoutError when there is nothing in time."""
    async with asyncio.timeout(PATIENCE):
        while not (found := await look()):  # noqa: ASYNC110 - what is looked at rings no bell
            await asyncio.sleep(BETWEEN)
    return found


async def until_so(is_so: Callable[[], object]) -> None:
    """Look until it is so. Raises TimeoutError when it is not in time."""

    async def look() -> bool:
        return bool(is_so())

    await until(look)
