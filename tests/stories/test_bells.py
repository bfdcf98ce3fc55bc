"""Several servers on one PostgreSQL, with Redis and without: what one of them does, the others know at once."""

import asyncio
import re
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager, contextmanager
from pathlib import Path
from statistics import median
from typing import Any

import httpx
import pytest

from tests.databases import POSTGRES
from tests.platforms.redis import RedisServer, running_redis
from tests.stories.server import ADMIN_KEY, PATIENCE, Server, serving

pytestmark = pytest.mark.on(POSTGRES)

TRIES = 15
KEYS = 5
"""How many are revoked; each shows itself to every server once too often, and an address may only so often."""
SEAL = re.compile(r'name="csrf" value="([^"]+)"')
AT_ONCE = 0.4
"""Seconds in which every other server knows; by looking for itself it would need half a second on average."""
BY_LOOKING = 4.0
"""Seconds after which a server has surely looked for itself, on a slow machine too; it looks every second."""


@contextmanager
def replicas(folder: Path, redis: RedisServer | None) -> Iterator[list[Server]]:
    """Start three servers on one database."""
    settings = {"REDIS_URL": redis.url(), "RATE_LIMIT_BACKEND": "redis"} if redis else {}
    with ExitStack() as stack:
        yield [stack.enter_context(serving(folder, LOG_LEVEL="info", **settings)) for _ in range(3)]


@pytest.fixture(scope="module", params=["redis", "notify"])
def servers(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Server]]:
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis()) if request.param == "redis" else None
        yield stack.enter_context(replicas(tmp_path_factory.mktemp(request.param), redis))


@asynccontextmanager
async def clients(servers: list[Server], key: str) -> AsyncIterator[list[httpx.AsyncClient]]:
    """Give a client of each server that shows this key."""
    headers = {"Authorization": f"Bearer {key}"}
    async with AsyncExitStack() as stack:
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, headers=headers, timeout=PATIENCE))
            for one in servers
        ]


async def a_key(admin: httpx.AsyncClient, name: str, *scopes: str) -> Any:
    """Return a fresh key, as the API answers it."""
    return (await admin.post("/api/api-keys", json={"name": name, "scopes": list(scopes)})).json()


async def how_long(asker: httpx.AsyncClient, decider: httpx.AsyncClient, waiters: list[httpx.AsyncClient]) -> float:
    """Return the seconds between a decision's answer and the last waiter's."""
    request_id = (await asker.post("/api/requests", json={"action": "deploy.prod"})).json()["id"]
    waits = [asyncio.create_task(ended(waiter, request_id)) for waiter in waiters]
    for waiter in waiters:
        while "\nagentgate_waiters 1.0\n" not in (await waiter.get("/metrics")).text:
            assert not any(wait.done() for wait in waits)
    decided = await decider.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
    assert decided.status_code == 200
    at = time.monotonic()
    return max(await asyncio.gather(*waits)) - at


async def ended(waiter: httpx.AsyncClient, request_id: str) -> float:
    """Wait for a decision; return when its answer came."""
    answer = await waiter.get(f"/api/requests/{request_id}", params={"wait": 60})
    assert answer.json()["status"] == "approved"
    return time.monotonic()


async def test_who_waits_at_one_server_learns_at_once_what_was_decided_at_another(servers: list[Server]) -> None:
    async with clients(servers, ADMIN_KEY) as admin:
        agent = await a_key(admin[0], "waits", "request:create")
        async with clients(servers, agent["key"]) as asking:
            took = [await how_long(asking[0], admin[turn % 3], asking) for turn in range(TRIES)]
    assert median(took) < AT_ONCE


async def test_a_revoked_key_opens_no_server_at_once(servers: list[Server]) -> None:
    async with clients(servers, ADMIN_KEY) as admin:
        took = [await until_refused_everywhere(servers, admin, f"agent-{turn}") for turn in range(KEYS)]
    assert median(took) < AT_ONCE


async def test_a_session_ends_with_its_key_at_every_server_at_once(servers: list[Server]) -> None:
    took = []
    async with clients(servers, ADMIN_KEY) as admin, httpx.AsyncClient(timeout=PATIENCE) as browser:
        for turn in range(KEYS):
            keeper = await a_key(admin[0], f"keeper-{turn}", "key:manage")
            await logs_in(browser, servers[0], keeper["key"])
            assert {(await browser.get(f"{one.url}/keys")).status_code for one in servers} == {200}
            assert (await admin[0].delete(f"/api/api-keys/{keeper['id']}")).status_code == 200
            took.append(await until_logged_out_everywhere(browser, servers))
    assert median(took) < AT_ONCE


async def logs_in(browser: httpx.AsyncClient, server: Server, key: str) -> None:
    """Show a key at one server's login page."""
    seal = SEAL.search((await browser.get(f"{server.url}/login")).text)
    assert seal is not None
    answer = await browser.post(f"{server.url}/login", data={"csrf": seal[1], "key": key})
    assert (answer.status_code, answer.headers["Location"]) == (303, "/")


async def until_logged_out_everywhere(browser: httpx.AsyncClient, servers: list[Server]) -> float:
    """Return the seconds until a session opens no page at any server."""
    began = time.monotonic()
    for one in servers:
        while (await browser.get(f"{one.url}/keys")).status_code != 303:
            assert time.monotonic() - began < PATIENCE
    return time.monotonic() - began


async def test_a_policy_is_in_force_at_every_server_at_once(servers: list[Server]) -> None:
    took = []
    async with clients(servers, ADMIN_KEY) as admin:
        agent = await a_key(admin[0], "obeys", "request:create")
        async with clients(servers, agent["key"]) as asking:
            for turn in range(KEYS):
                decision, outcome = [("auto_deny", "denied"), ("auto_approve", "approved")][turn % 2]
                rules = [{"match": {"action": "deploy.prod"}, "decision": decision}]
                policy = {"name": f"house-{turn}", "priority": 100 - turn, "rules": rules}
                assert (await admin[0].post("/api/policies", json=policy)).status_code == 201
                took.append(await until_all_answer(asking, outcome))
    assert median(took) < AT_ONCE


async def until_all_answer(asking: list[httpx.AsyncClient], outcome: str) -> float:
    """Return the seconds until every server answers a request this way."""
    began = time.monotonic()
    for one in asking:
        while (await asks(one))["status"] != outcome:
            assert time.monotonic() - began < PATIENCE
    return time.monotonic() - began


async def asks(client: httpx.AsyncClient) -> Any:
    return (await client.post("/api/requests", json={"action": "deploy.prod"})).json()


async def until_refused_everywhere(servers: list[Server], admin: list[httpx.AsyncClient], name: str) -> float:
    """Return the seconds from a key's revocation at one server until it opens no other."""
    agent = await a_key(admin[0], name, "request:create", "request:read")
    async with clients(servers, agent["key"]) as asking:
        assert {(await one.get("/api/requests")).status_code for one in asking} == {200}
        assert (await admin[0].delete(f"/api/api-keys/{agent['id']}")).status_code == 200
        began = time.monotonic()
        for one in asking:
            while (await one.get("/api/requests")).status_code != 401:
                assert time.monotonic() - began < PATIENCE
        return time.monotonic() - began


async def test_without_redis_for_a_while_everything_goes_on_and_health_says_so(tmp_path: Path) -> None:
    with running_redis() as redis, replicas(tmp_path, redis) as servers:
        async with clients(servers, ADMIN_KEY) as admin:
            agent = await a_key(admin[0], "agent", "request:create")
            async with clients(servers, agent["key"]) as asking:
                assert [await redis_of(one) for one in admin] == [(200, "ok")] * 3
                redis.kill()
                took = [await how_long(asking[0], admin[1], asking) for _ in range(3)]
                assert max(took) < BY_LOOKING
                assert [await redis_of(one) for one in admin] == [(503, "degraded")] * 3
                redis.start()
                async with asyncio.timeout(PATIENCE):
                    while [await redis_of(one) for one in admin] != [(200, "ok")] * 3:
                        pass
                    while await how_long(asking[0], admin[1], asking) > AT_ONCE:
                        pass
    log = (tmp_path / "server.log").read_text()
    assert log.count("bells.silent") == log.count("limits.redis_away") == len(servers)


async def redis_of(client: httpx.AsyncClient) -> tuple[int, str]:
    """Return the status of the deep health check, and how Redis is; Redis has two seconds to answer."""
    began = time.monotonic()
    answer = await client.get("/health", params={"deep": "true"})
    assert time.monotonic() - began < 5
    return answer.status_code, answer.json()["checks"]["redis"]["status"]
