"""Open pages at real servers: told at once whatever server it happens at, and no reason for a server not to end."""

import asyncio
import re
import signal
from collections.abc import AsyncIterator, Iterator
from contextlib import ExitStack, asynccontextmanager
from pathlib import Path

import httpx
import pytest

from tests.databases import POSTGRES
from tests.platforms.redis import running_redis
from tests.stories.server import ADMIN_KEY, Server, serving
from tests.stories.stopping import ENDS, LIMITS
from tests.stories.test_draining import HEADERS, stopped

PATIENCE = 30
AT_ONCE = 2.0
"""Seconds in which a page at another server is told, on a busy machine too."""
CHANGED = "data: changed"
SEAL = re.compile(r'name="csrf" value="([^"]+)"')


@asynccontextmanager
async def visiting(server: Server) -> AsyncIterator[httpx.AsyncClient]:
    """Log in, as a browser does."""
    origin = {"Origin": server.url}
    async with httpx.AsyncClient(base_url=server.url, timeout=PATIENCE, headers=origin) as browser:
        seal = seal_of(await browser.get("/login"))
        led_on = await browser.post("/login", data={"csrf": seal, "key": ADMIN_KEY, "next": "/requests"})
        assert (led_on.status_code, led_on.headers["Location"]) == (303, "/requests")
        yield browser


def seal_of(page: httpx.Response) -> str:
    """Return the seal of a page's forms."""
    found = SEAL.search(page.text)
    assert found, page.text
    return found[1]


@asynccontextmanager
async def listening(browser: httpx.AsyncClient) -> AsyncIterator[AsyncIterator[str]]:
    """Listen as an open page does, from when it has begun."""
    async with browser.stream("GET", "/requests/changes") as answer:
        assert answer.status_code == 200
        lines = answer.aiter_lines()
        assert (await anext(lines)).startswith("retry: ")
        yield lines


async def told(lines: AsyncIterator[str], *, within: float = PATIENCE) -> None:
    """Wait until a page is told that something has changed."""
    async with asyncio.timeout(within):
        async for line in lines:
            if line == CHANGED:
                return
    raise AssertionError("the stream has ended")


async def asks(server: Server) -> str:
    """Ask for something; return the request's id."""
    agent = {"Authorization": f"Bearer {await agents_key(server)}"}
    async with httpx.AsyncClient(base_url=server.url, headers=agent) as client:
        return str((await client.post("/api/requests", json={"action": "deploy.prod"})).json()["id"])


async def agents_key(server: Server) -> str:
    """Return the key of a new agent: nobody decides what they asked themselves."""
    async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
        asked = {"name": f"agent-{id(client)}", "scopes": ["request:create"]}
        return str((await client.post("/api/api-keys", json=asked)).json()["key"])


@pytest.mark.parametrize("number", ENDS)
async def test_an_open_page_holds_nothing_up(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        async with visiting(server) as browser, listening(browser) as one, listening(browser) as other:
            await asks(server)
            await asyncio.gather(told(one), told(other))
            assert await stopped(server, number) < LIMITS[signal.SIGINT]
            assert [line async for line in one if line] == [], "it ended as a stream ends, and the browser comes back"


@pytest.fixture(params=["redis", "notify"])
def two(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[tuple[Server, Server]]:
    """Two servers on one database."""
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis()) if request.param == "redis" else None
        settings = {"REDIS_URL": redis.url()} if redis else {}
        here, there = (stack.enter_context(serving(tmp_path, **settings)) for _ in range(2))
        yield here, there


@pytest.mark.on(POSTGRES)
async def test_a_page_at_one_server_is_told_what_happens_at_the_other(two: tuple[Server, Server]) -> None:
    here, there = two
    async with visiting(here) as browser, visiting(there) as other:
        async with listening(browser) as lines:
            request_id = await asks(there)
            await told(lines, within=AT_ONCE)
            page = await other.get(f"/requests/{request_id}")
            digest = re.search(r'name="digest" value="([^"]+)"', page.text)
            assert digest is not None
            answer = {"csrf": seal_of(page), "digest": digest[1], "decision": "denied", "reason": "Not today"}
            decided = await other.post(f"/requests/{request_id}/decide", data=answer)
            assert decided.status_code == 303
            await told(lines, within=AT_ONCE)
        shown = (await browser.get(f"/requests/{request_id}")).text
        assert ("You denied this" in shown, "Not today" in shown) == (True, True)


@pytest.mark.on(POSTGRES)
async def test_a_session_that_is_open_at_both_ends_at_both(two: tuple[Server, Server]) -> None:
    here, there = two
    async with visiting(here) as browser:
        elsewhere = httpx.AsyncClient(base_url=there.url, cookies=browser.cookies, timeout=PATIENCE)
        async with elsewhere, listening(browser) as one, listening(elsewhere) as other:
            async with httpx.AsyncClient(base_url=there.url, headers=HEADERS) as admin:
                keys = (await admin.get("/api/api-keys")).json()["keys"]
                (mine,) = [key["id"] for key in keys if "admin" in key["scopes"]]
                assert (await admin.delete(f"/api/api-keys/{mine}")).status_code == 200
            for lines in (one, other):
                await told(lines, within=AT_ONCE)
                assert [line async for line in lines if line] == []
