"""What a person approved, as one number: the digest of an action and its parameters, worked out on this side too."""

import hashlib
import json
from collections.abc import Mapping
from typing import Any


def digest_of(action: str, params: Mapping[str, Any]) -> str:
    """Return the digest as a card shows it, for parameters made of objects, lists and strings.

    `sha256:` and the hex SHA-256 of the canonical JSON (RFC 8785) of action and params. Of that, numbers are the hard
    part; raises TypeError for them.
    """
    text = json.dumps(_in_order({"action": action, "params": params}), ensure_ascii=False, separators=(",", ":"))
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def _in_order(value: Any) -> Any:
    """Sort names by their UTF-16 code units, as RFC 8785 (3.2.3) does."""
    match value:
        case str():
            return value
        case Mapping():
            return {name: _in_order(value[name]) for name in sorted(value, key=lambda name: name.encode("utf-16-be"))}
        case list() | tuple():
            return [_in_order(item) for item in value]
        case _:
            raise TypeError(f"No digest is made here of a {type(value).__name__}.")
