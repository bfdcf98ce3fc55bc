"""Open a database from its address, migrate it, and speak to it: the only home of connections.

A process has one database at a time: Tortoise caches statements by connection name, and its connections are
found through one global context so that every task sees them, whoever started it.
"""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator, Sequence
from contextlib import asynccontextmanager, closing, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.exceptions import DBConnectionError, IntegrityError, OperationalError
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.transactions import in_transaction

APPS: dict[str, Any] = {
    "models": {
        "models": ["models.tables"],
        "default_connection": "default",
        "migrations": "models.migrations",
    }
}

LATEST = MigrationTarget(app_label="models", name="__latest__")

Conflict = IntegrityError
"""What a query raises when a unique value is taken."""

Unreachable = (DBConnectionError, OperationalError, OSError, sqlite3.DatabaseError)
"""What a query raises when the database is gone, locked, full or broken."""


@dataclass(frozen=True, slots=True)
class Address:
    """Where a database is: a SQLite file, `:memory:`, or a PostgreSQL server."""

    url: str
    path: Path | None = None

    @property
    def is_sqlite(self) -> bool:
        """Whether this is SQLite, in a file or in memory."""
        return not self.url.startswith("asyncpg://")


def parse_address(url: str) -> Address:
    """Read a `DATABASE_URL`: a plain path, `:memory:`, `sqlite://…`, `postgres://…` or `postgresql://…`.

    Raises ValueError with the reason when it is none of these.
    """
    scheme, separator, rest = url.partition("://")
    if separator and scheme in {"postgres", "postgresql"}:
        return Address(f"asyncpg://{rest}")
    if separator and scheme != "sqlite":
        raise ValueError(f"“{scheme}://” is not a database AgentGate knows; use a path, sqlite:// or postgres://")
    path = unquote(rest.removeprefix("localhost")) if separator else url
    if not path or path.endswith("/"):
        raise ValueError("it names no file")
    if path in {":memory:", "/:memory:"}:
        return Address(":memory:")
    path = path.removeprefix("/") if path.startswith("//") else path
    return Address(path, Path(path))


def config(address: Address) -> dict[str, Any]:
    """Return the Tortoise configuration for an address."""
    sqlite = {
        "engine": "tortoise.backends.sqlite",
        "credentials": {
            "file_path": address.url,
            "journal_mode": "WAL",
            "busy_timeout": 5000,
            "synchronous": "FULL",
        },
    }
    return {
        "connections": {"default": sqlite if address.is_sqlite else address.url},
        "apps": APPS,
        "use_tz": True,
    }


async def open_database(address: Address) -> None:
    """Connect; every task of this process may query from now on. Raises what `Unreachable` lists."""
    if address.path is not None:
        address.path.parent.mkdir(parents=True, exist_ok=True)
        _try_file(address.path)
    await Tortoise.init(config=config(address), _enable_global_fallback=True)
    if address.is_sqlite:
        await _open_file()


def _try_file(path: Path) -> None:
    """Look into the file by hand: where it cannot be opened, the driver's thread would outlive its event loop."""
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA schema_version")


async def _open_file() -> None:
    """Open the file now. Tortoise would at the first query, and keep its lock for ever where that fails."""
    try:
        await connection().create_connection(with_db=True)
    except BaseException:
        await close_database()
        raise


async def close_database() -> None:
    """Close every connection; queries raise from now on."""
    await Tortoise.close_connections()


async def migrate(address: Address) -> list[str]:
    """Bring the open database up to date; return the names of what was applied. Safe to run twice at once."""
    with _only_one(address):
        missing = await missing_migrations()
        if missing:
            await MigrationExecutor(connection(), APPS).migrate([LATEST])
    return missing


async def missing_migrations() -> list[str]:
    """Return the names of migrations that the open database does not have yet."""
    executor = MigrationExecutor(connection(), APPS)
    steps = await executor.plan([LATEST])
    return [step.migration.name for step in steps]


@contextmanager
def _only_one(address: Address) -> Iterator[None]:
    """Hold a file lock beside a SQLite file, so that two starts at once do not migrate twice."""
    if address.path is None:
        yield
        return
    lock = os.open(address.path.with_name(address.path.name + ".migrating"), os.O_RDWR | os.O_CREAT, 0o600)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def connection() -> BaseDBAsyncClient:
    """Return the connection of the task: inside a transaction, that transaction's."""
    return get_connection("default")


@asynccontextmanager
async def transaction() -> AsyncIterator[None]:
    """Run the body's queries in one transaction: all of them happen, or none.

    Tortoise takes the connection first and begins then, and lets go of it only when both are done. Whoever is cancelled
    in between would keep it for ever, so entering and leaving are guarded alike.
    """
    context = in_transaction("default")
    try:
        await context.__aenter__()
        yield
    except BaseException as error:
        if hasattr(context, "token"):  # else it never had the connection
            await context.__aexit__(type(error), error, error.__traceback__)
        raise
    await context.__aexit__(None, None, None)


async def select(sql: str, *values: object) -> list[dict[str, Any]]:
    """Run one statement with `$1 …` placeholders and return its rows."""
    here = connection()
    if here.capabilities.dialect == "sqlite":
        sql = sql.replace("$", "?")
    return await here.execute_query_dict(sql, list(values))


async def ping() -> None:
    """Ask the database for nothing, to see that it answers. Raises what `Unreachable` lists."""
    await select("SELECT 1")


async def try_writing() -> None:
    """Write nothing, as a writer would. Raises what `Unreachable` lists where a migrated database is read-only."""
    await connection().execute_query("UPDATE deliveries SET id = id WHERE 1 = 0")


def placeholders(values: Sequence[object], *, after: int = 0) -> str:
    """Return `$1, $2, …`, one for each value, numbered on from `after`."""
    return ", ".join(f"${after + number}" for number in range(1, len(values) + 1))
