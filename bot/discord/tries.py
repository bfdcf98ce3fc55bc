"""How often a call was sent: discord.py sends some again by itself, and does not say so."""

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from types import SimpleNamespace

import aiohttp


@dataclass(slots=True)
class Tries:
    """The tries of one call."""

    sent: int = 0


_at_hand: ContextVar[Tries | None] = ContextVar("tries", default=None)


@contextmanager
def counted() -> Iterator[Tries]:
    """Count what is sent in this block by a client that traces with `count`."""
    tries = Tries()
    before = _at_hand.set(tries)
    try:
        yield tries
    finally:
        _at_hand.reset(before)


async def count(
    _session: aiohttp.ClientSession, _context: SimpleNamespace, _started: aiohttp.TraceRequestStartParams
) -> None:
    """Note that something is sent."""
    tries = _at_hand.get()
    if tries is not None:
        tries.sent += 1
