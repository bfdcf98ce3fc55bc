"""What is looked up when somebody asks for the metrics: how much waits now, how each part is, what passed uncounted."""

import asyncio
from math import nan

from gateway.gate import Gate
from gateway.health import check_health
from models import deliveries, requests
from models.db import Unreachable
from models.requests import RequestFilter
from models.words import DeliveryState, Status

PATIENCE_SECONDS = 2.0
MOST_COUNTED = 100_000
"""How far pending requests are counted, so that a scrape has a bound."""


async def read_gauges(gate: Gate) -> None:
    """Set every gauge; takes two seconds at most. What the database does not say in time becomes NaN: not known."""
    gate.metrics.passed_uncounted(gate.limiter.uncounted)
    gate.metrics.waiters.set(gate.waiters.count)
    async with asyncio.TaskGroup() as tasks:
        tasks.create_task(_parts(gate))
        tasks.create_task(_rows(gate))


async def _parts(gate: Gate) -> None:
    for check in await check_health(gate):
        gate.metrics.part_up.labels(check.name).set(check.ok)


async def _rows(gate: Gate) -> None:
    pending, waiting, age = nan, nan, nan
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            waiting, age = await _outbox(gate)
            pending = await requests.count(RequestFilter(status=Status.PENDING.value), at_most=MOST_COUNTED)
    except Unreachable:
        pass  # part_up says so; a time-out is among them
    gate.metrics.pending.set(pending)
    gate.metrics.outbox.set(waiting)
    gate.metrics.outbox_age.set(age)


async def _outbox(gate: Gate) -> tuple[float, float]:
    depth, since = await deliveries.depth(), await deliveries.oldest_due_at()
    return depth[DeliveryState.DUE], max(0.0, (gate.now() - since).total_seconds()) if since else 0.0
