"""What no door may let in: JSON that clients disagree about, and text that databases or readers choke on. PURE."""

from collections.abc import Mapping
from math import isfinite
from typing import Any

from gateway.digest import LARGEST_INTEGER
from gateway.errors import Invalid
from gateway.redact import shows_nothing

DEEPEST = 64
MOST_KEYS = 1000
LONGEST_REASON = 10_000


def check_json(value: Any, where: str) -> None:
    """Refuse a JSON value that cannot be kept exactly. Raises Invalid with the place and the reason."""
    keys = 0
    queue: list[tuple[Any, int]] = [(value, 1)]
    while queue:
        inner, depth = queue.pop()
        if isinstance(inner, Mapping):
            keys += len(inner)
            for name in inner:
                check_text(name, where, what="a key")
        children = list(inner.values()) if isinstance(inner, Mapping) else inner if isinstance(inner, list) else None
        if children is None:
            _check_scalar(inner, where)
            continue
        if depth > DEEPEST:
            raise Invalid(f"{where} is nested more than {DEEPEST} deep", field=where)
        if keys > MOST_KEYS:
            raise Invalid(f"{where} has more than {MOST_KEYS} keys", field=where)
        queue += [(child, depth + 1) for child in children]


def _check_scalar(value: Any, where: str) -> None:
    match value:
        case bool() | None:
            return
        case str():
            check_text(value, where)
        case int() if abs(value) > LARGEST_INTEGER:
            raise Invalid(
                f"{where} has an integer beyond ±2^53, which JSON clients read differently; send it as a string",
                field=where,
            )
        case float() if not isfinite(value):
            raise Invalid(f"{where} has a number that is not finite", field=where)
        case int() | float():
            return
        case _:
            raise Invalid(f"{where} has a {type(value).__name__}, which JSON does not know", field=where)


def check_text(text: str, where: str, *, what: str = "text") -> str:
    """Return text that can be kept. Raises Invalid for NUL characters and lone surrogates."""
    if "\x00" in text:
        raise Invalid(f"{where} has {what} with a NUL character, which cannot be kept", field=where)
    try:
        text.encode()
    except UnicodeEncodeError as error:
        raise Invalid(
            f"{where} has {what} with half a character (a lone surrogate), which cannot be kept", field=where
        ) from error
    return text


def check_action(action: str) -> str:
    """Return an action of 1 to 200 printable characters. Raises Invalid."""
    if not 1 <= len(action) <= 200:
        raise Invalid("action must have 1 to 200 characters", field="action")
    if not action.isprintable() or not action.strip():
        raise Invalid("action must be printable: no line breaks, control or invisible characters", field="action")
    return action


def clean_reason(reason: str | None) -> str | None:
    """Return a reason without the space around it, or None when nobody would see anything. Raises Invalid."""
    if reason is None:
        return None
    if len(reason) > LONGEST_REASON:
        raise Invalid(f"reason is longer than {LONGEST_REASON} characters", field="reason")
    check_text(reason, "reason")
    return None if shows_nothing(reason) else reason.strip()
