"""Which cards never reached their target, and the platform's own word for it."""

from dataclasses import dataclass
from datetime import datetime

from models import deliveries

GAVE_UP = "gave up after a day: "
"""What stands before the word where a delivery was tried for a day."""


@dataclass(frozen=True, slots=True)
class Undelivered:
    """Deliveries to one target that were given up for one reason, counted."""

    target: str
    word: str
    times: int


async def undelivered(*, since: datetime) -> tuple[Undelivered, ...]:
    """Return what was given up since then, the most frequent first."""
    rows = await deliveries.dead_since(since)
    return tuple(
        Undelivered(row["target"], (row["last_error"] or "").removeprefix(GAVE_UP), row["times"]) for row in rows
    )
