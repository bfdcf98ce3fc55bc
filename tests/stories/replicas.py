"""Several server processes on one PostgreSQL and one Redis, each at an address that it keeps over its death."""

import asyncio
import random
import signal
import socket
from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, ExitStack, asynccontextmanager
from pathlib import Path

from tests.databases import settings_for
from tests.platforms.redis import RedisServer
from tests.stories.server import serving

LASTING = range(20_000, 30_000)
"""Ports that no system gives to whoever calls out: while a replica is dead nobody else is found at its address."""


class Replica:
    """One server process; `start` again after a `kill` keeps its address."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self._folder = folder
        self._port = _a_lasting_port()
        self._settings = settings | {"PORT": str(self._port)}
        self._running = ExitStack()
        self.url = f"http://127.0.0.1:{self._port}"

    def start(self) -> None:
        """Start the process; return when it serves."""
        self._server = self._running.enter_context(serving(self._folder, **self._settings))

    def stop(self) -> None:
        """End the process as an upgrade does."""
        self._server.stop(signal.SIGTERM, within=15)
        self._running.close()

    def kill(self) -> None:
        """End the process as `kill -9` does."""
        self._running.close()

    def die_and_rise(self) -> None:
        """Kill the process in the middle of everything, and start it again."""
        self.kill()
        self.start()


@asynccontextmanager
async def replicas(
    folder: Path, redis: RedisServer | None, number: int, **settings: str
) -> AsyncIterator[list[Replica]]:
    """Start so many servers on one database; they are killed with the block."""
    shared = {"REDIS_URL": redis.url(), "RATE_LIMIT_BACKEND": "redis"} if redis else {}
    shared |= settings_for(folder)  # made before there are threads that would all make it
    every = [Replica(folder, **(shared | settings)) for _ in range(number)]
    async with AsyncExitStack() as stack:
        for one in every:
            stack.callback(one.kill)
        await asyncio.gather(*(asyncio.to_thread(one.start) for one in every))
        yield every


def _a_lasting_port() -> int:
    for port in random.sample(LASTING, len(LASTING)):
        with socket.socket() as door:
            if door.connect_ex(("127.0.0.1", port)) != 0 and port not in _given:
                _given.add(port)
                return port
    raise AssertionError(f"every port from {LASTING.start} to {LASTING.stop} is taken")


_given: set[int] = set()
