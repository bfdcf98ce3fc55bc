"""Doing something on one replica at a time: whoever holds the lease works, the others wait for it to run out.

A holder renews its lease long before the end; one that is killed leaves it to run out, so that another takes over
within `TERM` and `LOOK_AGAIN`, twelve seconds. One that cannot renew stops its work before the lease ends.
"""

import asyncio
from collections.abc import Callable, Coroutine
from datetime import timedelta
from typing import Any

import structlog

from gateway.gate import Gate
from models import leases
from models.db import Unreachable

TERM = timedelta(seconds=10)
LOOK_AGAIN = timedelta(seconds=2)
"""How often the holder renews, and the others look whether the lease is free."""
MARGIN = timedelta(seconds=2)
"""How long before the end of a lease that cannot be renewed the work is stopped."""

log = structlog.get_logger()


class Lease:
    """One replica's claim to a lease. `term` and `look_again` are shorter in tests."""

    def __init__(self, gate: Gate, name: str, *, term: timedelta = TERM, look_again: timedelta = LOOK_AGAIN) -> None:
        self.gate = gate
        self.name = name
        self.term = term
        self.look_again = look_again
        self.margin = min(MARGIN, term / 5)
        self.holder = gate.new_id("hld")
        self.is_elsewhere = False
        """Whether another replica held it when it was last asked for."""

    async def take(self) -> bool:
        """Take the lease, or renew it; False when another replica holds it. Raises what `Unreachable` lists."""
        now = self.gate.now()
        is_ours = await leases.take(self.name, holder=self.holder, at=now, until=now + self.term)
        self.is_elsewhere = not is_ours
        return is_ours

    async def run(self, work: Callable[[], Coroutine[Any, Any, None]]) -> None:
        """Wait for the lease, then work for as long as it holds; return when the work ends or the lease is lost.

        Raises what the work raises, in a group. The lease is given back on the way out, so that another replica need
        not wait for its end.
        """
        while not await self._taken():  # noqa: ASYNC110 - what is waited for happens on another replica
            await asyncio.sleep(self.look_again.total_seconds())
        log.info("lease.taken", lease=self.name)
        try:
            async with asyncio.TaskGroup() as tasks:
                working = tasks.create_task(work(), name=f"lease-{self.name}")
                await self._keep(working)
                working.cancel()
        finally:
            await self._give_back()

    async def _taken(self) -> bool:
        try:
            return await self.take()
        except Unreachable:
            log.warning("lease.unavailable", lease=self.name)
            self.is_elsewhere = False  # nobody knows
            return False

    async def _keep(self, working: asyncio.Task[None]) -> None:
        """Renew until the work ends, another replica has the lease, or it would run out before it can be renewed."""
        loop = asyncio.get_running_loop()
        ends_at = loop.time() + self.term.total_seconds()
        while not working.done() and loop.time() < ends_at - self.margin.total_seconds():
            await asyncio.wait({working}, timeout=self.look_again.total_seconds())
            started_at = loop.time()
            try:
                async with asyncio.timeout_at(ends_at - self.margin.total_seconds()):
                    if not await self.take():
                        break
            except (TimeoutError, *Unreachable):
                log.warning("lease.not_renewed", lease=self.name)
                continue
            ends_at = started_at + self.term.total_seconds()
        if not working.done():
            log.warning("lease.lost", lease=self.name)

    async def _give_back(self) -> None:
        try:
            await leases.give_back(self.name, holder=self.holder)
        except Unreachable:
            log.warning("lease.not_given_back", lease=self.name)  # it runs out by itself
