"""Open a database from its address, migrate it, and speak to it: the only home of connections.

A process has one database at a time: Tortoise caches statements by connection name, and its connections are
found through one global context so that every task sees them, whoever started it.
"""

import fcntl
import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, closing, contextmanager, suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

from tortoise import Tortoise
from tortoise.backends.base.client import BaseDBAsyncClient
from tortoise.connection import get_connection
from tortoise.migrations.executor import MigrationExecutor, MigrationTarget
from tortoise.migrations.recorder import MigrationRecorder
from tortoise.migrations.schema_editor import BasePostgresSchemaEditor
from tortoise.transactions import in_transaction

from models.address import Address as Address  # whoever opens and queries a database needs these names too
from models.address import parse_address as parse_address
from models.faults import Conflict as Conflict
from models.faults import Refused as Refused
from models.faults import Uncertain as Uncertain
from models.faults import Unreachable as Unreachable
from models.postgres_url import PostgresPlace

APPS: dict[str, Any] = {
    "models": {
        "models": ["models.tables"],
        "default_connection": "default",
        "migrations": "models.migrations",
    }
}

LATEST = MigrationTarget(app_label="models", name="__latest__")

MIGRATING = 0x61_67_65_6E_74_67_61_74
"""The number of PostgreSQL's advisory lock that whoever migrates holds: “agentgat” in ASCII."""


def config(address: Address) -> dict[str, Any]:
    """Return the Tortoise configuration for an address."""
    here = _sqlite(address.path) if address.postgres is None else _postgres(address.postgres)
    return {"connections": {"default": here}, "apps": APPS, "use_tz": True}


def _sqlite(path: Path | None) -> dict[str, Any]:
    credentials = {
        "file_path": str(path or ":memory:"),
        "journal_mode": "WAL",
        "busy_timeout": 5000,
        "synchronous": "FULL",
    }
    return {"engine": "models.sqlite", "credentials": credentials}


def _postgres(place: PostgresPlace) -> dict[str, Any]:
    return {"engine": "models.postgres", "credentials": {"place": place}}


async def open_database(address: Address, *, unhurried: bool = False) -> None:
    """Connect; every task of this process may query from now on. Raises what `Unreachable` lists.

    `unhurried` lifts the limits on how long a statement may take: a migration may rewrite a large table.
    """
    if address.path is not None:
        address.path.parent.mkdir(parents=True, exist_ok=True)
        _try_file(address.path)
    if unhurried and address.postgres is not None:
        address = replace(address, postgres=address.postgres.unhurried())
    await Tortoise.init(config=config(address), _enable_global_fallback=True)
    await _connect()


def _try_file(path: Path) -> None:
    """Look into the file by hand: where it cannot be opened, the driver's thread would outlive its event loop.

    One that is not there yet is made for its owner alone; SQLite gives the files beside it, -wal and -shm, the same
    mode. One that is there keeps the mode that it has: somebody may share it on purpose.
    """
    with suppress(OSError):  # SQLite says better what is wrong
        os.close(os.open(path, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(path)) as file:
        file.execute("PRAGMA schema_version")


async def _connect() -> None:
    """Connect now. Tortoise would at the first query, and keep SQLite's lock for ever where that fails."""
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
    if address.is_sqlite:
        with _only_one(address):
            return await _apply() if await missing_migrations() else []
    async with transaction():
        await select("SELECT pg_advisory_xact_lock($1)", MIGRATING)
        # Tortoise finds out that nothing is applied by a query that fails, and a failed query spoils a transaction
        await MigrationRecorder(connection()).ensure_schema(BasePostgresSchemaEditor(connection()))
        return await _apply()


async def _apply() -> list[str]:
    applied: list[str] = []

    def note(happened: str, app: str, name: str) -> None:
        if happened == "apply_done":
            applied.append(name)

    await MigrationExecutor(connection(), APPS).migrate([LATEST], progress=note)
    return applied


async def missing_migrations() -> list[str]:
    """Return the names of migrations that the open database does not have yet."""
    await ping()  # else Tortoise takes a database that does not answer for an empty one
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


def on_sqlite() -> bool:
    """Whether the open database is SQLite, where the two need different words."""
    return connection().capabilities.dialect == "sqlite"


async def select(sql: str, *values: object) -> list[dict[str, Any]]:
    """Run one statement with `$1 …` placeholders and return its rows."""
    sql = sql.replace("$", "?") if on_sqlite() else sql
    return await connection().execute_query_dict(sql, list(values))


async def ping() -> None:
    """Ask the database for nothing, to see that it answers. Raises what `Unreachable` lists."""
    await select("SELECT 1")


async def server_version() -> str:
    """Return the version of the database's program, without what its packager adds."""
    asked = (
        "SELECT sqlite_version() AS version" if on_sqlite() else "SELECT current_setting('server_version') AS version"
    )
    return str((await select(asked))[0]["version"]).split()[0]


async def try_writing() -> None:
    """Write nothing, as a writer would. Raises what `Unreachable` lists where a migrated database is read-only."""
    await connection().execute_query("UPDATE deliveries SET id = id WHERE 1 = 0")
