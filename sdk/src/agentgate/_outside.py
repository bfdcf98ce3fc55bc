"""What a client meets outside of itself: the network and the time. `agentgate.testing` puts others in their place."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

import httpx


@dataclass(frozen=True, slots=True)
class Outside:
    """A network and a clock, in seconds; without a transport it is httpx's own."""

    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    async_sleep: Callable[[float], Awaitable[None]] = asyncio.sleep
    transport: httpx.BaseTransport | None = None
    async_transport: httpx.AsyncBaseTransport | None = None


WORLD = Outside()
PRETENDED: dict[str, Outside] = {}
"""Hosts that exist in this process only, each with its own outside: fake gates, as long as they are open."""


def outside_of(url: httpx.URL) -> Outside:
    """Return what lies behind an address."""
    return PRETENDED.get(url.host, WORLD)
