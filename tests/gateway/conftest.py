"""Servers that replicas share, what carries messages between them, and what is written to the log."""

from collections.abc import AsyncIterator, Iterator, MutableMapping
from typing import Any

import pytest
import structlog

from gateway.shared_redis import SharedRedis
from tests.gateway.exchanges import Exchange, PostgresExchange, RedisExchange
from tests.platforms.postgres import Postgres, running_postgres
from tests.platforms.redis import RedisServer, running_redis


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
async def shared(redis_server: RedisServer) -> AsyncIterator[SharedRedis]:
    shared = SharedRedis(redis_server.url())
    yield shared
    await shared.close()


@pytest.fixture
def logged() -> Iterator[list[MutableMapping[str, Any]]]:
    """What has been logged so far, from `info` on."""
    with structlog.testing.capture_logs() as lines:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("info"))
        yield lines


@pytest.fixture(scope="module")
def crashing_postgres() -> Iterator[Postgres]:
    """A server for messages alone: what the gates store is in the database of the run, and stays."""
    with running_postgres() as server:
        yield server


@pytest.fixture(params=["redis", "postgres"])
async def exchange(request: pytest.FixtureRequest) -> AsyncIterator[Exchange]:
    if request.param == "postgres":
        yield PostgresExchange(request.getfixturevalue("crashing_postgres"))
        return
    server: RedisServer = request.getfixturevalue("redis_server")
    redis = SharedRedis(server.url())
    yield RedisExchange(server, redis)
    await redis.close()
