"""PostgreSQL's own messenger, LISTEN and NOTIFY, over a connection beside the pool.

Messages are no part of the transaction that they tell of: NOTIFY makes committers wait for each other. Here each is a
transaction of its own, and one that need not reach the disk. https://www.postgresql.org/docs/current/sql-notify.html
"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import asyncpg
from tortoise.exceptions import DBConnectionError

from models.postgres_pool import FAULTS, ours
from models.postgres_url import PostgresPlace

GOODBYE_SECONDS = 1.0
SETTINGS = {"application_name": "agentgate-bells", "synchronous_commit": "off"}


class Notifications:
    """An open connection that listens to one channel and sends to it."""

    def __init__(self, link: Any, channel: str) -> None:
        self._link = link
        self._channel = channel
        self._heard: asyncio.Queue[str | None] = asyncio.Queue()

    async def listen(self) -> None:
        """Begin: whatever is sent from now on is heard. Raises DBConnectionError."""
        self._link.add_termination_listener(lambda _: self._heard.put_nowait(None))
        with _translated():
            await self._link.add_listener(self._channel, lambda *heard: self._heard.put_nowait(heard[-1]))

    async def send(self, message: str) -> None:
        """Send a message of fewer than 8 000 bytes to all who listen, also to this one. Raises DBConnectionError."""
        with _translated():
            await self._link.execute("SELECT pg_notify($1, $2)", self._channel, message)

    async def receive(self) -> str:
        """Wait for the next message. Raises DBConnectionError when the connection is lost."""
        message = await self._heard.get()
        if message is None:
            raise DBConnectionError("the connection to the database was lost")
        return message


@asynccontextmanager
async def listening(place: PostgresPlace, channel: str) -> AsyncIterator[Notifications]:
    """Connect and listen until the end of the block. Raises DBConnectionError."""
    connection = place.connection()
    connection["server_settings"] |= SETTINGS
    with _translated():
        link = await asyncpg.connect(**connection)
    try:
        notifications = Notifications(link, channel)
        await notifications.listen()
        yield notifications
    finally:
        await _close(link)


async def _close(link: Any) -> None:
    try:
        await link.close(timeout=GOODBYE_SECONDS)
    except FAULTS:
        link.terminate()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except FAULTS as error:
        raise DBConnectionError(str(ours(error))) from error
