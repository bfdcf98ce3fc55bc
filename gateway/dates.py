"""Dates as people type them when they search: `2026-01-31`, `2026-01-31T14:05`, or `7d`, `12h`, `30m` ago. PURE."""

import re
from datetime import UTC, datetime, timedelta

UNITS = {"m": "minutes", "h": "hours", "d": "days", "w": "weeks"}
AGO = re.compile(r"([0-9]{1,5})\s?([mhdw])", re.IGNORECASE)
DAY = re.compile(r"[0-9]{4}-?[0-9]{2}-?[0-9]{2}")


def read_since(text: str, now: datetime) -> datetime:
    """Read where a range begins; a day begins at midnight UTC. Raises ValueError with what to write instead."""
    return _read(text, now, whole_day=timedelta(0))


def read_until(text: str, now: datetime) -> datetime:
    """Read where a range ends; a day counts to its end. Raises ValueError with what to write instead."""
    return _read(text, now, whole_day=timedelta(days=1))


def _read(text: str, now: datetime, *, whole_day: timedelta) -> datetime:
    ago = AGO.fullmatch(text)
    try:
        if ago:
            return now - timedelta(**{UNITS[ago[2].lower()]: int(ago[1])})
        moment = datetime.fromisoformat(text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
        return aware.astimezone(UTC) + (whole_day if DAY.fullmatch(text) else timedelta(0))
    except (ValueError, OverflowError) as error:
        raise ValueError(
            f"“{text[:60]}” is not a date; write 2026-01-31, 2026-01-31T14:05, or 7d, 12h, 30m for how long ago"
        ) from error
