"""The Slack chat: one Bolt app, one socket, kept open in any weather."""

import asyncio
import time
from collections.abc import Callable, Coroutine

import structlog
from aiohttp import WSMessage
from slack_bolt.adapter.socket_mode.aiohttp import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.http_retry.builtin_async_handlers import (
    AsyncConnectionErrorRetryHandler,
    AsyncRateLimitErrorRetryHandler,
    AsyncServerErrorRetryHandler,
)
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack.listeners import Listeners
from bot.slack.notifier import SlackNotifier, heard
from bot.slack.options import SlackOptions
from bot.slack.pace import PER_SECOND, Pace
from bot.slack.people import SlackPeople
from bot.slack.pressing import Pressing
from gateway.errors import DeliveryError, Unavailable
from gateway.gate import Gate

CALL_SECONDS = 10
PING_SECONDS = 5.0
"""How often the socket is tried; one that does not answer in time is replaced."""
LOOK_PER_PING = 0.4
"""How often the socket is looked at, in parts of a ping's time."""
GIVE_UP_SECONDS = 25.0
"""How long there may be no socket, or none that Slack has greeted, before everything is opened anew."""
TOKEN_TROUBLE = frozenset({"invalid_auth", "account_inactive", "token_revoked", "token_expired", "not_authed"})
SLOW_SECONDS = 60.0
"""How long to wait before a token that Slack refuses is tried again."""

log = structlog.get_logger()


class SlackChat:
    """Slack as a chat platform: `notifier` posts cards, `people` knows groups, `run` listens until it is cancelled."""

    def __init__(
        self,
        options: SlackOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        per_second: float = PER_SECOND,
        ping_seconds: float = PING_SECONDS,
    ) -> None:
        self.options = options
        self._ping_seconds = ping_seconds
        self._look_seconds = ping_seconds * LOOK_PER_PING
        self._clock = clock
        once = AsyncWebClient(options.bot_token, base_url=options.api_url, timeout=CALL_SECONDS, retry_handlers=[])
        self.client = AsyncWebClient(
            options.bot_token,
            base_url=options.api_url,
            timeout=CALL_SECONDS,
            retry_handlers=[
                AsyncConnectionErrorRetryHandler(),
                AsyncRateLimitErrorRetryHandler(max_retry_count=2),
                AsyncServerErrorRetryHandler(max_retry_count=2),
            ],
        )
        self.people = SlackPeople(self.client, options, clock)
        self.notifier = SlackNotifier(once, Pace(clock, per_second=per_second))  # the outbox is what tries again
        self._greetings = 0
        self._trouble: str | None = "not connected yet"

    async def probe(self) -> str:
        """Say how the connection is. Raises Unavailable with what is the matter."""
        if self._trouble is not None:
            raise Unavailable(self._trouble)
        return "connected"

    async def run(self, gate: Gate) -> None:
        """Listen forever. A refused token is said loudly and tried again slowly; the rest of the process lives on."""
        while True:
            try:
                await heard(self.client.auth_test)
                await heard(lambda: self.client.apps_connections_open(app_token=self.options.app_token))
            except DeliveryError as error:
                await self._wait_out(str(error))
                continue
            await self._listen(gate)

    async def _wait_out(self, word: str) -> None:
        self._trouble = word
        if word in TOKEN_TROUBLE:
            log.error("slack.token_refused", error=word, next="set a valid SLACK_BOT_TOKEN and SLACK_APP_TOKEN")
            await asyncio.sleep(SLOW_SECONDS)
            return
        log.warning("slack.not_connected", error=word)
        await asyncio.sleep(self._look_seconds)

    async def _listen(self, gate: Gate) -> None:
        """Keep a socket open; return when it has been gone for long, so that the tokens are tried anew."""
        app = AsyncApp(client=self.client)
        pressing = Pressing(gate, self.client)
        Listeners(gate, self.people, pressing).register(app)
        handler = AsyncSocketModeHandler(app, self.options.app_token, ping_interval=self._ping_seconds)
        handler.client.on_message_listeners.append(self._greeted)
        connect: Coroutine[None, None, None] = handler.connect_async()  # type: ignore[no-untyped-call]  # Bolt's own
        async with asyncio.TaskGroup() as tasks:
            connecting = tasks.create_task(connect, name="slack-connect")
            try:
                await self._until_lost(handler)
            finally:
                connecting.cancel()
                await handler.close_async()  # type: ignore[no-untyped-call]  # Bolt leaves it untyped
                await pressing.underway.end()

    def _say_connected(self) -> None:
        if self._trouble is not None:
            log.info("slack.connected")
        self._trouble = None

    async def _greeted(self, message: WSMessage) -> None:
        """Note that Slack has spoken on the socket: `hello` is the first thing it says."""
        if '"hello"' in str(message.data):
            self._greetings += 1
            self._say_connected()

    async def _until_lost(self, handler: AsyncSocketModeHandler) -> None:
        """Watch the socket. The client replaces a lost one by itself; one that stays lost, or silent, is given up."""
        well_at, greetings = self._clock(), self._greetings
        session: object = None
        while self._clock() - well_at < GIVE_UP_SECONDS:
            if await handler.client.is_connected() and (
                session is handler.client.current_session or self._greetings > greetings
            ):
                well_at, greetings, session = self._clock(), self._greetings, handler.client.current_session
                self._say_connected()
            else:
                self._trouble = "the socket is gone"
            await asyncio.sleep(self._look_seconds)
        log.warning("slack.socket_lost", seconds=GIVE_UP_SECONDS)
