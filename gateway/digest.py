"""What was shown is what was approved: the digest of an action and its parameters. PURE."""

import hashlib
from collections.abc import Mapping
from typing import Any

import rfc8785

LARGEST_INTEGER = 2**53
"""JSON clients agree on integers up to here; RFC 8785 serialises numbers as IEEE 754 doubles."""


def digest_of(action: str, params: Mapping[str, Any]) -> str:
    """Return `sha256:` and the hex SHA-256 of the RFC 8785 canonical JSON of `{"action": …, "params": …}`."""
    return "sha256:" + hashlib.sha256(canonical({"action": action, "params": params})).hexdigest()


def fingerprint_of(value: Any) -> str:
    """Return the hex SHA-256 of a value's canonical JSON: equal values, equal fingerprints."""
    return hashlib.sha256(canonical(value)).hexdigest()


def canonical(value: Any) -> bytes:
    """Return the RFC 8785 canonical JSON of a value."""
    try:
        return rfc8785.dumps(value)
    except rfc8785.CanonicalizationError:
        return rfc8785.dumps(_doubles(value))


def _doubles(value: Any) -> Any:
    """Replace ±2^53, which the package refuses though a double holds it, by that double."""
    match value:
        case Mapping():
            return {key: _doubles(inner) for key, inner in value.items()}
        case list() | tuple():
            return [_doubles(inner) for inner in value]
        case int() if abs(value) == LARGEST_INTEGER:
            return float(value)
        case _:
            return value
