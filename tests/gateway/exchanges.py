"""Every messenger between replicas, on a real server that can go away, and a replica that keeps what it heard."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import timedelta
from itertools import count
from typing import Protocol

from gateway.bells import Bells, Messenger
from gateway.gate import Gate, Options
from gateway.hearing import heed
from gateway.limits import MemoryLimiter
from gateway.news import News
from gateway.notifiers import Notifier
from gateway.postgres_line import CHANNEL, postgres_messenger
from gateway.redis_line import redis_messenger
from gateway.shared_redis import SharedRedis
from models.postgres_url import parse_postgres
from tests.clock import Clock
from tests.platforms.postgres import Postgres
from tests.platforms.redis import RedisServer

PATIENCE = 30
NUMBERS = count()


class Exchange(Protocol):
    """A server that carries messages."""

    messenger: Messenger

    def stop(self) -> None:
        """Let the server go away."""
        ...

    def start(self) -> None:
        """Let it come back."""
        ...

    async def cut(self) -> None:
        """Break every connection that listens."""
        ...

    async def say(self, message: str) -> None:
        """Send something that no replica has written."""
        ...


class RedisExchange:
    """Redis, with publish and subscribe."""

    def __init__(self, server: RedisServer, redis: SharedRedis) -> None:
        self.redis = redis
        self.messenger = redis_messenger(redis)
        self.stop, self.start = server.kill, server.start

    async def cut(self) -> None:
        await self.redis.client.client_kill_filter(_type="pubsub")

    async def say(self, message: str) -> None:
        await self.redis.client.publish("agentgate:0:bells", message)


class PostgresExchange:
    """PostgreSQL, with LISTEN and NOTIFY."""

    def __init__(self, server: Postgres) -> None:
        self.server = server
        self.database = f"exchange{next(NUMBERS)}"
        self.messenger = postgres_messenger(parse_postgres(server.make_database(self.database)))
        self.stop, self.start = server.crash, server.start

    async def cut(self) -> None:
        self.server.run("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE '%-bells'")

    async def say(self, message: str) -> None:
        self.server.run("SELECT pg_notify($1, $2)", CHANNEL, message, database=self.database)


class Replica:
    """A gate with bells; `heard` keeps what it was told, in order."""

    def __init__(self, messenger: Messenger | None, *, clock: Clock, notifiers: dict[str, Notifier]) -> None:
        self.bells = Bells(messenger, pause=timedelta(milliseconds=20))
        self.heard: asyncio.Queue[News] = asyncio.Queue()
        self.gate = Gate(
            options=Options(),
            now=clock,
            secret=b"s" * 32,
            limiter=MemoryLimiter(clock),
            notifiers=notifiers,
            bells=self.bells,
        )

    async def hears(self) -> News:
        """Wait for the next news."""
        async with asyncio.timeout(PATIENCE):
            return await self.heard.get()

    async def run(self) -> None:
        """Listen for ever."""
        await self.bells.run(self._heed)

    async def _heed(self, news: News) -> None:
        await heed(self.gate, news)
        self.heard.put_nowait(news)


@asynccontextmanager
async def listening(*replicas: Replica) -> AsyncIterator[None]:
    """Let replicas listen until the end of the block; what they had to say before has been heard by then."""
    async with asyncio.TaskGroup() as tasks:
        running = [tasks.create_task(replica.run()) for replica in replicas]
        for replica in replicas:
            assert await replica.hears() == News(more=True)
        for place, replica in enumerate(replicas):
            await _say_all(replica, replicas[:place] + replicas[place + 1 :])
        yield
        for task in running:
            task.cancel()


async def _say_all(replica: Replica, others: tuple[Replica, ...]) -> None:
    last = f"req_{next(NUMBERS):026}"
    replica.bells.ring(News(ended=frozenset({last})))
    for other in others:
        while last not in (await other.hears()).ended:
            pass
