"""What was asked is what is approved: the digest, made as the gateway makes it, without asking the gateway."""

from __future__ import annotations

import hashlib
import json
from decimal import Decimal
from typing import Any


def digest_of(action: str, params: dict[str, Any]) -> str:
    """Return `sha256:` and the hex SHA-256 of the canonical JSON of `{"action": …, "params": …}`."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "params": params}).encode()).hexdigest()


def canonical(value: Any) -> str:
    """Return a JSON value as RFC 8785 writes it. Raises ValueError for NaN and the infinities."""
    if isinstance(value, dict):
        names = sorted(value, key=lambda name: name.encode("utf-16-be", "surrogatepass"))
        return "{" + ",".join(f"{canonical(name)}:{canonical(value[name])}" for name in names) + "}"
    if isinstance(value, list):
        return "[" + ",".join(canonical(inner) for inner in value) + "]"
    if isinstance(value, float):
        return _number(value)
    return json.dumps(value, ensure_ascii=False)


def _number(value: float) -> str:
    """Write a number as ECMAScript does: Python has the same digits, but begins elsewhere to write exponents."""
    written = json.dumps(value, allow_nan=False)
    if value == 0:
        return "0"
    if 1e-6 <= abs(value) < 1e21:
        return f"{Decimal(written):f}".removesuffix(".0")
    digits, _, exponent = written.partition("e")
    return f"{digits}e{int(exponent):+d}"
