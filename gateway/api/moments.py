"""Times as callers write them: ISO-8601. PURE."""

from datetime import UTC, datetime, timedelta


def read_moment(text: object) -> datetime:
    """Read an ISO-8601 time that names its zone. Raises ValueError with the reason."""
    if not isinstance(text, str):
        raise ValueError("must be an ISO-8601 time as a string, like 2026-01-31T14:05:09Z")  # noqa: TRY004 - pydantic reads ValueError
    moment = _parsed(text)
    if moment.tzinfo is None:
        raise ValueError("must name its time zone, like 2026-01-31T14:05:09Z")
    return moment.astimezone(UTC)


def read_from(text: object) -> datetime:
    """Read where a range of dates begins; a day begins at midnight UTC. Raises ValueError."""
    moment = _parsed(str(text))
    return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)


def read_to(text: object) -> datetime:
    """Read where a range of dates ends, itself included; a day ends at the next midnight UTC. Raises ValueError."""
    moment = read_from(text)
    is_a_day = len(str(text)) == len("2026-01-31")
    return moment + (timedelta(days=1) if is_a_day else timedelta(milliseconds=1))


def _parsed(text: str) -> datetime:
    try:
        moment = datetime.fromisoformat(text)
        moment.timestamp()
        moment + timedelta(days=2)
        moment - timedelta(days=2)
    except (ValueError, OverflowError) as error:
        raise ValueError("must be an ISO-8601 time, like 2026-01-31T14:05:09Z") from error
    return moment
