"""What an agent sends to a fake gate, read as strictly as a real one reads it."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from ._problems import Problem, invalid

URGENCIES = {"low", "normal", "high", "critical"}
LARGEST_INTEGER = 2**53
DEEPEST = 64


@dataclass(frozen=True, slots=True)
class Ask:
    """An ask for approval; asks with one idempotency key must be equal."""

    action: str
    params: dict[str, Any]
    context: dict[str, Any]
    urgency: str
    expires_at: datetime | None
    expires_in: float | None

    def expiry(self, now: datetime, *, otherwise: timedelta) -> datetime:
        """Return when nobody can decide it any more."""
        if self.expires_at is not None:
            return self.expires_at
        return now + (otherwise if self.expires_in is None else timedelta(seconds=self.expires_in))


def read_body(content: bytes) -> dict[str, Any]:
    """Return the JSON object that was sent, or refuse it."""
    try:
        body = json.loads(content or b"{}", object_pairs_hook=_without_doubles, parse_constant=_refused)
    except (ValueError, RecursionError) as error:
        raise Problem(400, "unreadable", f"The body is not JSON: {error}.") from error
    if not isinstance(body, dict):
        raise Problem(400, "unreadable", "The body must be a JSON object.")
    _check(body, depth=1)
    return body


def read_ask(body: Mapping[str, Any], now: datetime) -> Ask:
    """Return what is asked for, or refuse it with the field's name."""
    action = body.get("action")
    if not isinstance(action, str) or not 1 <= len(action) <= 200 or not action.isprintable() or not action.strip():
        raise invalid("action must have 1 to 200 printable characters")
    urgency = body.get("urgency", "normal")
    if urgency not in URGENCIES:
        raise invalid(f"urgency must be one of {', '.join(sorted(URGENCIES))}")
    expires_at, expires_in = _moment(body, now), _seconds(body)
    if expires_at is not None and expires_in is not None:
        raise invalid("expiresAt and expiresInSec say two things; send one of them")
    return Ask(action, an_object(body, "params"), an_object(body, "context"), urgency, expires_at, expires_in)


def an_object(body: Mapping[str, Any], name: str) -> dict[str, Any]:
    """Return an object out of a body; an absent one is empty."""
    value = body.get(name, {})
    if not isinstance(value, dict):
        raise invalid(f"{name} must be an object")
    return value


def text(body: Mapping[str, Any], name: str) -> str | None:
    """Return a text out of a body, if it is there."""
    value = body.get(name)
    if value is not None and not isinstance(value, str):
        raise invalid(f"{name} must be a text")
    return value


def _seconds(body: Mapping[str, Any]) -> float | None:
    value = body.get("expiresInSec")
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 < value <= 315_360_000:
        raise invalid("expiresInSec must be a number greater than 0")
    return value


def _moment(body: Mapping[str, Any], now: datetime) -> datetime | None:
    value = text(body, "expiresAt")
    if value is None:
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError as error:
        raise invalid("expiresAt must be an ISO-8601 time") from error
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment.astimezone(UTC)
    if moment <= now:
        raise invalid("expiresAt is in the past")
    return moment


def _check(value: object, *, depth: int) -> None:
    """Refuse what not every JSON client reads alike."""
    if depth > DEEPEST:
        raise invalid(f"the body is nested deeper than {DEEPEST}")
    match value:
        case dict():
            for name, inner in value.items():
                _check(name, depth=depth)
                _check(inner, depth=depth + 1)
        case list():
            for inner in value:
                _check(inner, depth=depth + 1)
        case str() if "\x00" in value or any("\ud800" <= letter <= "\udfff" for letter in value):
            raise invalid("a text holds a NUL or half a character, which cannot be kept")
        case int() if abs(value) > LARGEST_INTEGER:
            raise invalid("a number is too large for every JSON client to agree on")


def _without_doubles(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands there twice")
    return found


def _refused(word: str) -> None:
    raise ValueError(f"{word} is no JSON number")
