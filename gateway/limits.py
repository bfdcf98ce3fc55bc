"""How often somebody may call: a sliding window of a minute."""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Protocol

WINDOW = timedelta(seconds=60)


@dataclass(frozen=True, slots=True)
class Allowance:
    """What is left to a caller. `retry_after` is None when the call may pass."""

    limit: int
    remaining: int
    resets_at: datetime
    retry_after: timedelta | None = None


class Limiter(Protocol):
    """Counts calls per subject. `uncounted` is how many passed because nobody could count them."""

    uncounted: int

    async def hit(self, subject: str, *, limit: int) -> Allowance:
        """Count one call if it may pass, and say what is left."""
        ...


class MemoryLimiter:
    """Counts in this process: exact for one replica."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._hits: dict[str, deque[datetime]] = {}
        self.uncounted = 0

    async def hit(self, subject: str, *, limit: int) -> Allowance:
        """Count one call if fewer than `limit` passed in the last minute."""
        now = self._now()
        hits = self._hits.setdefault(subject, deque())
        while hits and not now - WINDOW < hits[0] <= now:  # over, or from before the clock stepped back
            hits.popleft()
        if len(hits) >= limit:
            resets_at = hits[-limit] + WINDOW if limit else now + WINDOW  # after it, fewer than `limit` are left
            return Allowance(limit, 0, resets_at, retry_after=resets_at - now)
        hits.append(now)
        return Allowance(limit, limit - len(hits), hits[0] + WINDOW)

    def forget_idle(self) -> None:
        """Drop subjects that have not called for a minute."""
        edge = self._now() - WINDOW
        self._hits = {subject: hits for subject, hits in self._hits.items() if hits and hits[-1] > edge}
