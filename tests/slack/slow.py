"""A database that keeps everybody waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.db import on_sqlite, select, transaction

ON_SQLITE = "UPDATE requests SET updated_at = updated_at RETURNING id"
ON_POSTGRES = "LOCK TABLE requests, votes, events, deliveries, messages, keys, policies, identities"


@asynccontextmanager
async def slow_database(*, seconds: float) -> AsyncIterator[None]:
    """Let one transaction hold the database, as a slow statement does; every other call waits behind it."""
    holding = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await select(ON_SQLITE if on_sqlite() else ON_POSTGRES)
            holding.set()
            await asyncio.sleep(seconds)

    held = asyncio.create_task(hold())
    await holding.wait()
    try:
        yield
    finally:
        await held
