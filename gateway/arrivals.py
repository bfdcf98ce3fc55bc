"""How the notifications of one request fare: which have arrived, which wait, which were given up, and why."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta

from models import deliveries
from models.words import DeliveryState

LOOK_AGAIN_SECONDS = 0.1


@dataclass(frozen=True, slots=True)
class Arrival:
    """One notification: where to, how it stands, and the last trouble in the platform's own word."""

    target: str
    state: DeliveryState
    trouble: str | None


@dataclass(frozen=True, slots=True)
class Told:
    """How it stands with the last notification to one target, since when, and the last trouble."""

    target: str
    state: DeliveryState
    trouble: str | None
    at: datetime


async def told(request_id: str) -> tuple[Told, ...]:
    """Return whom a request was told to, each target once, and how the last notification to it stands."""
    last = {
        fate["target"]: Told(
            fate["target"],
            DeliveryState(fate["state"]),
            fate["last_error"],
            fate["settled_at"] or fate["created_at"],
        )
        for fate in await deliveries.fates(request_id)
    }
    return tuple(last.values())


async def arrivals(request_id: str, *, patience: timedelta) -> tuple[Arrival, ...]:
    """Return how each notification fares, once none waits for its first try or the patience is over."""
    with suppress(TimeoutError):
        async with asyncio.timeout(patience.total_seconds()):
            while await _wait_for_their_first_try(request_id):  # noqa: ASYNC110 - another replica may be the one that tries
                await asyncio.sleep(LOOK_AGAIN_SECONDS)
    found = await deliveries.of(request_id)
    return tuple(Arrival(one.target, DeliveryState(one.state), one.last_error) for one in found)


async def _wait_for_their_first_try(request_id: str) -> bool:
    found = await deliveries.of(request_id)
    return any(one.state == DeliveryState.DUE.value and one.last_error is None for one in found)
