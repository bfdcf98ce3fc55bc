"""Typed fields out of JSON objects: what is absent is None, what has the wrong type is nonsense."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from typing import Any, TypeVar, cast

T = TypeVar("T")
Json = Mapping[str, Any]


class Nonsense(ValueError):
    """What answered does not speak like an AgentGate."""


def an_object(value: object, what: str = "answer") -> Json:
    """Insist on a JSON object."""
    if not isinstance(value, dict):
        raise Nonsense(f"the {what} is not a JSON object")
    return cast("Json", value)


def text(source: Json, name: str) -> str | None:
    """Read a string, if it is there."""
    return _typed(source, name, str)


def needed_text(source: Json, name: str) -> str:
    """Read a string that has to be there and say something."""
    value = text(source, name)
    if not value:
        raise Nonsense(f'"{name}" is missing')
    return value


def number(source: Json, name: str) -> int | None:
    """Read a whole number, if it is there; fractions are rounded down and booleans are no numbers."""
    value = source.get(name)
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise Nonsense(f'"{name}" is not a number')
    return int(value)


def flag(source: Json, name: str, *, absent: bool) -> bool:
    """Read a boolean."""
    value = _typed(source, name, bool)
    return absent if value is None else value


def mapping(source: Json, name: str) -> dict[str, Any]:
    """Read an object; an absent one is empty."""
    value: dict[str, Any] | None = _typed(source, name, dict)
    return value or {}


def words(source: Json, name: str) -> tuple[str, ...]:
    """Read a list of strings; an absent one is empty."""
    return tuple(str(item) for item in source.get(name) or ()) if _is_list(source, name) else ()


def many(source: Json, name: str, read: Callable[[Json], T]) -> tuple[T, ...]:
    """Read a list of objects; an absent one is empty."""
    if not _is_list(source, name):
        return ()
    return tuple(read(an_object(item, f"entry of {name}")) for item in source[name])


def moment(source: Json, name: str) -> datetime | None:
    """Read an ISO-8601 time as an aware UTC datetime, if it is there."""
    value = text(source, name)
    if value is None:
        return None
    try:
        parsed = datetime.fromisoformat(value)
    except ValueError as error:
        raise Nonsense(f'"{name}" is not a time') from error
    return parsed.replace(tzinfo=UTC) if parsed.tzinfo is None else parsed.astimezone(UTC)


def _is_list(source: Json, name: str) -> bool:
    return _typed(source, name, list) is not None


def _typed(source: Json, name: str, kind: type[T]) -> T | None:
    value = source.get(name)
    if value is None or isinstance(value, kind):
        return value
    raise Nonsense(f'"{name}" is not a {kind.__name__}')
