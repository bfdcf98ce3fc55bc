"""Redis, as all replicas share it: one client with little patience, its troubles in our words, how it is."""

import asyncio
import re
from contextlib import suppress
from urllib.parse import urlsplit

from redis.asyncio import BlockingConnectionPool, Redis
from redis.asyncio.connection import parse_url
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff
from redis.exceptions import AuthenticationError, BusyLoadingError, InvalidResponse, NoPermissionError, RedisError

from gateway.patience import patiently

PATIENCE_SECONDS = 0.5
"""How long one question may take, with connecting; whoever asks has something better to do than to wait."""
CONNECTIONS = 20
"""More than are ever asked for at once: the limiter takes some, the bells two, probes one."""
DATABASE = re.compile(r"(/\d*)?")
NO_ADDRESS = "is not a Redis address like redis://:PASSWORD@HOST:6379/0; write special characters as %40, %23 …"

Trouble = (RedisError, OSError, TimeoutError, ValueError)
"""What a question to Redis raises when nobody answers, when the answer is a refusal, and when it makes no sense."""


class SharedRedis:
    """One server for all replicas, connected to with the first question; `patience` is in seconds for each."""

    def __init__(self, url: str, *, patience: float = PATIENCE_SECONDS) -> None:
        self.patience = patience
        pool = BlockingConnectionPool.from_url(
            url,
            protocol=2,  # every server speaks it, and without a greeting to wait for
            max_connections=CONNECTIONS,
            timeout=None,  # these three: every question has a limit of its own here
            socket_timeout=None,
            socket_connect_timeout=None,
            retry=Retry(NoBackoff(), 0),
        )
        self.client: Redis = Redis.from_pool(pool)
        self._probing = asyncio.Lock()
        self.database = int(pool.connection_kwargs.get("db") or 0)

    async def probe(self) -> str:
        """Ask whether it is there. Raises what `Trouble` lists."""
        async with self._probing, patiently(self.patience):  # many probes at once need one connection
            answer = await self.client.execute_command("PING")  # type: ignore[no-untyped-call]  # redis-py has no type
        if answer is not True:
            raise ValueError("its answer to PING makes no sense")
        return "connected"

    async def try_script(self) -> None:
        """Run a script that changes nothing, as the limiter runs one that does. Raises what `Trouble` lists."""
        async with patiently(self.patience):
            await self.client.register_script("return redis.call('TIME')")()

    async def close(self) -> None:
        """Close every connection."""
        with suppress(*Trouble):  # what is lost is closed as well
            await self.client.aclose()


def check_address(url: str) -> None:
    """Check an address of Redis. Raises ValueError with a reason that repeats nothing of it: it holds a password."""
    try:
        parse_url(url)
        parts = urlsplit(url)
    except ValueError:
        raise ValueError(NO_ADDRESS) from None  # the reason would repeat a part of it
    leads_somewhere = parts.path if parts.scheme == "unix" else parts.hostname and DATABASE.fullmatch(parts.path)
    if not leads_somewhere or parts.fragment:
        raise ValueError(NO_ADDRESS)


def word_of(error: BaseException) -> str:
    """Return a trouble in a few words, without the address."""
    match error:
        case AuthenticationError() | NoPermissionError():
            return f"it refuses who REDIS_URL says we are ({_first_line(error)})"
        case BusyLoadingError():
            return "it is still loading its data"
        case InvalidResponse():
            return "what answers there does not speak Redis"
        case TimeoutError():
            return "it does not answer in time"
        case _:
            return _first_line(error) or type(error).__name__


def _first_line(error: BaseException) -> str:
    return str(error).strip().partition("\n")[0][:200]
