"""PostgreSQL beneath Tortoise, whose own client lets the driver's faults through and waits for ever."""

import asyncio
from contextlib import suppress
from typing import Any

import asyncpg
from tortoise.backends.asyncpg.client import AsyncpgDBClient, TransactionWrapper
from tortoise.backends.base.client import TransactionalDBClient, TransactionContext, TransactionContextPooled

from models.faults import Uncertain
from models.postgres_pool import FAULTS, PatientPool, is_unfinished, ours, quotes_values
from models.postgres_url import PostgresPlace

GOODBYE_SECONDS = 2.0
"""How long connections that are in use may take to come back when the pool closes."""


class _Translating:
    """Raises ours instead of the driver's exceptions, and forgets old connections after one was lost."""

    async def _translate_exceptions(self, func: Any, *args: Any, **kwargs: Any) -> Any:
        try:
            return await func(self, *args, **kwargs)
        except FAULTS as error:
            if is_unfinished(error):
                await self.forget_connections()
            raise ours(error) from (None if quotes_values(error) else error)

    async def forget_connections(self) -> None:
        """Let every connection be made anew: where one is gone, others may be gone without having noticed."""
        raise NotImplementedError


class PostgresClient(_Translating, AsyncpgDBClient):
    """Tortoise's client for a place."""

    @property
    def patience(self) -> float:
        """How many seconds getting a connection may take."""
        return self.place.connect_timeout

    @property
    def place(self) -> PostgresPlace:
        """Where it connects to."""
        place: PostgresPlace = self.extra["place"]
        return place

    async def create_connection(self, with_db: bool) -> None:
        """Make the pool and one connection. Raises DBConnectionError when that cannot be."""
        pool = PatientPool(self.place)
        await pool.open()
        self._pool = pool
        await self._post_connect()

    async def _close(self) -> None:
        if self._pool is None:
            return
        try:
            async with asyncio.timeout(GOODBYE_SECONDS):
                await self._pool.close()
        except FAULTS:
            self._pool.terminate()  # it stays: whoever has a connection gives it back there, and gets no other

    async def forget_connections(self) -> None:
        """Let the pool make every connection anew when it is taken next."""
        if self._pool is not None:
            await self._pool.expire_connections()

    def _in_transaction(self) -> TransactionContext:
        return TransactionContextPooled(PostgresTransaction(self), self._pool_init_lock)


class PostgresTransaction(_Translating, TransactionWrapper):
    """Tortoise's client inside a transaction."""

    _parent: PostgresClient

    @property
    def patience(self) -> float:
        """How many seconds giving up a transaction may take."""
        return self._parent.patience

    async def commit(self) -> None:
        """Commit. Raises Uncertain where nobody can know whether that happened."""
        try:
            await super().commit()
        except FAULTS as error:
            if not is_unfinished(error):
                raise ours(error) from error
            await self.forget_connections()
            raise Uncertain("the connection was lost while a transaction was being committed") from error

    async def rollback(self) -> None:
        """Roll back; a connection on which that cannot be done in time is dropped, which does the same."""
        try:
            async with asyncio.timeout(self.patience):
                await super().rollback()
        except FAULTS:
            with suppress(asyncpg.InterfaceError):  # dropped already
                self._connection.terminate()
            self._finalized = True

    async def forget_connections(self) -> None:
        """Pass it on to the pool."""
        await self._parent.forget_connections()

    def _in_transaction(self) -> TransactionContext:
        return _Joined(self)


class _Joined(TransactionContext):
    """A transaction inside another is that other one: what breaks in it breaks all, and a savepoint costs two trips."""

    def __init__(self, client: PostgresTransaction) -> None:
        self.client = client

    async def __aenter__(self) -> TransactionalDBClient:
        return self.client

    async def __aexit__(self, exc_type: Any, exc_val: Any, exc_tb: Any) -> None:
        return


client_class = PostgresClient
"""What Tortoise looks for in the module of an engine."""
