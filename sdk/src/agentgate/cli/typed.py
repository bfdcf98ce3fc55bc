"""What people type on the command line, as values: durations, times, KEY=VALUE pairs, JSON files."""

import json
import re
import sys
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import typer

UNITS = {"d": "days", "h": "hours", "m": "minutes", "s": "seconds"}
DURATION = re.compile(r"(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?")
LONGEST = timedelta(days=3650)
"""Nobody waits longer, and clocks and sockets stop counting somewhere beyond."""


def duration(text: str) -> timedelta:
    """Read `90`, `90s`, `15m`, `1h30m` or `2d`, ten years at most; a bare number is seconds."""
    found = DURATION.fullmatch(f"{text}s" if text.isdigit() else text)
    if not (found and text and text.isascii()):
        raise typer.BadParameter(f"{text[:40]!r} is no duration; write 90s, 15m, 1h30m or 2d.")
    amounts = zip(UNITS.values(), found.groups(), strict=True)
    try:
        read = timedelta(**{unit: int(amount) for unit, amount in amounts if amount})
    except (OverflowError, ValueError):  # Python reads no number of thousands of digits
        read = timedelta.max
    if read > LONGEST:
        raise typer.BadParameter(f"{text[:40]!r} is too long; {LONGEST.days}d is the most.")
    return read


def moment(text: str) -> datetime:
    """Read `2026-01-31`, a full ISO-8601 time, or how long ago, as `12h` or `7d`; days begin at midnight UTC."""
    if DURATION.fullmatch(text) and text:
        return datetime.now(UTC) - duration(text)
    try:
        parsed = datetime.fromisoformat(text)
        return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)
    except (ValueError, OverflowError) as error:  # in UTC it may be before the year 1, or after 9999
        raise typer.BadParameter(
            f"{text[:40]!r} is no time; write 2026-01-31, 2026-01-31T14:00Z, 7d or 12h."
        ) from error


def last_moment(text: str) -> datetime:
    """Read where a range ends: like `moment`, but a day counts to its end."""
    end_of_day = timedelta(days=1) - timedelta(milliseconds=1)
    return moment(text) + (end_of_day if re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", text) else timedelta(0))


def urgency(text: str) -> str:
    """Read one of the four words for how much it hurries."""
    words = ("low", "normal", "high", "critical")
    if text not in words:
        raise typer.BadParameter(f"{text!r} is no urgency; say one of {', '.join(words)}.")
    return text


def pairs(texts: Iterable[str], option: str) -> dict[str, Any]:
    """Read KEY=VALUE pairs; a value that is JSON is taken as JSON, everything else as text."""
    found: dict[str, Any] = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not (name and equals):
            raise typer.BadParameter(f"{option} {text!r} is not KEY=VALUE.")
        if name in found:
            raise typer.BadParameter(f"{option} {name} is given twice.")
        found[name] = _value(value)
    return found


def json_object(text: str, source: str) -> dict[str, Any]:
    """Read a JSON object strictly: no duplicate keys, no NaN."""
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_number)
    except (ValueError, RecursionError) as error:
        raise typer.BadParameter(f"{source} is not JSON: {error}.") from error
    if not isinstance(value, dict):
        raise typer.BadParameter(f"{source} is not a JSON object.")
    return value


def json_file(name: str) -> dict[str, Any]:
    """Read a JSON object from a file, or from standard input when the name is `-`."""
    try:
        text = sys.stdin.read() if name == "-" else Path(name).read_text(encoding="utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        raise typer.BadParameter(f"{name} cannot be read: {error}.") from error
    return json_object(text, "Standard input" if name == "-" else name)


def words(texts: Iterable[str]) -> list[str]:
    """Read words that may be joined by commas."""
    return [word for text in texts for word in text.split(",") if word]


def _value(text: str) -> Any:
    try:
        value = json.loads(text, object_pairs_hook=_without_duplicates, parse_constant=_no_number)
    except (ValueError, RecursionError):
        return text
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    # 1.10 is a version, 007 an agent, 1e3 and twenty digits would not come back as they were typed
    return text if is_number and json.dumps(value) != text else value


def _without_duplicates(members: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(members)
    if len(found) != len(members):
        raise ValueError("a key appears twice")
    return found


def _no_number(word: str) -> Any:
    raise ValueError(f"{word} is not JSON")
