"""Who looks on in this process: pages that are open in a browser, told after a commit that there is something new.

They are told that something happened, never what: whoever is told looks again, with the eyes of their own key.
"""

import asyncio
from collections import Counter, defaultdict
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from enum import Flag, auto
from itertools import chain

from gateway.errors import Unavailable

MOST = 300
"""How many may look on at once; beyond, a page looks by itself now and then."""
MOST_OF_ONE = 60
"""How many of them may belong to one key."""
ALL = ""
"""What is looked at by those who look at every request."""


class Call(Flag):
    """Why somebody is woken: something that they look at is new, or something about keys, perhaps their own."""

    NEWS = auto()
    KEYS = auto()


NOTHING = Call(0)


class Onlooker:
    """One open page."""

    def __init__(self) -> None:
        self._woken = asyncio.Event()
        self._called = NOTHING

    def wake(self, call: Call) -> None:
        """End this onlooker's rest; why is remembered until they ask."""
        self._called |= call
        self._woken.set()

    async def rest(self, seconds: float) -> Call:
        """Wait until woken, or until the time is up; return why since the last time."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._woken.wait()
        self._woken.clear()
        called, self._called = self._called, NOTHING
        return called


class Onlookers:
    """Every open page, by what it looks at."""

    def __init__(self) -> None:
        self._looking: defaultdict[str, set[Onlooker]] = defaultdict(set)
        self._of: Counter[str] = Counter()
        self._closed = asyncio.Event()

    @property
    def is_closed(self) -> bool:
        """Whether the process is stopping."""
        return self._closed.is_set()

    async def pause(self, seconds: float) -> None:
        """Wait so long, but no longer than the process lives."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                await self._closed.wait()

    @property
    def count(self) -> int:
        """Return how many look on."""
        return self._of.total()

    @contextmanager
    def look_on(self, request_id: str = ALL, *, key_id: str) -> Iterator[Onlooker]:
        """Let somebody look on with their key, at one request or at all. Raises Unavailable when too many do."""
        if self.is_closed or self.count >= MOST or self._of[key_id] >= MOST_OF_ONE:
            raise Unavailable("Too many pages are open to tell this one at once what is new; it looks by itself.")
        onlooker = Onlooker()
        self._looking[request_id].add(onlooker)
        self._of[key_id] += 1
        try:
            yield onlooker
        finally:
            self._of -= Counter({key_id: 1})
            self._looking[request_id].discard(onlooker)
            if not self._looking[request_id]:
                del self._looking[request_id]

    def tell(self, request_ids: Collection[str]) -> None:
        """Tell those who look at one of these requests, or at all, that there is something new."""
        for request_id in (ALL, *request_ids) if request_ids else ():
            for onlooker in self._looking.get(request_id, ()):
                onlooker.wake(Call.NEWS)

    def wake(self, call: Call) -> None:
        """Wake everybody: to look whether their key still counts, or because nobody knows what is new."""
        for onlooker in chain.from_iterable(self._looking.values()):
            onlooker.wake(call)

    def close(self) -> None:
        """Let nobody look on any more: the process is stopping, and browsers come back to another."""
        self._closed.set()
        self.wake(NOTHING)
