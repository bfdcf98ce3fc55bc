"""Two server processes on one PostgreSQL: what both are asked at once has one outcome."""

import asyncio
from collections import Counter
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.stories.server import ADMIN_KEY, PATIENCE, serving

pytestmark = pytest.mark.on("postgres")

ROUNDS = 25
RULE = {"match": {}, "decision": "route_to_human", "approvalsNeeded": 2}


@pytest.fixture
async def doors(tmp_path: Path) -> AsyncIterator[list[httpx.AsyncClient]]:
    """A client of each server, as the admin."""
    headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
    async with AsyncExitStack() as stack:
        servers = [stack.enter_context(serving(tmp_path)) for _ in range(2)]
        yield [
            await stack.enter_async_context(httpx.AsyncClient(base_url=one.url, headers=headers, timeout=PATIENCE))
            for one in servers
        ]


async def a_decider(doors: list[httpx.AsyncClient], name: str) -> dict[str, str]:
    """Make a key that may decide; return the header that shows it."""
    made = (await doors[0].post("/api/api-keys", json={"name": name, "scopes": ["request:decide"]})).json()
    return {"Authorization": f"Bearer {made['key']}"}


async def test_two_votes_at_once_close_a_quorum_of_two(doors: list[httpx.AsyncClient]) -> None:
    (await doors[0].post("/api/policies", json={"name": "two", "rules": [RULE]})).raise_for_status()
    deciders = [await a_decider(doors, name) for name in ("ada", "bob")]
    for number in range(ROUNDS):
        asked = (await doors[number % 2].post("/api/requests", json={"action": f"deploy.{number}"})).json()
        waiting = [asyncio.create_task(door.get(f"/api/requests/{asked['id']}?wait=30")) for door in doors]
        votes = await asyncio.gather(
            *(
                door.post(f"/api/requests/{asked['id']}/decide", json={"decision": "approved"}, headers=who)
                for door, who in zip(doors, deciders, strict=True)
            )
        )
        statuses = [vote.json()["status"] for vote in votes]  # the first may see what the second made of it
        assert sorted(statuses) in (["approved", "pending"], ["approved", "approved"])
        assert [(await waiter).json()["status"] for waiter in waiting] == ["approved"] * 2
        told = await kinds(doors[0], asked["id"])
        assert (told["request.voted"], told["request.approved"], told["request.decided"]) == (1, 1, 1)


async def test_the_same_idempotency_key_at_both_is_one_request(doors: list[httpx.AsyncClient]) -> None:
    for number in range(ROUNDS):
        asks = [
            door.post("/api/requests", json={"action": "pay"}, headers={"Idempotency-Key": f"pay-{number}"})
            for door in doors * 2
        ]
        answers = await asyncio.gather(*asks)
        assert sorted(answer.status_code for answer in answers) == [200, 200, 200, 201]
        assert len({answer.json()["id"] for answer in answers}) == 1


async def kinds(door: httpx.AsyncClient, request_id: str) -> "Counter[str]":
    """Return how often each event stands in a request's trail."""
    trail: list[dict[str, Any]] = (await door.get(f"/api/requests/{request_id}/audit")).json()
    return Counter(entry["eventType"] for entry in trail)
