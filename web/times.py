"""Times as pages say them: how long ago or ahead, with the exact moment behind it. PURE."""

from datetime import datetime

from gateway.cards import duration


def distance(moment: datetime, now: datetime) -> str:
    """Return `3 min ago`, `in 25 min` or `just now`."""
    if abs((now - moment).total_seconds()) < 1:
        return "just now"
    return f"{duration(now - moment)} ago" if moment < now else f"in {duration(moment - now)}"
