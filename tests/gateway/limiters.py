"""Every limiter, with a way to let time pass."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import Protocol

from gateway.limits import Limiter, MemoryLimiter
from gateway.redis_limits import RedisLimiter
from gateway.shared_redis import SharedRedis
from tests.clock import Clock
from tests.platforms.local_server import PATIENCE
from tests.platforms.redis import running_redis

AGE = "for _, call in ipairs(redis.call('ZRANGE', KEYS[1], 0, -1)) do redis.call('ZINCRBY', KEYS[1], ARGV[1], call) end"


class Bench(Protocol):
    """A limiter under test."""

    limiter: Limiter

    async def advance(self, **span: float) -> None:
        """Let time pass."""
        ...


class InMemory:
    """The clock is ours, and stands still in between."""

    def __init__(self) -> None:
        self.clock = Clock()
        self.limiter: Limiter = MemoryLimiter(self.clock)

    async def advance(self, **span: float) -> None:
        self.clock.advance(**span)


class InRedis:
    """The clock is the server's and goes on: instead of the present, all that has been is moved."""

    def __init__(self, shared: SharedRedis) -> None:
        self.shared = shared
        self.limiter: Limiter = RedisLimiter(shared, now=Clock())

    async def advance(self, **span: float) -> None:
        await age(self.shared, timedelta(**span))


async def age(shared: SharedRedis, span: timedelta) -> None:
    """Make every call that was counted so much older."""
    script = shared.client.register_script(AGE)
    async for key in shared.client.scan_iter("agentgate:limit:*"):
        await script(keys=[key], args=[-(span // timedelta(microseconds=1))])


@asynccontextmanager
async def a_bench(kind: str) -> AsyncIterator[Bench]:
    """Give the limiter of this kind, with a server of its own where it needs one."""
    if kind == "memory":
        yield InMemory()
        return
    with running_redis() as server:
        shared = SharedRedis(server.url(), patience=PATIENCE)
        yield InRedis(shared)
        await shared.close()
