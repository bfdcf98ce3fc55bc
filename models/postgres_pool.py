"""The pool of connections to PostgreSQL, and what the driver's faults mean."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from ssl import SSLCertVerificationError
from typing import Any

import asyncpg
import structlog
from asyncpg.pool import Pool
from tortoise.exceptions import DBConnectionError, OperationalError

from models.faults import Conflict, Refused, Unfit
from models.postgres_url import PostgresPlace

FAULTS = (asyncpg.PostgresError, asyncpg.InterfaceError, asyncpg.InternalClientError, OSError)
"""What the driver raises; a timeout is an OSError too."""

PASSING = ("08", "40", "53", "57")
"""Classes of SQLSTATE that pass by themselves: connection, deadlock, resources, an operator's intervention."""

WITHOUT_TLS = "rejected SSL upgrade"
"""How the driver says that a server has no encryption, by an exception that it uses for lost connections too."""

TLS_REMEDY = (
    "it has no TLS: switch `ssl` on there, or leave sslmode and sslrootcert out where nobody can listen in between"
)

UNFINISHED = ("08", "57")
"""Classes of SQLSTATE after which nobody knows what became of a statement."""

log = structlog.get_logger()


def ours(error: Exception) -> Exception:
    """Return what a fault of the driver means."""
    said = _said(error)
    match error:
        case asyncpg.IntegrityConstraintViolationError():
            return Conflict(said)
        case asyncpg.DataError():
            return Unfit(f"{type(error).__name__}: a value does not fit its column")
        case asyncpg.SyntaxOrAccessError():
            return OperationalError(said)
        case TimeoutError():
            return DBConnectionError("it did not answer in time")
        case _:
            return DBConnectionError(said)


def _said(error: Exception) -> str:
    """Return the driver's words without what it calls details: those quote the values of a row."""
    said = error.args[0] if error.args and isinstance(error, asyncpg.PostgresError) else error
    words = str(said) or type(error).__name__
    return f"{words}; {TLS_REMEDY}" if WITHOUT_TLS in words else words


def quotes_values(error: Exception) -> bool:
    """Whether the driver's own words hold values of a row, which are no business of a log."""
    return isinstance(error, (asyncpg.IntegrityConstraintViolationError, asyncpg.DataError))


def _passes(error: Exception) -> bool:
    """Whether a connection that could not be made may be made in a moment."""
    if isinstance(error, asyncpg.PostgresError):
        return str(error.sqlstate)[:2] in PASSING
    no = isinstance(error, (asyncpg.InterfaceError, SSLCertVerificationError, PermissionError))
    return not no and WITHOUT_TLS not in str(error)


def is_unfinished(error: Exception) -> bool:
    """Whether nobody knows what became of the statement, and the connection is of no use any more."""
    return not isinstance(error, asyncpg.PostgresError) or str(error.sqlstate)[:2] in UNFINISHED


class PatientPool(Pool):  # type: ignore[misc]  # asyncpg ships no types
    """A pool in which every wait has an end; made from a place, connected by the first `acquire`."""

    __slots__ = ("files", "idle_limit", "patience")

    def __init__(self, place: PostgresPlace) -> None:
        self.patience = place.connect_timeout
        self.files = place.files
        self.idle_limit = None if place.command_timeout is None else 2 * place.command_timeout
        super().__init__(
            min_size=place.pool_min_size,
            max_size=place.pool_size,
            max_queries=50_000,
            max_inactive_connection_lifetime=300.0,
            init=self._limit,
            reset=_keep_as_it_is,
            loop=None,
            connection_class=asyncpg.Connection,
            record_class=asyncpg.Record,
            **place.connection(),
        )

    async def open(self) -> None:
        """Make the pool, and one connection to see that it can be made. Raises DBConnectionError when it cannot."""
        for name, path in self.files:
            if not os.access(path, os.R_OK):
                raise Refused(f"{name}: {path} cannot be read")
        with self._refusals():
            await self
        await self.release(await self.acquire())

    async def _limit(self, connection: Any) -> None:
        """Let the server end a transaction in which nothing happens: a replica that vanished would hold rows for hours.

        By a statement, since poolers such as PgBouncer refuse a connection that asks for it at once.
        """
        if self.idle_limit is not None:
            await connection.execute(f"SET idle_in_transaction_session_timeout = {self.idle_limit * 1000:.0f}")

    @contextmanager
    def _refusals(self) -> Iterator[None]:
        try:
            yield
        except TimeoutError as error:
            raise DBConnectionError(f"no connection was free or could be made within {self.patience:g} s") from error
        except FAULTS as error:
            kind = DBConnectionError if _passes(error) else Refused
            raise kind(_said(error)) from error

    async def acquire(self, *, timeout: float | None = None) -> Any:  # noqa: ASYNC109 - asyncpg's own signature
        """Take a connection, a free one or a new one. Raises DBConnectionError when there is none in time."""
        with self._refusals():
            return await super().acquire(timeout=timeout or self.patience)

    async def release(self, connection: Any, *, timeout: float | None = None) -> None:  # noqa: ASYNC109 - the same
        """Give a connection back; one that broke is dropped, and what was done with it before is done."""
        try:
            await super().release(connection, timeout=timeout)
        except FAULTS as error:
            log.debug("database.connection_dropped", reason=str(error))


async def _keep_as_it_is(connection: Any) -> None:
    """Change nothing on a connection that comes back: nobody sets anything on one, and asking would cost a trip."""
