"""HTTP requests as values: what a call sends and how its good answer is read, without any input or output."""

from __future__ import annotations

import json
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, TypeVar
from urllib.parse import quote

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Call(Generic[T]):
    """One HTTP request and how to read its good answer.

    `repeatable` says that sending it twice does no more than sending it once.
    """

    method: str
    path: str
    read: Callable[[object], T]
    query: Mapping[str, str] = field(default_factory=dict)
    body: bytes | None = field(default=None, repr=False)
    headers: Mapping[str, str] = field(default_factory=dict)
    repeatable: bool = False


@dataclass(frozen=True, slots=True)
class Reply:
    """An HTTP answer that arrived whole."""

    status: int
    headers: Mapping[str, str]
    body: bytes = field(repr=False)
    received_at: datetime


@dataclass(frozen=True, slots=True)
class Lost:
    """No whole answer came from `gate`, an address; `sent` is False when the request certainly never left."""

    cause: Exception
    sent: bool
    gate: str


def fetch(path: str, read: Callable[[object], T], **query: object) -> Call[T]:
    """Build a GET, which changes nothing and may be repeated."""
    return Call("GET", path, read, query=query_of(query), repeatable=True)


def submit(
    method: str,
    path: str,
    body: Mapping[str, Any],
    read: Callable[[object], T],
    *,
    idempotency_key: str | None = None,
    repeatable: bool = False,
) -> Call[T]:
    """Build a call with a JSON body; with an idempotency key it may be repeated."""
    headers = {"Content-Type": "application/json"}
    if idempotency_key is not None:
        headers["Idempotency-Key"] = _header_value(idempotency_key)
    again = repeatable or idempotency_key is not None
    return Call(method, path, read, body=json_body(body), headers=headers, repeatable=again)


def under(folder: str, name: str) -> str:
    """Return the path of one thing in a folder; no id can lead out of it."""
    if name.strip(".") == "":
        raise ValueError("An id must not be empty.")
    return f"/api/{folder}/{quote(name, safe='')}"


def query_of(filters: Mapping[str, object]) -> dict[str, str]:
    """Write filters as a query string's pairs: camelCase names, UTC times, nothing for None."""
    return {_camel(name): _query_word(value) for name, value in filters.items() if value is not None}


def json_body(content: Mapping[str, Any]) -> bytes:
    """Write JSON, leaving out what is None; raises TypeError or ValueError for what JSON cannot say."""
    present = {name: value for name, value in content.items() if value is not None}
    try:
        return json.dumps(present, allow_nan=False, separators=(",", ":")).encode()
    except (TypeError, ValueError, RecursionError) as error:
        kind = TypeError if isinstance(error, TypeError) else ValueError
        raise kind(f"This cannot be sent as JSON: {error}.") from error


def utc(moment: datetime | None) -> str | None:
    """Write an aware time the API's way; a naive one is refused because nobody knows what it means."""
    if moment is None:
        return None
    if moment.tzinfo is None:
        raise ValueError("A time needs a time zone, such as datetime.now(UTC).")
    return moment.astimezone(UTC).isoformat().replace("+00:00", "Z")


def whole_seconds(duration: float | timedelta | None) -> int | None:
    """Return a duration as seconds, rounded up."""
    if duration is None:
        return None
    return math.ceil(duration.total_seconds() if isinstance(duration, timedelta) else duration)


def _camel(name: str) -> str:
    first, *rest = name.strip("_").split("_")
    return first + "".join(word.capitalize() for word in rest)


def _query_word(value: object) -> str:
    return utc(value) or "" if isinstance(value, datetime) else str(value)


def _header_value(key: str) -> str:
    if not key or len(key) > 255 or not (key.isascii() and key.isprintable()):
        raise ValueError("An idempotency key is 1 to 255 printable ASCII characters.")
    return key
