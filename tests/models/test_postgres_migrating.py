"""Migrating PostgreSQL: whole or not at all, once, however many try."""

import pytest

from models import db
from tests.databases import migrated_template
from tests.models.opened import at_port, opened
from tests.models.test_database import MIGRATE
from tests.platforms.postgres import Postgres
from tests.platforms.wire import a_wire
from tests.race import started_together

pytestmark = pytest.mark.on("postgres")

TABLES = "SELECT tablename FROM pg_tables WHERE schemaname = 'public'"


async def test_an_empty_database_is_migrated_once(postgres: Postgres) -> None:
    async with opened(postgres.make_database("fresh"), unhurried=True) as address:
        missing = await db.missing_migrations()
        assert missing == await db.migrate(address)
        assert len(missing) >= 2
        assert await db.migrate(address) == []
        assert await db.missing_migrations() == []
        assert {"requests", "votes", "events", "deliveries", "leases"} <= {
            row["tablename"] for row in await db.select(TABLES)
        }


def test_five_processes_migrate_at_once(postgres: Postgres) -> None:
    url = postgres.make_database("raced")
    applied = sorted(map(int, started_together(MIGRATE, url, count=5)))
    assert applied[:4] == [0] * 4
    assert applied[4] >= 2


async def test_what_breaks_in_the_middle_leaves_nothing_behind(postgres: Postgres) -> None:
    async with opened(postgres.make_database("torn"), unhurried=True) as address:
        await db.connection().execute_script("CREATE TABLE leases (something int)")  # in the way of a later step
        with pytest.raises(db.Unreachable, match="already exists"):
            await db.migrate(address)
        assert [row["tablename"] for row in await db.select(TABLES)] == ["leases"]
        await db.connection().execute_script("DROP TABLE leases")
        assert len(await db.migrate(address)) >= 2


async def test_a_database_that_does_not_answer_is_not_taken_for_an_empty_one(postgres: Postgres) -> None:
    url = postgres.make_database("quiet", template=migrated_template())
    async with a_wire(postgres.port) as wire, opened(at_port(url, wire.port) + "?command_timeout=2"):
        wire.fall_silent()
        with pytest.raises(db.Unreachable):
            await db.missing_migrations()
