"""Times as they are written in JSON: ISO-8601, UTC, with `Z`. PURE."""

from datetime import UTC, datetime


def write_moment(moment: datetime) -> str:
    """Return `2026-01-31T14:05:09.123Z`."""
    return moment.astimezone(UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def maybe_moment(moment: datetime | None) -> str | None:
    """Return the moment as text, or None."""
    return write_moment(moment) if moment is not None else None
