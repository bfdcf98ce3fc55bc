"""A PostgreSQL that goes away, falls silent or says no in the middle: every query ends, and later ones work."""

import asyncio
import time
from collections.abc import AsyncIterator, Iterator
from typing import Any

import asyncpg
import pytest

from models import db, people
from tests.clock import Clock
from tests.databases import migrated_template
from tests.models.opened import at_port, opened
from tests.platforms.postgres import Postgres, running_postgres
from tests.platforms.wire import Wire, a_wire

pytestmark = pytest.mark.on("postgres")

IMPATIENT = "?connect_timeout=4&command_timeout=3"
"""Short enough to notice a silence within a test, long enough for a busy machine to answer in."""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of one's own, to stop and start."""
    with running_postgres() as server:
        server.make_database("weather")
        yield server


@pytest.fixture
async def wire(postgres: Postgres) -> AsyncIterator[Wire]:
    async with a_wire(postgres.port) as wire:
        yield wire


@pytest.fixture(scope="module")
def url(postgres: Postgres) -> str:
    return postgres.make_database("troubled", template=migrated_template())


async def answered() -> list[dict[str, object]]:
    """Ask until there is an answer; the first call after a loss may be refused, no later one."""
    try:
        return await db.select("SELECT 1 AS one")
    except db.Unreachable:
        return await db.select("SELECT 1 AS one")


@pytest.mark.parametrize("how", ["stop", "crash", "kill"])
async def test_after_a_restart_the_connections_are_made_anew(server: Postgres, how: str) -> None:
    async with opened(server.url("weather")):
        await asyncio.gather(*(db.select("SELECT pg_sleep(0.1)") for _ in range(5)))
        getattr(server, how)()
        for _ in range(3):
            with pytest.raises(db.Unreachable):
                await db.ping()
        server.start()
        assert await answered() == [{"one": 1}]
        await asyncio.gather(*(db.ping() for _ in range(10)))


@pytest.mark.parametrize("how", ["stop", "crash", "kill"])
async def test_a_transaction_in_the_middle_of_a_restart_is_refused(server: Postgres, how: str) -> None:
    async def interrupted() -> None:
        async with db.transaction():
            await db.select("CREATE TABLE begun (id int)")
            getattr(server, how)()
            await db.select("INSERT INTO begun VALUES (1) RETURNING id")

    async with opened(server.url("weather")):
        with pytest.raises(db.Unreachable):
            await interrupted()
        server.start()
        await answered()
        assert await db.select("SELECT to_regclass('begun') AS found") == [{"found": None}]


async def test_a_server_that_vanishes_is_noticed_in_time_and_found_again(wire: Wire, url: str) -> None:
    async with opened(at_port(url, wire.port) + IMPATIENT):
        await asyncio.gather(*(db.select("SELECT pg_sleep(0.05)") for _ in range(10)))
        wire.fall_silent()
        began = time.monotonic()
        fates = await asyncio.gather(*(db.ping() for _ in range(30)), return_exceptions=True)
        assert all(isinstance(fate, db.Unreachable) for fate in fates)
        assert time.monotonic() - began < 25
        wire.speak_again()
        assert await answered() == [{"one": 1}]
        await asyncio.gather(*(db.ping() for _ in range(30)))


async def test_a_transaction_with_a_server_that_vanishes_ends_in_time(wire: Wire, url: str, clock: Clock) -> None:
    async def interrupted() -> None:
        async with db.transaction():
            await people.link("slack:U1", person="alice", at=clock())
            wire.fall_silent()
            await people.link("slack:U2", person="bob", at=clock())

    async with opened(at_port(url, wire.port) + IMPATIENT):
        with pytest.raises(db.Unreachable, match="it did not answer in time"):
            async with asyncio.timeout(25):
                await interrupted()
        wire.speak_again()
        await answered()
        assert await people.person_of("slack:U1") is None


async def test_what_a_vanished_server_of_ours_held_is_free_again_soon(wire: Wire, url: str, clock: Clock) -> None:
    insert = "INSERT INTO identities (actor, person, created_at) VALUES ('slack:U8', 'erin', now())"

    async def interrupted(other: Any) -> None:
        async with db.transaction():
            await people.link("slack:U8", person="dave", at=clock())
            wire.fall_silent()
            assert await other.execute(insert, timeout=30) == "INSERT 0 1"

    async with opened(at_port(url, wire.port) + IMPATIENT), asyncpg.create_pool(url, min_size=1) as others:
        with pytest.raises(db.Unreachable):
            await interrupted(others)
        wire.speak_again()
        await answered()
        assert await people.person_of("slack:U8") == "erin"


async def test_a_commit_that_nobody_heard_back_from_is_uncertain(wire: Wire, url: str, clock: Clock) -> None:
    async def interrupted() -> None:
        async with db.transaction():
            await people.link("slack:U7", person="carol", at=clock())
            wire.break_after(b"COMMIT")

    async with opened(at_port(url, wire.port)):
        with pytest.raises(db.Uncertain):
            await interrupted()
        await answered()
        assert await people.person_of("slack:U7") == "carol"


async def test_a_statement_that_takes_too_long_is_given_up(url: str) -> None:
    async with opened(url + "?command_timeout=2"):
        with pytest.raises(db.Unreachable, match="it did not answer in time"):
            await db.select("SELECT pg_sleep(60)")
        await db.ping()
    async with opened(url + "?statement_timeout=2s"):
        with pytest.raises(db.Unreachable, match="statement timeout"):
            await db.select("SELECT pg_sleep(60)")
        await db.ping()
    async with opened(url + "?command_timeout=0.2&statement_timeout=200ms", unhurried=True):
        assert len(await db.select("SELECT pg_sleep(0.5)")) == 1


async def test_whoever_is_cut_off_takes_no_connection_along(url: str) -> None:
    async with opened(url + "?pool_size=2"):
        for _ in range(10):
            with pytest.raises(TimeoutError):
                async with asyncio.timeout(0.02), db.transaction():
                    await db.select("SELECT pg_sleep(60)")
        await asyncio.gather(*(db.ping() for _ in range(10)))


async def test_a_full_pool_makes_others_wait_and_then_says_so(url: str) -> None:
    begun, may_end = asyncio.Event(), asyncio.Event()

    async def hold_the_only_one() -> None:
        async with db.transaction():
            begun.set()
            await may_end.wait()
            await db.ping()

    async with opened(url + "?pool_size=1&connect_timeout=2"), asyncio.TaskGroup() as together:
        together.create_task(hold_the_only_one())
        await begun.wait()
        with pytest.raises(db.Unreachable, match=r"no connection was free or could be made within 2 s"):
            await db.ping()
        may_end.set()
        await asyncio.gather(*(db.ping() for _ in range(20)))


async def test_a_server_without_room_says_so_and_has_room_later(postgres: Postgres, url: str) -> None:
    postgres.run("ALTER ROLE gate CONNECTION LIMIT 3")
    try:
        async with opened(url):
            asked = [db.select("SELECT pg_sleep(0.3)") for _ in range(6)]
            fates = await asyncio.gather(*asked, return_exceptions=True)
            refused = [fate for fate in fates if isinstance(fate, db.Unreachable)]
            assert len(refused) == 3
            assert all("too many connections" in str(fate) for fate in refused)
            await db.ping()
    finally:
        postgres.run("ALTER ROLE gate CONNECTION LIMIT -1")


async def test_a_server_that_may_only_be_read_says_so(postgres: Postgres, url: str, clock: Clock) -> None:
    async with opened(url + "?options=-c%20default_transaction_read_only=on"):
        await db.ping()
        with pytest.raises(db.Unreachable, match="read-only transaction"):
            await db.try_writing()
        with pytest.raises(db.Unreachable, match="read-only transaction"):
            await people.link("slack:U1", person="alice", at=clock())


async def test_of_two_that_wait_for_each_other_one_is_refused_and_nothing_of_it_is_done(url: str, clock: Clock) -> None:
    both_hold_one = asyncio.Barrier(2)

    async def link(first: str, second: str, person: str) -> None:
        async with db.transaction():
            await people.link(first, person=person, at=clock())
            await both_hold_one.wait()
            await people.link(second, person=person, at=clock())

    async with opened(url):
        crossed = (link("web:a", "web:b", "alice"), link("web:b", "web:a", "bob"))
        fates = await asyncio.gather(*crossed, return_exceptions=True)
        (refused,) = [fate for fate in fates if fate is not None]
        assert isinstance(refused, db.Unreachable)
        assert "deadlock" in str(refused)
        winner = "alice" if fates[0] is None else "bob"
        assert {await people.person_of(actor) for actor in ("web:a", "web:b")} == {winner}


async def test_closing_waits_for_nobody_long(url: str) -> None:
    async with opened(url):
        asking = asyncio.create_task(db.select("SELECT pg_sleep(60)"))
        await db.select("SELECT pg_sleep(0.3)")  # by now the other is in the middle of it
        began = time.monotonic()
    assert time.monotonic() - began < 8
    with pytest.raises(db.Unreachable):
        await asking
