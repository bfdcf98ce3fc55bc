"""The line to a fake gate: httpx's own transport, with outages and long-polls, and no socket."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import Callable
from dataclasses import dataclass

import httpx

from ._book import Book
from ._door import Door, Visit
from ._entry import Entry


@dataclass(slots=True)
class Weather:
    """What happens to calls: for how many more the gate is away, and how many answers get lost; None is for ever."""

    away: int | None = 0
    lost: int | None = 0


class Network(httpx.BaseTransport, httpx.AsyncBaseTransport):
    """Carries calls of both clients to the door, and holds those that wait for a decision."""

    def __init__(self, door: Door, book: Book, weather: Weather) -> None:
        self._door = door
        self._book = book
        self._weather = weather

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a call of the blocking client."""
        self._leave(request)
        visit = self._door.enter(request)
        if visit.entry is not None and visit.hold:
            self._hold(visit.entry, visit.hold)
        return self._arrive(request, visit)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Carry a call of the asyncio client."""
        self._leave(request)
        visit = self._door.enter(request)
        if visit.entry is not None and visit.hold:
            await self._hold_async(visit.entry, visit.hold)
        await asyncio.sleep(0)  # a network lets the other tasks go on
        return self._arrive(request, visit)

    def _leave(self, request: httpx.Request) -> None:
        request.read()
        with self._book.lock:
            is_away, self._weather.away = _one_less(self._weather.away)
        if is_away:
            raise httpx.ConnectError("the fake gate is away", request=request)

    def _arrive(self, request: httpx.Request, visit: Visit) -> httpx.Response:
        with self._book.lock:
            is_lost, self._weather.lost = _one_less(self._weather.lost)
        if is_lost:
            raise httpx.ReadError("the answer got lost", request=request)
        return visit.answer()

    def _hold(self, entry: Entry, seconds: float) -> None:
        woken = threading.Event()
        patience = self._begin(entry, seconds, woken.set)
        try:
            if patience > 0:
                woken.wait(patience)
        finally:
            entry.waiting.discard(woken.set)

    async def _hold_async(self, entry: Entry, seconds: float) -> None:
        loop = asyncio.get_running_loop()
        woken = asyncio.Event()

        def wake() -> None:
            loop.call_soon_threadsafe(woken.set)

        patience = self._begin(entry, seconds, wake)
        try:
            if patience > 0:
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(woken.wait(), patience)
        finally:
            entry.waiting.discard(wake)

    def _begin(self, entry: Entry, seconds: float, wake: Callable[[], None]) -> float:
        """Return how long to really wait for a decision, being woken by it; where time jumps, let it jump."""
        clock = self._book.clock
        with self._book.lock:
            if not entry.is_pending:
                return 0.0
            patience = min(seconds, max((entry.expires_at - clock.now()).total_seconds(), 0.0))
            if clock.jumps:
                clock.push(patience)
                return 0.0
            entry.waiting.add(wake)
            return patience


def _one_less(left: int | None) -> tuple[bool, int | None]:
    """Tell whether this one counts, and how many are left."""
    if left is None:
        return True, None
    return left > 0, max(left - 1, 0)
