"""What was asked is what is approved: the digest as the gate makes it (RFC 8785), and the one place that compares."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from ._models import Request


def digest_of(action: str, params: Mapping[str, Any]) -> str:
    """Return `sha256:` and the hex SHA-256 of the canonical JSON of `{"action": …, "params": …}`."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "params": params}).encode()).hexdigest()


def is_for(request: Request, action: str, params: Mapping[str, Any]) -> bool:
    """Whether a request is for exactly this action with exactly these parameters.

    Both what it says and the digest that was shown have to fit; a gate may leave the digest out. White space around an
    action is no part of it.
    """
    digest = digest_of(action.strip(), params)
    return request.digest in (digest, None) and digest_of(request.action.strip(), request.params) == digest


def canonical(value: Any) -> str:
    """Return a JSON value in the one form that RFC 8785 allows."""
    match value:
        case dict():
            names = sorted(value, key=lambda name: name.encode("utf-16-be"))  # by UTF-16 code units (3.2.3)
            return "{" + ",".join(f"{_word(name)}:{canonical(value[name])}" for name in names) + "}"
        case list():
            return "[" + ",".join(map(canonical, value)) + "]"
        case float():
            return _number(value)
        case _:
            return _word(value)


def _word(value: object) -> str:
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Write a double as ECMAScript does (ECMA-262, Number::toString): shortest digits, exponents only far out."""
    sign, digits, exponent = Decimal(repr(value)).normalize().as_tuple()
    if not any(digits):
        return "0"
    text = "".join(map(str, digits))
    point = len(text) + int(exponent)
    return ("-" if sign else "") + _placed(text, point)


def _placed(digits: str, point: int) -> str:
    """Put the decimal point after so many digits."""
    if len(digits) <= point <= 21:
        return digits.ljust(point, "0")
    if 0 < point <= 21:
        return f"{digits[:point]}.{digits[point:]}"
    if -6 < point <= 0:
        return f"0.{'0' * -point}{digits}"
    fraction = f".{digits[1:]}" if digits[1:] else ""
    return f"{digits[0]}{fraction}e{point - 1:+d}"
