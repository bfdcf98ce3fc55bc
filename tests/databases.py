"""The database of this run: SQLite, or PostgreSQL where pytest was told `--database postgres`.

Never both in one process: Tortoise remembers insert statements by the name of a connection, not by its dialect. A test
that holds for one of them only says so with `pytest.mark.on`.
"""

import subprocess
import sys
from contextlib import ExitStack
from functools import cache
from itertools import count
from pathlib import Path
from zlib import crc32

import pytest

from models import db
from models.address import parse_address
from tests.platforms.postgres import Postgres, running_postgres

SQLITE, POSTGRES = "sqlite", "postgres"
FIXTURES = frozenset({"database", "opens_database", "postgres"})
SECRET = "a secret that every replica of the tests knows"

UNHURRIED = "&connect_timeout=60&command_timeout=60"
"""A machine that stands still for a while is no outage; tests of outages have databases of their own."""

ABOUT_CONNECTIONS = frozenset({"tests.discord.test_gateway", "tests.discord.test_unheard", "tests.slack.test_weather"})
"""What a chat's own connection does says the same whatever the database is, and takes its time."""
IN_A_BROWSER = "tests.browser."
"""So does how a page looks and is used."""


class Chosen:
    """Which database this run has, and what is open until its end."""

    def __init__(self) -> None:
        self.name = SQLITE
        self.until_the_end = ExitStack()

    @property
    def is_postgres(self) -> bool:
        return self.name == POSTGRES


chosen = Chosen()


def belongs(item: pytest.Item) -> bool:
    """Whether a test belongs to this run: not to the other database's, and on PostgreSQL only where one is open.

    That is where a test has a fixture that opens one, or its module starts servers as processes.
    """
    only = item.get_closest_marker("on")
    if only is not None:
        return bool(only.args[0] == chosen.name)
    return not chosen.is_postgres or (isinstance(item, pytest.Function) and _opens_one(item))


def _opens_one(item: pytest.Function) -> bool:
    module = item.module.__name__
    if module in ABOUT_CONNECTIONS or module.startswith(IN_A_BROWSER):
        return False
    return bool(FIXTURES & {*item.fixturenames} or {"serving", "in_a_terminal"} & {*vars(item.module)})


@cache
def postgres_server() -> Postgres:
    """Return the PostgreSQL server of this run, started when it is first asked for."""
    return chosen.until_the_end.enter_context(running_postgres())


async def open_empty() -> None:
    """Open a migrated database with nothing in it; as an ordinary user would, `close_database` ends it."""
    if chosen.is_postgres:
        try:
            await _open_shared()
        except db.Unreachable:  # the test before changed the tables
            _shared.cache_clear()
            await _open_shared()
    else:
        await db.open_database(parse_address(":memory:"))
        await db.connection().execute_script(await _schema())


async def _open_shared() -> None:
    await db.open_database(parse_address(_shared()))
    try:
        await db.connection().execute_script(await _forget_everything())
    except BaseException:
        await db.close_database()
        raise


@cache
def _shared() -> str:
    """Return the address of the PostgreSQL database in which one test after the other starts afresh."""
    name = f"shared_{next(_numbers)}"
    postgres_server().make_database(name, template=migrated_template())
    return postgres_server().socket_url(name) + UNHURRIED


@cache
def migrated_template() -> str:
    """Return the name of a migrated PostgreSQL database, to make others from: migrating once a run is enough."""
    url = postgres_server().make_database("migrated")
    environment = {"DATABASE_URL": url, "AGENTGATE_SECRET_KEY": SECRET}
    migrate = [str(Path(sys.executable).with_name("agentgate-server")), "migrate"]
    subprocess.run(migrate, cwd=postgres_server().folder, env=environment, check=True, capture_output=True)
    return "migrated"


_numbers = count(1)
_kept: list[str] = []


async def _forget_everything() -> str:
    """Return the SQL that empties every table, and fails where one is missing or is a view now."""
    if not _kept:
        rows = await db.select(
            "SELECT tablename FROM pg_tables WHERE schemaname = 'public' AND tablename <> 'tortoise_migrations'"
        )
        _kept.append("TRUNCATE " + ", ".join(row["tablename"] for row in rows))
    return _kept[0]


async def _schema() -> str:
    """Return the SQL that makes SQLite's tables: migrating once a run is enough, and takes 40 ms."""
    if not _kept:
        await db.migrate(parse_address(":memory:"))
        rows = await db.select("SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%'")
        _kept.append(
            ";\n".join(row["sql"] for row in rows)
            .replace(" TABLE ", " TABLE IF NOT EXISTS ")
            .replace(" INDEX ", " INDEX IF NOT EXISTS ")
        )
    return _kept[0]


def settings_for(folder: Path) -> dict[str, str]:
    """Return the settings that give a server in this folder its database; SQLite needs none."""
    if not chosen.is_postgres:
        return {}
    return {"DATABASE_URL": _database_of(folder), "AGENTGATE_SECRET_KEY": SECRET}


@cache
def _database_of(folder: Path) -> str:
    """Return the address of the migrated PostgreSQL database of the servers in a folder, over TCP."""
    return postgres_server().make_database(f"of_{crc32(bytes(folder)):08x}", template=migrated_template())
