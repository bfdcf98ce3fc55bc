"""Who waits in this process for a request's end: a future each, woken after the commit."""

import asyncio
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextlib import contextmanager


class Waiters:
    """Those who wait, by request."""

    def __init__(self) -> None:
        self._waiting: defaultdict[str, set[asyncio.Event]] = defaultdict(set)
        self.is_closed = False

    @property
    def count(self) -> int:
        """Return how many wait."""
        return sum(map(len, self._waiting.values()))

    @property
    def request_ids(self) -> frozenset[str]:
        """Return the requests that somebody waits for."""
        return frozenset(self._waiting)

    @contextmanager
    def listen(self, request_id: str) -> Iterator[asyncio.Event]:
        """Give an event that is set when the request ends, or when the process stops waiting."""
        woken = asyncio.Event()
        if self.is_closed:
            woken.set()
        self._waiting[request_id].add(woken)
        try:
            yield woken
        finally:
            self._waiting[request_id].discard(woken)
            if not self._waiting[request_id]:
                del self._waiting[request_id]

    def wake(self, request_ids: Iterable[str]) -> None:
        """Wake everybody who waits for these requests."""
        for request_id in request_ids:
            for woken in self._waiting.get(request_id, ()):
                woken.set()

    def close(self) -> None:
        """Wake everybody, now and later: the process is stopping, and each answers with what is."""
        self.is_closed = True
        self.wake(list(self._waiting))
