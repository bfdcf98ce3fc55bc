"""The PostgreSQL server that tests start: what was committed outlives it, and it does not outlive the tests."""

import asyncio
import sys
from collections.abc import Iterator

import asyncpg
import pytest

from tests.house.tree import ROOT
from tests.platforms.postgres import Postgres, running_postgres

ONE_WHO_IS_KILLED = """
from tests.platforms.postgres import running_postgres

with running_postgres() as server:
    print(server.make_database("brief"), flush=True)
    input()
"""


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    with running_postgres() as server:
        yield server


def test_what_was_committed_outlives_every_end(server: Postgres) -> None:
    url = server.make_database("kept")
    server.run("CREATE TABLE seen (how text)", database="kept")
    for how in (server.stop, server.crash, server.kill):
        server.run("INSERT INTO seen VALUES ($1)", how.__name__, database="kept")
        how()
        server.start()
    assert server.url("kept") == url
    assert [row["how"] for row in server.run("TABLE seen", database="kept")] == ["stop", "crash", "kill"]


async def test_over_tcp_the_password_is_asked_for(server: Postgres) -> None:
    link = await asyncpg.connect(server.make_database("guarded"))
    await link.close()
    with pytest.raises(asyncpg.InvalidPasswordError):
        await asyncpg.connect(server.url("guarded").replace("p%40ss", "guess"))


async def test_the_server_ends_with_whoever_started_it() -> None:
    pipe = asyncio.subprocess.PIPE
    starter = await asyncio.create_subprocess_exec(
        sys.executable, "-c", ONE_WHO_IS_KILLED, cwd=ROOT, stdin=pipe, stdout=pipe
    )
    assert starter.stdout is not None
    url = (await starter.stdout.readline()).decode().strip()
    link = await asyncpg.connect(url)
    starter.kill()
    await starter.wait()
    assert await refuses(url)
    assert link.is_closed()


async def refuses(url: str) -> bool:
    """Call until nobody listens there; who calls has to say why, or would hold up the end."""
    while True:
        try:
            link = await asyncpg.connect(url)
        except ConnectionRefusedError:
            return True
        except (OSError, asyncpg.PostgresError):
            continue
        await link.close()
