"""The line between replicas by way of Redis: publish and subscribe."""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from functools import partial

from redis.asyncio.client import PubSub

from gateway.bells import LineDown, Messenger
from gateway.patience import patiently
from gateway.shared_redis import SharedRedis, Trouble, word_of


def redis_messenger(redis: SharedRedis) -> Messenger:
    """Return what opens lines over Redis. Its databases share their channels, so the channel has the number."""
    return partial(_open, redis, f"agentgate:{redis.database}:bells")


@asynccontextmanager
async def _open(redis: SharedRedis, channel: str) -> AsyncIterator["RedisLine"]:
    subscription = redis.client.pubsub()
    try:
        with _translated():
            async with patiently(redis.patience):
                await subscription.subscribe(channel)
                await subscription.get_message(timeout=None)  # that the subscription counts
        yield RedisLine(redis, channel, subscription)
    finally:
        await subscription.aclose()  # type: ignore[no-untyped-call]  # redis-py leaves it untyped


class RedisLine:
    """One subscription; what is published goes over other connections."""

    def __init__(self, redis: SharedRedis, channel: str, subscription: PubSub) -> None:
        self._redis = redis
        self._channel = channel
        self._subscription = subscription

    async def send(self, message: str) -> None:
        """Publish."""
        with _translated():
            async with patiently(self._redis.patience):
                await self._redis.client.publish(self._channel, message)

    async def receive(self) -> str:
        """Return the next message; what is no text becomes some."""
        while True:
            with _translated():
                found = await self._subscription.get_message(timeout=None)
            if found and found["type"] == "message":
                return bytes(found["data"]).decode("utf-8", "replace")


@contextmanager
def _translated() -> Iterator[None]:
    try:
        yield
    except Trouble as error:
        raise LineDown(word_of(error)) from error
