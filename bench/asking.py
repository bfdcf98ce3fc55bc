"""How many requests a second one server takes in, by how many ask at once."""

import asyncio
import time

import httpx

from bench.postgres import a_postgres
from bench.server import a_key, a_server
from bench.table import Table, milliseconds

ASKERS = (1, 8, 32)
EACH = 320


async def measure() -> Table:
    """Let more and more askers ask at once, on either database; every answer is a 201 after a commit to disk."""
    rows = await _rows("SQLite")
    with a_postgres() as settings:
        rows += await _rows("PostgreSQL", **settings)
    head = ("database", "askers", "requests", "p50", "p90", "p99", "max")
    return Table("Asking, every 201 on disk", head, tuple(rows))


async def _rows(database: str, **settings: str) -> list[tuple[str, ...]]:
    rows = []
    async with a_server(**settings) as url, await a_key(url, "agent", "request:create") as agent:
        for askers in ASKERS:
            began = time.perf_counter()
            took = [second for seconds in await _ask_at_once(agent, askers) for second in seconds]
            rate = len(took) / (time.perf_counter() - began)
            rows.append((database, str(askers), f"{rate:.0f}/s", *milliseconds(took)))
    return rows


async def _ask_at_once(agent: httpx.AsyncClient, askers: int) -> list[list[float]]:
    return await asyncio.gather(*(_ask(agent, EACH // askers) for _ in range(askers)))


async def _ask(agent: httpx.AsyncClient, times: int) -> list[float]:
    took = []
    for number in range(times):
        began = time.perf_counter()
        answer = await agent.post("/api/requests", json={"action": "deploy.prod", "params": {"number": number}})
        answer.raise_for_status()
        took.append(time.perf_counter() - began)
    return took
