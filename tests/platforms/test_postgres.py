"""The PostgreSQL server that tests start: what was committed outlives it, and it does not outlive the tests."""

import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress

import asyncpg
import pytest

from tests.house.tree import ROOT
from tests.platforms.postgres import PATIENCE, Postgres, running_postgres

ONE_WHO_IS_KILLED = """
from tests.platforms.postgres import running_postgres

with running_postgres() as server:
    print(server.port, flush=True)
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


def test_the_server_ends_with_whoever_started_it() -> None:
    command = [sys.executable, "-c", ONE_WHO_IS_KILLED]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as starter:
        assert starter.stdout is not None
        where = ("127.0.0.1", int(starter.stdout.readline()))
        starter.kill()
    assert refuses(where)


def refuses(where: tuple[str, int]) -> bool:
    """Wait until nobody listens there."""
    try:
        while True:
            with socket.create_connection(where, PATIENCE) as link, suppress(ConnectionResetError):
                link.recv(1)  # nothing is said; it returns when the server ends
    except ConnectionRefusedError:
        return True
