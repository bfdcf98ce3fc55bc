"""Noting what has been done outside: a database that has just gone is waited for, or it would be done again."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import TypeVar

import structlog

from models.db import Unreachable

AGAIN_SECONDS = 1.0

T = TypeVar("T")

log = structlog.get_logger()


async def noted(write: Callable[[], Awaitable[T]], *, request: str, target: str) -> T:
    """Write until the database takes it; whoever calls sets the end."""
    while True:
        try:
            return await write()
        except Unreachable as error:
            log.warning("delivery.not_noted_yet", request=request, target=target, error=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)
