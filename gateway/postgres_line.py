"""The line between replicas by way of their database: LISTEN and NOTIFY, outside of every deciding transaction."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from gateway.bells import LineDown, Messenger
from models.db import Unreachable
from models.notifications import Notifications, listening
from models.postgres_url import PostgresPlace

CHANNEL = "agentgate_bells"


def postgres_messenger(place: PostgresPlace) -> Messenger:
    """Return what opens lines over a PostgreSQL server; over a pooler that shares connections nothing is heard."""
    return partial(_open, place)


@asynccontextmanager
async def _open(place: PostgresPlace) -> AsyncIterator["PostgresLine"]:
    with _translated():
        async with listening(place, CHANNEL) as notifications:
            yield PostgresLine(notifications)


class PostgresLine:
    """One connection that listens and sends."""

    def __init__(self, notifications: Notifications) -> None:
        self._notifications = notifications

    async def send(self, message: str) -> None:
        """Notify."""
        with _translated():
            await self._notifications.send(message)

    async def receive(self) -> str:
        """Return the next notification."""
        with _translated():
            return await self._notifications.receive()


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Unreachable as error:
        raise LineDown(str(error)) from error
