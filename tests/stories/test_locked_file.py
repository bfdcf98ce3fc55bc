"""Another program holds the SQLite file: writes are refused in time, and everything goes on when it lets go."""

import asyncio
import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path

import httpx
import pytest

from tests.stories.server import ADMIN_KEY, serving

pytestmark = pytest.mark.on("sqlite")

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
AT_ONCE = 12
"""So many that waiting for each other's five seconds would take a minute."""
SECONDS = 20


@contextmanager
def held(folder: Path) -> Iterator[None]:
    """Hold the write lock of a server's file."""
    with closing(sqlite3.connect(folder / "data" / "agentgate.db", isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        yield


async def ask(client: httpx.AsyncClient, action: str) -> httpx.Response:
    """Ask for an approval."""
    return await client.post("/api/requests", json={"action": action, "expiresInSec": 1})


async def test_writes_are_refused_in_time_and_go_on_when_the_file_is_free(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS, timeout=60) as client:
            before = (await ask(client, "before")).json()
            with held(tmp_path):
                began = time.monotonic()
                refused = await asyncio.gather(*(ask(client, "meanwhile") for _ in range(AT_ONCE)))
                took = time.monotonic() - began
                plain, deep = await client.get("/health"), await client.get("/health?deep=true")
                metrics = (await client.get("/metrics")).text
            after = await ask(client, "after")
            waited = await client.get(f"/api/requests/{before['id']}?wait=30")
            kept = (await client.get("/api/requests")).json()["requests"]
            well = await client.get("/health?deep=true")
        assert server.process.poll() is None
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in refused] == [(503, "5")] * AT_ONCE
    assert took < SECONDS
    assert (plain.status_code, deep.status_code) == (200, 503)
    assert deep.json()["checks"]["database"]["status"] == "degraded"
    assert 'agentgate_part_up{part="database"} 0.0' in metrics
    assert after.status_code == 201
    assert waited.json()["status"] == "expired"
    assert [request["action"] for request in kept] == ["after", "before"]
    assert (well.status_code, well.json()["status"]) == (200, "ok")
