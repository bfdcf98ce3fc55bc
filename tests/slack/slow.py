"""A database that keeps everybody waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.db import select, transaction


@asynccontextmanager
async def slow_database(*, seconds: float) -> AsyncIterator[None]:
    """Let one transaction hold the database, as a slow statement does; every other call waits behind it."""
    holding = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await select("UPDATE requests SET updated_at = updated_at RETURNING id")
            holding.set()
            await asyncio.sleep(seconds)

    held = asyncio.create_task(hold())
    await holding.wait()
    try:
        yield
    finally:
        await held
