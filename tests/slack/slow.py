"""A database that keeps everybody waiting."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from models.db import on_sqlite, select, transaction

ON_SQLITE = "UPDATE requests SET updated_at = updated_at RETURNING id"
ON_POSTGRES = "LOCK TABLE requests, votes, events, deliveries, messages, keys, policies, identities"


@asynccontextmanager
async def slow_database(*, seconds: float, leases: bool = False) -> AsyncIterator[None]:
    """Let one transaction hold the database, as a slow statement does; every other call waits behind it.

    On PostgreSQL, leases are renewed meanwhile unless they are to be held too.
    """
    on_postgres = ON_POSTGRES + (", leases" if leases else "")
    holding = asyncio.Event()

    async def hold() -> None:
        async with transaction():
            await select(ON_SQLITE if on_sqlite() else on_postgres)
            holding.set()
            await asyncio.sleep(seconds)

    held = asyncio.create_task(hold())
    await holding.wait()
    try:
        yield
    finally:
        await held
