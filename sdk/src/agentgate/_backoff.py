"""How long to wait before trying again, and when to stop."""

from __future__ import annotations

import random
from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Growing, jittered pauses between tries, in seconds.

    `tries` bounds ordinary calls; waiting for a decision goes on until its own deadline.
    """

    first: float = 0.25
    factor: float = 2.0
    longest: float = 10.0
    tries: int = 5

    def pause(self, failures: int) -> float:
        """Return the pause after so many failures in a row, between half and all of the full step."""
        step = min(self.first * self.factor ** min(max(failures - 1, 0), 60), self.longest)
        return step * random.uniform(0.5, 1.0)  # noqa: S311 -- jitter spreads clients out, it keeps no secret


@dataclass(frozen=True, slots=True)
class Deadline:
    """One moment on a monotonic clock by which everything has to be over, or never."""

    at: float | None
    clock: Callable[[], float]

    @classmethod
    def after(cls, seconds: float | None, clock: Callable[[], float]) -> Deadline:
        """Start counting now; None means for ever."""
        return cls(None if seconds is None else clock() + seconds, clock)

    def left(self) -> float:
        """Return the seconds that remain, never below zero."""
        return float("inf") if self.at is None else max(self.at - self.clock(), 0.0)
