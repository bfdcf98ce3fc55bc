"""Opening a database, migrating it, and the transaction."""

import os
import sqlite3
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from models import db, people
from tests.clock import Clock
from tests.race import started_together

MIGRATE = """
import asyncio, sys
from models import db

async def main():
    address = db.parse_address(sys.argv[1])
    await db.open_database(address)
    print("ready", flush=True)
    sys.stdin.readline()
    print(len(await db.migrate(address)), flush=True)
    await db.close_database()

asyncio.run(main())
"""


@asynccontextmanager
async def opened(path: Path) -> AsyncIterator[db.Address]:
    address = db.parse_address(str(path))
    await db.open_database(address)
    try:
        yield address
    finally:
        await db.close_database()


async def test_a_fresh_file_is_migrated_once(tmp_path: Path) -> None:
    path = tmp_path / "new folder" / "gate.db"
    async with opened(path) as address:
        missing = await db.missing_migrations()
        assert missing == await db.migrate(address)
        assert len(missing) >= 1
        assert await db.migrate(address) == []
        assert await db.missing_migrations() == []
    with sqlite3.connect(path) as file:
        tables = {name for (name,) in file.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    assert {"requests", "votes", "events", "deliveries", "messages", "keys", "policies", "identities"} <= tables


def test_three_processes_migrate_at_once(tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    applied = sorted(map(int, started_together(MIGRATE, str(path), count=3)))
    assert applied[:2] == [0, 0]
    assert applied[2] >= 1


async def test_what_was_committed_is_on_the_disk(tmp_path: Path) -> None:
    async with opened(tmp_path / "gate.db") as address:
        await db.migrate(address)
        assert await db.select("PRAGMA journal_mode") == [{"journal_mode": "wal"}]
        assert await db.select("PRAGMA synchronous") == [{"synchronous": 2}]
        assert (await db.select("PRAGMA busy_timeout"))[0]["timeout"] >= 5000
        await people.link("slack:U1", person="alice", at=Clock()())
        with sqlite3.connect(tmp_path / "gate.db") as other:
            assert other.execute("SELECT person FROM identities").fetchall() == [("alice",)]


async def test_a_transaction_is_all_or_nothing(database: None, clock: Clock) -> None:
    async def breaks() -> None:
        async with db.transaction():
            await people.link("slack:U1", person="alice", at=clock())
            assert await people.person_of("slack:U1") == "alice"
            raise LookupError

    with pytest.raises(LookupError):
        await breaks()
    assert await people.person_of("slack:U1") is None
    async with db.transaction():
        await people.link("slack:U1", person="bob", at=clock())
    assert await people.person_of("slack:U1") == "bob"


@pytest.mark.parametrize("content", [b"this is no database, it only sits where one should be\n" * 20, None])
async def test_a_file_that_is_no_database_counts_as_unreachable(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "gate.db"
    if content is None:
        path.mkdir()
    else:
        path.write_bytes(content)

    async def start() -> None:
        async with opened(path) as address:
            await db.migrate(address)

    with pytest.raises(db.Unreachable):
        await start()


async def test_a_locked_file_counts_as_unreachable(tmp_path: Path, clock: Clock) -> None:
    path = tmp_path / "gate.db"
    async with opened(path) as address:
        await db.migrate(address)
        await db.select("PRAGMA busy_timeout = 1")
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(db.Unreachable):
            await people.link("slack:U1", person="alice", at=clock())
        other.execute("ROLLBACK")
        other.close()
        await people.link("slack:U1", person="alice", at=clock())
        assert await people.person_of("slack:U1") == "alice"


async def test_a_taken_value_is_a_conflict(database: None, clock: Clock) -> None:
    insert = "INSERT INTO identities (actor, person, created_at) VALUES ($1, $2, $3) RETURNING actor"
    await db.select(insert, "slack:U1", "alice", clock())
    with pytest.raises(db.Conflict):
        await db.select(insert, "slack:U1", "bob", clock())


async def test_a_ping_is_answered(database: None) -> None:
    await db.ping()
    assert await db.select("SELECT $2 || '' AS b, 1 + $1 AS a", 1, "x") == [{"b": "x", "a": 2}]


def _modes(folder: Path) -> dict[str, int]:
    return {file.name: file.stat().st_mode & 0o777 for file in folder.iterdir()}


@pytest.fixture
def open_to_all() -> Iterator[None]:
    """A process whose files everybody may read and write, unless it says otherwise."""
    before = os.umask(0)
    yield
    os.umask(before)


@pytest.mark.usefixtures("open_to_all")
async def test_a_new_file_is_for_its_owner_alone_with_those_beside_it(tmp_path: Path) -> None:
    path = tmp_path / "agentgate.db"
    async with opened(path) as address:
        await db.migrate(address)
        modes = _modes(tmp_path)
    assert {name: mode for name, mode in modes.items() if mode != 0o600} == {}
    assert {"agentgate.db", "agentgate.db-wal", "agentgate.db-shm"} <= set(modes)


async def test_a_file_that_is_there_keeps_its_mode(tmp_path: Path) -> None:
    path = tmp_path / "agentgate.db"
    path.touch()
    path.chmod(0o640)
    async with opened(path) as address:
        await db.migrate(address)
    assert path.stat().st_mode & 0o777 == 0o640
