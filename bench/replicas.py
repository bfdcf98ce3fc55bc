"""Three servers on one PostgreSQL: how much goes through, how soon who waits knows, and what `kill -9` costs."""

import asyncio
import random
import tempfile
import time
from collections import Counter
from collections.abc import Sequence
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import asyncpg
import httpx

from bench.postgres import a_postgres
from bench.table import Table, milliseconds
from tests.platforms.receiver import Receiver, receiving
from tests.platforms.redis import running_redis
from tests.stories.replicas import Replica, replicas
from tests.stories.server import ADMIN_KEY
from tests.stories.storm import SEED, Storm, Told, a_storm, plans, trails

REQUESTS = 2000
REPLICAS = 3
THOUGHT = 0.5
CALM = 200
"""So many requests before the storm, one after the other: there the way to the waiter is measured."""
CALM_THOUGHT = 0.06
BETWEEN_KILLS = 50
HEARD = ("request.created", "request.decided")
PATIENCE = 180
"""Seconds until everything is told; a dead replica's deliveries are its own for one minute."""
HEAD = (
    "woken by", "kills", "requests", "wake, same replica: p50", "p99", "wake, another: p50", "p99",
    "decided twice or never", "told two outcomes", "notifications lost", "doubled",
)  # fmt: skip


async def measure() -> Table:
    """Let the storm rage with Redis, with PostgreSQL's NOTIFY alone, and with Redis under `kill -9` throughout."""
    rows = [await _row(with_redis=True), await _row(with_redis=False), await _row(with_redis=True, deadly=True)]
    return Table(f"{REQUESTS} requests, {REPLICAS} servers, one PostgreSQL, 3 deciders each", HEAD, tuple(rows))


@dataclass(frozen=True, slots=True)
class Seen:
    """What was seen: the storm's seconds and kills, what was told in the calm before it and in all, every audit trail,
    and how often each message came.
    """

    seconds: float
    kills: int
    calm: Sequence[Told]
    told: Sequence[Told]
    trails: "Sequence[Counter[str]]"
    heard: "Counter[str]"


async def _row(*, with_redis: bool, deadly: bool = False) -> tuple[str, ...]:
    with ExitStack() as stack:
        redis = stack.enter_context(running_redis()) if with_redis else None
        settings = stack.enter_context(a_postgres()) | {"ALLOW_PRIVATE_WEBHOOKS": "true", "LOG_LEVEL": "warning"}
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory(prefix="agentgate-bench-")))
        async with receiving() as receiver, replicas(folder, redis, REPLICAS, **settings) as servers:
            await _subscribe(servers[0].url, receiver)
            async with a_storm([one.url for one in servers], admin_key=ADMIN_KEY) as storm:
                seen = await _look(storm, servers if deadly else [], receiver, settings["DATABASE_URL"])
    return ("Redis" if redis else "NOTIFY", *_figures(seen))


async def _subscribe(url: str, receiver: Receiver) -> None:
    async with httpx.AsyncClient(base_url=url, headers={"Authorization": f"Bearer {ADMIN_KEY}"}) as admin:
        made = await admin.post("/api/webhooks", json={"url": receiver.url, "events": list(HEARD)})
        made.raise_for_status()


async def _look(storm: Storm, mortals: list[Replica], receiver: Receiver, database: str) -> Seen:
    calm_plans = plans(CALM, REPLICAS, longest_thought=CALM_THOUGHT, first=REQUESTS)
    calm = list(await storm.rages(calm_plans, at_once=1))
    storm.is_over = False
    began = time.perf_counter()
    killing = asyncio.ensure_future(_kill_throughout(storm, mortals))
    told = await storm.rages(plans(REQUESTS, REPLICAS, longest_thought=THOUGHT))
    seconds = time.perf_counter() - began
    kills = await killing
    found = await trails(storm.agents[0], told)
    await _until_all_is_told(database)
    return Seen(seconds, kills, calm, told, list(found.values()), Counter(call.id for call in receiver.taken))


async def _kill_throughout(storm: Storm, mortals: list[Replica]) -> int:
    chance = random.Random(SEED)  # noqa: S311 - it draws whom, it guards nothing
    kills = 0
    while mortals and not storm.is_over:
        await storm.goes_on_by(BETWEEN_KILLS)
        await asyncio.to_thread(chance.choice(mortals).die_and_rise)
        kills += 1
    return kills


async def _until_all_is_told(database: str) -> None:
    link = await asyncpg.connect(database)
    try:
        async with asyncio.timeout(PATIENCE):
            while await link.fetchval("SELECT count(*) FROM deliveries WHERE state = 'due'"):  # noqa: ASYNC110 - rows ring no bell
                await asyncio.sleep(0.5)
    finally:
        await link.close()


def _figures(seen: Seen) -> tuple[str, ...]:
    decided = Counter(kinds["request.decided"] for kinds in seen.trails)
    missing = len(HEARD) * len(seen.told) - len(seen.heard)
    return (
        str(seen.kills),
        f"{REQUESTS / seen.seconds:.0f}/s",
        *_wakes(seen.calm, at_the_same=True),
        *_wakes(seen.calm, at_the_same=False),
        str(CALM + REQUESTS - decided[1]),
        str(sum(len(one.outcomes) != 1 for one in seen.told)),
        str(missing),
        str(sum(times - 1 for times in seen.heard.values())),
    )


def _wakes(told: Sequence[Told], *, at_the_same: bool) -> tuple[str, str]:
    """Return median and 99th percentile from the winner's 200 to the waiter's answer."""
    took = [
        max(0.0, one.learned_at - answer.at)
        for one in told
        for answer, place in zip(one.answers, one.plan.decided_at, strict=True)
        if answer.won and (place == one.plan.waited_at) is at_the_same
    ]
    median, _, high, _ = milliseconds(took)
    return median, high
