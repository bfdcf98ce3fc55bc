"""Five servers, one key, one limit: however its calls are spread, a hundred pass in any minute and no more."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from gateway.limits import WINDOW
from gateway.shared_redis import SharedRedis
from tests.databases import POSTGRES
from tests.gateway.limiters import age
from tests.platforms.redis import RedisServer, running_redis
from tests.stories.replicas import replicas
from tests.stories.server import ADMIN_KEY

pytestmark = pytest.mark.on(POSTGRES)

PROCESSES = 5
LIMIT = 100
PATIENCE = 60


@pytest.fixture
async def redis() -> AsyncIterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
async def doors(tmp_path: Path, redis: RedisServer) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each server, with the same key."""
    async with AsyncExitStack() as stack:
        servers = await stack.enter_async_context(replicas(tmp_path, redis, PROCESSES))
        admin = await stack.enter_async_context(httpx.AsyncClient(base_url=servers[0].url, timeout=PATIENCE))
        key = {"name": "busy", "scopes": ["request:read"], "rateLimit": LIMIT}
        made = await admin.post("/api/api-keys", json=key, headers={"Authorization": f"Bearer {ADMIN_KEY}"})
        shown = {"Authorization": f"Bearer {made.json()['key']}"}
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, headers=shown, timeout=PATIENCE))
            for one in servers
        ]


async def passed(doors: list[httpx.AsyncClient], calls: int) -> int:
    """Call so often at every server, all at once; return how many calls passed in all. The others are told when."""
    answers = await asyncio.gather(*(door.get("/api/requests") for door in doors for _ in range(calls)))
    codes = Counter(answer.status_code for answer in answers)
    assert set(codes) <= {200, 429}
    assert all(0 < int(one.headers["Retry-After"]) <= 60 for one in answers if one.status_code == 429)
    return codes[200]


async def test_in_any_minute_a_hundred_calls_pass_at_five_servers(
    doors: list[httpx.AsyncClient], redis: RedisServer
) -> None:
    shared = SharedRedis(redis.url(), patience=PATIENCE)
    try:
        assert await passed(doors, 8) == 40
        await age(shared, WINDOW / 2)
        assert await passed(doors, 30) == LIMIT - 40, "with the 40 of half a minute ago"
        assert await passed(doors, 10) == 0
        await age(shared, WINDOW / 2)
        assert await passed(doors, 30) == 40, "the first 40 are a minute old, the other 60 are not"
        await age(shared, WINDOW + timedelta(seconds=1))
        assert await passed(doors, 40) == LIMIT
    finally:
        await shared.close()
