"""From a decision's 200 to the waiting client's answer."""

import asyncio
import time

import httpx

from bench.server import a_key, a_server
from bench.table import Table, milliseconds

TRIES = 200


async def measure() -> Table:
    """Let one client wait and another decide, 200 times; both clients share a process, the server has its own."""
    async with a_server() as url:
        agent = await a_key(url, "agent", "request:create")
        approver = await a_key(url, "approver", "request:decide")
        async with agent, approver:
            after, whole = zip(*[await _one(agent, approver) for _ in range(TRIES)], strict=True)
    rows = (
        ("from the decision's 200 to the waiter's answer", *milliseconds(after)),
        ("from sending the decision to the waiter's answer", *milliseconds(whole)),
    )
    return Table(f"Decision latency, {TRIES} tries on loopback, SQLite", ("", "p50", "p90", "p99", "max"), rows)


async def _one(agent: httpx.AsyncClient, approver: httpx.AsyncClient) -> tuple[float, float]:
    """Return the seconds from the decision's 200, and from its sending, to the waiter's answer."""
    asked = await agent.post("/api/requests", json={"action": "deploy.prod", "params": {"env": "prod"}})
    request_id = asked.json()["id"]
    waiting = asyncio.create_task(_wait(agent, request_id))
    await asyncio.sleep(0.02)  # so that the wait has surely reached the server
    sent = time.perf_counter()
    decided = await approver.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
    acknowledged = time.perf_counter()
    status, answered = await waiting
    if decided.status_code != 200 or status != "approved":
        raise RuntimeError(f"the decision answered {decided.status_code}, the wait {status}")
    return max(0.0, answered - acknowledged), answered - sent


async def _wait(agent: httpx.AsyncClient, request_id: str) -> tuple[str, float]:
    answer = await agent.get(f"/api/requests/{request_id}", params={"wait": 30})
    return str(answer.json()["status"]), time.perf_counter()
