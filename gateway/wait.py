"""Waiting for a decision costs a future, not a poll."""

import asyncio
from datetime import timedelta

from gateway import browse
from gateway.gate import Gate
from gateway.views import Actor, RequestView
from models import requests


async def wait_for_decision(gate: Gate, ref: str, *, by: Actor, at_most: timedelta) -> RequestView:
    """Return the request when it is final, or as it stands when the time is up. Raises NotFound or Forbidden.

    It listens first and reads then, so that a decision between the two is not missed.
    """
    request = await browse.show(gate, ref, by=by)
    if request.status.is_final or at_most <= timedelta(0):
        return request
    until = asyncio.get_running_loop().time() + at_most.total_seconds()
    with gate.waiters.listen(request.id) as woken:
        request, is_time_left = await browse.load(request.id), True
        while is_time_left and not request.status.is_final and not gate.waiters.is_closed:
            is_time_left = await _rung(woken, until=until)
            request = await browse.load(request.id)
    return request


async def _rung(woken: asyncio.Event, *, until: float) -> bool:
    """Wait for the bell; return False when the time is up. A bell means: look; it may ring for nothing."""
    try:
        async with asyncio.timeout_at(until):
            await woken.wait()
    except TimeoutError:
        return False
    woken.clear()
    return True


async def wake_missed(gate: Gate) -> None:
    """Wake waiters whose request was ended by another process: one query for all of them."""
    waited_for = gate.waiters.request_ids
    if waited_for:
        gate.waiters.wake(await requests.final_among(waited_for))
