"""A call's arguments as JSON that a person can read before saying yes."""

from __future__ import annotations

import dataclasses
import inspect
import json
from collections.abc import Mapping, Sequence, Set
from datetime import date, datetime, time
from enum import Enum
from typing import Any

from ._errors import ArgumentsChanged

SAFE_INTEGER = 2**53  # beyond it JSON clients disagree
PLAIN_STR: object = object.__str__


def bound_params(signature: inspect.Signature, args: Sequence[Any], kwargs: Mapping[str, Any]) -> dict[str, Any]:
    """Return the arguments by name, defaults included, without the method's own object.

    Raises TypeError, as the call itself would, when they do not fit the signature.
    """
    bound = signature.bind(*args, **kwargs)
    bound.apply_defaults()
    names = list(bound.arguments)
    if names and names[0] in {"self", "cls"}:
        names = names[1:]
    return {name: as_json(bound.arguments[name]) for name in names}


def check_unchanged(approved: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Raise ArgumentsChanged when the arguments are not what somebody approved."""
    if approved != now:
        raise ArgumentsChanged("The arguments changed after they were approved, so the function was not run.")


def as_json(value: Any) -> Any:
    """Return a copy of a value that JSON can say: plain values as they are, everything else in words."""
    match value:
        case Enum():
            return as_json(value.value)
        case None | bool() | str():
            return value
        case int():
            return int(value) if abs(value) <= SAFE_INTEGER else str(value)
        case float():
            return value if value == value and abs(value) != float("inf") else repr(value)
        case datetime() | date() | time():
            return value.isoformat()
        case Mapping():
            return _object(value)
        case Set():
            return sorted((as_json(item) for item in value), key=json.dumps)
        case list() | tuple():
            return [as_json(item) for item in value]
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return {item.name: as_json(getattr(value, item.name)) for item in dataclasses.fields(value)}
    return _in_words(value)


def _object(value: Mapping[Any, Any]) -> dict[str, Any]:
    named = {str(as_json(name)): as_json(item) for name, item in value.items()}
    if len(named) != len(value):
        raise ValueError("Two keys of a mapping look the same in JSON, so nobody could approve what is meant.")
    return named


def _in_words(value: Any) -> str:
    """Return what an object calls itself, such as a path, a UUID or a decimal number; bytes by their repr."""
    has_own_words = type(value).__str__ is not PLAIN_STR and not isinstance(value, bytes | bytearray)
    return str(value) if has_own_words else repr(value)
