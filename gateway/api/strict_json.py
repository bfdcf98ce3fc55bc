"""Reading JSON without repairing it: what two clients could read differently is refused. PURE."""

import json
from collections.abc import Collection, Sequence
from math import isinf
from typing import Any, NoReturn

from gateway.checks import MOST_KEYS, check_json
from gateway.digest import LARGEST_INTEGER
from gateway.errors import Invalid

LONGEST_INTEGER = len(str(-LARGEST_INTEGER))


def parse_object(raw: bytes, *, known: Collection[str] = ()) -> dict[str, Any]:
    """Return the JSON object in a body. Raises Invalid with what is wrong and, where it can be said, the place.

    The keys of the whole body are counted together, but not the names that are `known` there.
    """
    try:
        value = _decoder.decode(raw.decode("utf-8"))
    except UnicodeDecodeError as error:
        raise Invalid("the body is not UTF-8") from error
    except json.JSONDecodeError as error:
        raise Invalid(f"the body is not JSON: {error.msg} at line {error.lineno} column {error.colno}") from error
    except RecursionError as error:
        raise Invalid("the body is nested too deep; 64 levels are the most") from error
    if not isinstance(value, dict):
        raise Invalid("the body must be a JSON object")
    _check_members(value, known)
    return value


def _check_members(members: dict[str, Any], known: Collection[str]) -> None:
    keys = len(members.keys() - known)
    for name, member in members.items():
        check_json(name, "the body")
        keys += check_json(member, name[:100])
        if keys > MOST_KEYS:
            raise Invalid(f"the body has more than {MOST_KEYS} keys", field=name[:100])


def _object(pairs: Sequence[tuple[str, Any]]) -> dict[str, Any]:
    members = dict(pairs)
    if len(members) != len(pairs):
        seen: set[str] = set()
        doubled = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]  # add() is here for what it does
        raise Invalid(f"the body has the key “{doubled[:100]}” twice in one object", field=doubled[:100])
    return members


def _integer(text: str) -> int:
    value = int(text) if len(text) <= LONGEST_INTEGER else None
    if value is None or abs(value) > LARGEST_INTEGER:
        raise Invalid("the body has an integer beyond ±2^53, which JSON clients read differently; send it as a string")
    return value


def _number(text: str) -> float:
    value = float(text)
    if isinf(value):
        raise Invalid("the body has a number that is too large for a JSON client")
    return value


def _constant(word: str) -> NoReturn:
    raise Invalid(f"the body has {word}, which is not JSON")


_decoder = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_number, parse_constant=_constant
)
