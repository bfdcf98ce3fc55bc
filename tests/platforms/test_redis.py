"""The server that speaks Redis and that tests start: it forgets with every end, and does not outlive the tests."""

import socket
import subprocess
import sys
from contextlib import suppress

import pytest
from redis import Redis, exceptions

from tests.house.tree import ROOT
from tests.platforms.local_server import PATIENCE
from tests.platforms.redis import RedisServer, running_redis

ONE_WHO_IS_KILLED = """
from tests.platforms.redis import running_redis

with running_redis() as server:
    print(server.port, flush=True)
    input()
"""


def client(server: RedisServer, **settings: float) -> "Redis":
    """Return a client of the server."""
    return Redis.from_url(server.url(), **settings)


def test_what_it_knew_is_gone_with_every_end_and_the_port_stays() -> None:
    with running_redis() as server:
        where = server.url()
        for end in (server.stop, server.kill):
            with client(server) as redis:
                assert redis.keys() == []
                redis.set("seen", "1")
            end()
            server.start()
        assert server.url() == where


def test_the_password_is_asked_for() -> None:
    with running_redis(password="p@ss/w:rd %25") as server:
        with client(server) as redis:
            assert redis.ping()
        with Redis.from_url(server.url(password="guess")) as redis, pytest.raises(exceptions.AuthenticationError):
            redis.ping()


def test_while_it_is_frozen_it_takes_connections_and_says_nothing() -> None:
    with running_redis() as server:
        server.freeze()
        with client(server, socket_timeout=0.1) as redis, pytest.raises(exceptions.TimeoutError):
            redis.ping()
        server.thaw()
        with client(server) as redis:
            assert redis.ping()


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
