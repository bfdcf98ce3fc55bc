"""The time of a fake gate: it jumps whenever somebody would wait for it, or passes as time does."""

from __future__ import annotations

import asyncio
import threading
import time
from datetime import UTC, datetime, timedelta


class Clock:
    """Seconds that only count what was waited for, or real ones; both can be pushed forward."""

    def __init__(self, *, jumps: bool) -> None:
        self.jumps = jumps
        self._began_at = datetime.now(UTC)
        self._began = time.monotonic()
        self._pushed = 0.0
        self._lock = threading.Lock()

    def seconds(self) -> float:
        """Return how much time has passed since the beginning."""
        return self._pushed + (0.0 if self.jumps else time.monotonic() - self._began)

    def now(self) -> datetime:
        """Return the date and time."""
        return self._began_at + timedelta(seconds=self.seconds())

    def push(self, seconds: float) -> None:
        """Let so many seconds be over."""
        with self._lock:
            self._pushed += max(seconds, 0.0)

    def sleep(self, seconds: float) -> None:
        """Wait, or jump."""
        if self.jumps:
            self.push(seconds)
        else:
            time.sleep(seconds)

    async def async_sleep(self, seconds: float) -> None:
        """Wait, or jump and let the other tasks go on."""
        if self.jumps:
            self.push(seconds)
        await asyncio.sleep(0 if self.jumps else seconds)
