"""About one message a second and channel: Slack's own limit, kept before it has to be told."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager

BURST = 4
"""How many may go at once after a quiet time; Slack allows short bursts."""
PER_SECOND = 1.0


class Pace:
    """A bucket of tokens for each channel. `clock` counts seconds and never steps back."""

    def __init__(self, clock: Callable[[], float], *, per_second: float = PER_SECOND) -> None:
        self._clock = clock
        self._per_second = per_second
        self._tokens: dict[str, tuple[float, float]] = {}
        self._queues: defaultdict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, channel: str) -> AsyncIterator[None]:
        """Wait for the channel's next turn; those who wait go in the order in which they came."""
        async with self._queues[channel]:
            wait = self.take(channel)
            if wait:
                await asyncio.sleep(wait)
        yield

    def take(self, channel: str) -> float:
        """Take a token; return the seconds to wait before it may be used."""
        now = self._clock()
        tokens, since = self._tokens.get(channel, (float(BURST), now))
        tokens = min(float(BURST), tokens + (now - since) * self._per_second) - 1
        self._tokens[channel] = (tokens, now)
        return max(0.0, -tokens / self._per_second)
