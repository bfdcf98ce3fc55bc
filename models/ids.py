"""New ids and codes: ordered by time where pages need it, unguessable where it matters."""

import secrets
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from ulid import ULID, ULIDGenerator

CODE_ALPHABET = "23456789abcdefghjkmnpqrstuvwxyz"
"""Digits and letters without look-alikes (no 0 o 1 i l)."""

CODE_LENGTH = 8

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Ids:
    """Makes ids by a clock. Each is greater than all before it, also when the clock steps back."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._last = 0
        self._ulids = ULIDGenerator(clock=self._forward)

    def __call__(self, prefix: str) -> str:
        """Return `prefix_` and 26 lower-case ULID characters."""
        return f"{prefix}_{str(self._ulids.generate()).lower()}"

    def _forward(self) -> int:
        self._last = max(self._last, milliseconds(self._now()))
        return self._last


def new_code() -> str:
    """Return the 8 characters of a request's short code, shown as `k7qm-3vtx`."""
    return "".join(secrets.choice(CODE_ALPHABET) for _ in range(CODE_LENGTH))


def first_id_at(prefix: str, moment: datetime) -> str:
    """Return the smallest id that can be made at the moment: the bound of a page by date."""
    return f"{prefix}_{str(ULID.from_bytes(milliseconds(moment).to_bytes(6, 'big') + bytes(10))).lower()}"


def moment_of(made_id: str) -> datetime:
    """Return when an id was made, in whole milliseconds."""
    return EPOCH + timedelta(milliseconds=ULID.from_str(made_id.partition("_")[2].upper()).milliseconds)


def milliseconds(moment: datetime) -> int:
    """Return the moment in whole milliseconds since 1970, exactly: a float would lose one now and then."""
    return max(0, (moment - EPOCH) // timedelta(milliseconds=1))
