"""Three servers on one PostgreSQL and one Redis in a storm: one decision each, every waiter told, nothing lost.

`python -m bench replicas` lets more of it rage.
"""

import asyncio
import random
from collections import Counter
from collections.abc import AsyncIterator, Collection, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx
import pytest
from agentgate import AsyncAgentGate

from tests.databases import POSTGRES, settings_for
from tests.platforms.receiver import Receiver, receiving
from tests.platforms.redis import RedisServer, running_redis
from tests.stories.replicas import Replica, replicas
from tests.stories.server import ADMIN_KEY
from tests.stories.storm import DECIDERS, PATIENCE, SEED, Storm, Told, a_storm, plans, trails

pytestmark = pytest.mark.on(POSTGRES)

REQUESTS = 200
REPLICAS = 3
HEARD = ("request.created", "request.decided")
"""What the webhook is told of each request."""
FEWEST_KILLS = 3
MOST_BETWEEN_KILLS = 20
"""So many requests end between two kills at most."""
HEAVY = 48
"""So much goes on at once where servers are killed, that each is killed in the middle of something."""
THOUGHT = 0.2
"""Seconds between asking and deciding, at most: most who wait are waiting by then."""
TAKES_OVER = "UPDATE deliveries SET due_at = now() WHERE state = 'due'"
"""Lets the minute pass for which a dead replica's deliveries are still its own."""


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@dataclass
class Scene:
    """Replicas, what calls them, and what they call."""

    folder: Path
    servers: list[Replica]
    storm: Storm
    receiver: Receiver

    async def sql(self, statement: str) -> list[Any]:
        """Ask the database itself."""
        link = await asyncpg.connect(settings_for(self.folder)["DATABASE_URL"])
        try:
            rows: list[Any] = await link.fetch(statement)
            return rows
        finally:
            await link.close()

    async def heard(self) -> "Counter[str]":
        """Wait until nothing is on its way any more; return how often each message came."""
        async with asyncio.timeout(PATIENCE):
            while await self.sql("SELECT 1 FROM deliveries WHERE state = 'due' LIMIT 1"):
                pass
        return Counter(call.id for call in self.receiver.taken)

    async def to_be_heard(self) -> set[str]:
        """Return every message that there should be, by what the audit trail says that happened."""
        (webhook,) = await self.sql("SELECT id FROM webhooks")
        rows = await self.sql(f"SELECT id FROM events WHERE type IN {HEARD}")  # noqa: S608 - two words of ours
        return {f"{row['id']}_{webhook['id']}" for row in rows}


@asynccontextmanager
async def a_scene(folder: Path, redis: RedisServer) -> AsyncIterator[Scene]:
    """Start the servers, and let a webhook hear of everything."""
    async with (
        receiving() as receiver,
        replicas(folder, redis, REPLICAS, ALLOW_PRIVATE_WEBHOOKS="true") as servers,
    ):
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        async with httpx.AsyncClient(base_url=servers[0].url, headers=headers, timeout=PATIENCE) as admin:
            made = await admin.post("/api/webhooks", json={"url": receiver.url, "events": list(HEARD)})
            assert made.status_code == 201, made.text
        async with a_storm([one.url for one in servers], admin_key=ADMIN_KEY) as storm:
            yield Scene(folder, servers, storm, receiver)


def one_outcome_each(told: list[Told], *, unsure: Collection[int]) -> None:
    """See that of each request one outcome was told, the winner's, and that the winner knows.

    Whose 200 was lost on the way says it again, and is told of their own decision as everybody else is.
    """
    assert sorted(one.plan.number for one in told) == list(range(REQUESTS))
    assert len({one.learned.id for one in told}) == REQUESTS
    for one in told:
        ((who, status),) = one.outcomes
        assert one.wins == 1 or (one.wins == 0 and one.plan.number in unsure)
        assert status == one.plan.verdicts[DECIDERS.index(who.removeprefix("api:"))]


async def one_decision_each(agent: AsyncAgentGate, told: list[Told]) -> None:
    """See that each request was asked once, decided once and ended once."""
    for kinds in (await trails(agent, told)).values():
        assert kinds["request.created"] == kinds["request.decided"] == 1
        assert kinds["request.approved"] + kinds["request.denied"] == 1


async def test_each_of_hundreds_is_decided_once_and_told_once(tmp_path: Path, redis: RedisServer) -> None:
    async with a_scene(tmp_path, redis) as scene:
        told = await scene.storm.rages(plans(REQUESTS, REPLICAS, longest_thought=THOUGHT))
        one_outcome_each(told, unsure=scene.storm.unsure)
        await one_decision_each(scene.storm.agents[0], told)
        heard = await scene.heard()
        assert set(heard) == await scene.to_be_heard()
        assert len(heard) == len(HEARD) * REQUESTS
        assert set(heard.values()) == {1}


async def test_whatever_is_killed_each_is_decided_once_and_nothing_is_lost(tmp_path: Path, redis: RedisServer) -> None:
    async with a_scene(tmp_path, redis) as scene:
        killing = asyncio.create_task(kill_throughout(scene))
        told = await scene.storm.rages(plans(REQUESTS, REPLICAS, longest_thought=THOUGHT), at_once=HEAVY)
        assert await killing >= FEWEST_KILLS
        one_outcome_each(told, unsure=scene.storm.unsure)
        await one_decision_each(scene.storm.agents[0], told)
        await scene.sql(TAKES_OVER)
        heard = await scene.heard()
        assert set(heard) == await scene.to_be_heard()
        assert len(heard) == len(HEARD) * REQUESTS


async def kill_throughout(scene: Scene) -> int:
    """Kill one replica after the other, as the seed draws them, until the storm is over; return how many."""
    chance = random.Random(SEED)  # noqa: S311 - it draws whom and when, it guards nothing
    kills = 0
    while True:
        await scene.storm.goes_on_by(chance.randint(1, MOST_BETWEEN_KILLS))
        if scene.storm.is_over:
            return kills
        await asyncio.to_thread(chance.choice(scene.servers).die_and_rise)
        kills += 1
