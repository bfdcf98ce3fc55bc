"""SQLite beneath Tortoise, whose own client lets everybody wait for the one connection for ever."""

import asyncio
from typing import Any, Literal

from tortoise.backends.sqlite.client import SqliteClient
from tortoise.exceptions import DBConnectionError

PATIENCE_SECONDS = 6.0
"""How long a turn on the connection is waited for. While another program holds the file every turn takes five seconds,
and whoever stands in line learns in time that the database does not answer."""


class PatientLock(asyncio.Lock):
    """A lock that is not waited for in vain. Raises DBConnectionError when it cannot be had in time."""

    async def acquire(self) -> Literal[True]:
        """Take the lock."""
        try:
            async with asyncio.timeout(PATIENCE_SECONDS):
                return await super().acquire()
        except TimeoutError as error:
            raise DBConnectionError(f"the file was busy for more than {PATIENCE_SECONDS:g} s") from error


class PatientSqliteClient(SqliteClient):
    """Tortoise's client with such a lock before its connection."""

    def __init__(self, file_path: str, **settings: Any) -> None:
        super().__init__(file_path, **settings)
        self._lock = PatientLock()


client_class = PatientSqliteClient
"""What Tortoise looks for in the module of an engine."""
