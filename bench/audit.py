"""How long a page of a million audit entries takes, by what is asked for, and how fast they are exported."""

import os
import subprocess
import tempfile
import time
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from pathlib import Path

import httpx

from bench.postgres import a_postgres
from bench.server import ADMIN_KEY, SERVER, a_server
from bench.table import Table, milliseconds
from bench.trail import fill_postgres, fill_sqlite

TRIES = 20
DEEP = "to=2025-06-01"
QUERIES = {
    "everything": "",
    "everything, half a year ago": DEEP,
    "a frequent event": "eventType=request.created",
    "a frequent event, deep": f"eventType=request.created&{DEEP}",
    "a frequent actor": "actor=api:agent-00",
    "a frequent actor, deep": f"actor=api:agent-00&{DEEP}",
    "an actor that nobody is": "actor=nobody",
    "a frequent action": "action=deploy.prod",
    "a rare action": "action=db.drop",
    "event and actor": "eventType=request.approved&actor=slack:U00000",
    "event and actor, nothing matches": "eventType=request.denied&actor=api:agent-00",
    "event and action": "eventType=request.denied&action=deploy.prod",
    "actor and action": "actor=api:agent-00&action=deploy.prod",
    "event, actor and action, nothing matches": "eventType=request.denied&actor=api:agent-00&action=deploy.prod",
    "actor and action in ten days": "actor=api:agent-00&action=deploy.prod&from=2025-06-01&to=2025-06-10",
    "requests that wait": "status=pending",
    "denied requests": "status=denied",
    "denied requests that a policy approved": "status=denied&actor=policy:small-things",
}


async def measure() -> Table:
    """Ask for each page on either database, as the browser's page and over the API, and export it all once."""
    rows = []
    async with _on_sqlite() as url:
        rows += await _rows("SQLite", url)
    with a_postgres() as settings:
        await fill_postgres(settings["DATABASE_URL"])
        async with a_server(**settings) as url:
            rows += await _rows("PostgreSQL", url)
    head = ("database", "asked for", "page p50", "page p99", "API p50", "API p99")
    return Table(f"The audit trail at a million entries, {TRIES} tries each, on loopback", head, tuple(rows))


@asynccontextmanager
async def _on_sqlite() -> AsyncIterator[str]:
    async with AsyncExitStack() as stack:
        folder = stack.enter_context(tempfile.TemporaryDirectory(prefix="agentgate-bench-"))
        file = Path(folder) / "gate.db"
        settings = {"DATABASE_URL": str(file)}
        environment = {"PATH": os.environ["PATH"]} | settings
        subprocess.run([SERVER, "migrate"], cwd=folder, env=environment, check=True, capture_output=True)  # noqa: ASYNC221 - nothing else is to do
        fill_sqlite(file)
        yield await stack.enter_async_context(a_server(**settings))


async def _rows(database: str, url: str) -> list[tuple[str, ...]]:
    async with httpx.AsyncClient(base_url=url, timeout=60) as browser:
        await _log_in(browser)
        rows: list[tuple[str, ...]] = []
        for name, query in QUERIES.items():
            page = "" if "status=" in query else query.replace("eventType", "event")
            shown = await _times(browser, f"/audit?{page}") if page or not query else ("–", "–")
            rows.append((database, name, *shown, *await _times(browser, f"/api/audit?{query}")))
        rows.append((database, "the page before and after a deep one", "–", "–", *await _there_and_back(browser)))
        rows.append((database, "export of everything", await _export(browser), "", "", ""))
    return rows


async def _log_in(browser: httpx.AsyncClient) -> None:
    form = await browser.get("/login")
    seal = form.text.partition('name="csrf" value="')[2].partition('"')[0]
    await browser.post("/login", data={"key": ADMIN_KEY, "csrf": seal})
    browser.headers["Authorization"] = f"Bearer {ADMIN_KEY}"


async def _times(browser: httpx.AsyncClient, address: str) -> tuple[str, str]:
    took = []
    for _ in range(TRIES):
        began = time.perf_counter()
        (await browser.get(address)).raise_for_status()
        took.append(time.perf_counter() - began)
    median, _, high, _ = milliseconds(took)
    return median, high


async def _there_and_back(browser: httpx.AsyncClient) -> tuple[str, str]:
    deep = (await browser.get(f"/api/audit?actor=api:agent-00&{DEEP}")).json()["pagination"]
    later = (await browser.get(f"/api/audit?actor=api:agent-00&cursor={deep['nextCursor']}")).json()["pagination"]
    return await _times(browser, f"/api/audit?actor=api:agent-00&cursor={later['previousCursor']}")


async def _export(browser: httpx.AsyncClient) -> str:
    began, lines = time.perf_counter(), 0
    async with browser.stream("GET", "/api/audit/export") as answer:
        async for part in answer.aiter_bytes():
            lines += part.count(b"\n")
    return f"{lines / (time.perf_counter() - began):.0f} entries/s"
