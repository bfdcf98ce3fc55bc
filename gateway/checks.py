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


def check_json(value: Any, where: str) -> int:
    """Refuse a JSON value that cannot be kept exactly; return how many keys it has.

    Raises Invalid with the place and the reason.
    """
    keys, depth = 0, 0
    level = [value]
    while level:
        depth += 1
        deeper: list[Any] = []
        for inner in level:
            children = _children(inner, where)
            if children is None:
                continue
            if depth > DEEPEST:
                raise Invalid(f"{where} is nested more than {DEEPEST} deep", field=where)
            keys += len(inner) if isinstance(inner, Mapping) else 0
            if keys > MOST_KEYS:
                raise Invalid(f"{where} has more than {MOST_KEYS} keys", field=where)
            deeper += children
        level = deeper
    return keys


def _children(value: Any, where: str) -> list[Any] | None:
    """Return what stands in a list or an object, and None for a scalar. Raises Invalid for one that cannot be kept."""
    match value:
        case None | bool():
            return None
        case str():
            check_text(value, where)
        case int():
            if abs(value) > LARGEST_INTEGER:
                raise Invalid(
                    f"{where} has an integer beyond ±2^53, which JSON clients read differently; send it as a string",
                    field=where,
                )
        case float():
            if not isfinite(value):
                raise Invalid(f"{where} has a number that is not finite", field=where)
        case list():
            return value
        case Mapping():
            for name in value:
                check_text(name, where, what="a key")
            return list(value.values())
        case _:
            raise Invalid(f"{where} has a {type(value).__name__}, which JSON does not know", field=where)
    return None


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
