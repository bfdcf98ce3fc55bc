"""Events: what the app is told, and told again when it does not ack. https://docs.slack.dev/apis/events-api#retries"""

import asyncio
import contextlib

from tests.platforms.slack.accounts import App
from tests.platforms.slack.envelopes import Envelope
from tests.platforms.slack.interactions import Delivery
from tests.platforms.slack.payloads import event_callback
from tests.platforms.slack.reading import Json
from tests.platforms.slack.socket_mode import SocketMode
from tests.platforms.slack.workspace import Workspace


class Telling(Workspace):
    """A workspace that tells its apps what happens."""

    patience: float = 3
    """Seconds that Slack waits for an ack."""
    retry_waits: tuple[float, ...] = (0, 60, 300)
    """Seconds before an unacked event is told again, the first, second and third time; interactions never are."""

    def __init__(self) -> None:
        super().__init__()
        self.socket_mode = SocketMode(self)
        self.url = ""
        self._retrying: set[asyncio.Task[None]] = set()

    async def stop_telling(self) -> None:
        """Tell nothing again."""
        for task in self._retrying:
            task.cancel()
        await asyncio.gather(*self._retrying, return_exceptions=True)

    async def tell(self, event: Json, *, app: App | None = None) -> Delivery:
        """Send an event; returns when it is acked or the first attempt failed. Unacked ones are told again."""
        app = app or self.app
        delivery = Delivery(app, event_callback(self, app, event))
        await self._attempt(delivery, {"retry_attempt": 0, "retry_reason": ""})
        if not await self.settled(delivery.attempts[0]):
            task = asyncio.create_task(self._tell_again(delivery))
            self._retrying.add(task)
            task.add_done_callback(self._retrying.discard)
        return delivery

    async def _attempt(self, delivery: Delivery, retry: Json) -> None:
        delivery.attempts.append(await self.socket_mode.send(delivery.app, "events_api", delivery.payload, retry))

    async def _tell_again(self, delivery: Delivery) -> None:
        for attempt, wait in enumerate(self.retry_waits, start=1):
            await asyncio.sleep(wait)
            await self.bell.until(lambda: self.socket_mode.connected(delivery.app), within=3600)
            await self._attempt(delivery, {"retry_attempt": attempt, "retry_reason": "timeout"})
            if await self.settled(delivery.attempts[-1]):
                return

    async def settled(self, envelope: Envelope) -> bool:
        """Wait for an ack as long as Slack does; stop at once when none can come."""
        with contextlib.suppress(AssertionError):
            await self.until(lambda: envelope.ack or envelope.is_lost, within=self.patience)
        return envelope.ack is not None
