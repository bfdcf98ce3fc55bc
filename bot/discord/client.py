"""One connection to Discord, from its login to its end: discord.py's client with the least that is needed."""

import asyncio
import contextlib
import sys
import threading
from collections.abc import Awaitable, Callable
from http import HTTPStatus
from typing import Any

import aiohttp
import discord
import structlog
import yarl
from discord.gateway import DiscordWebSocket, KeepAliveHandler
from discord.http import Route

from bot.discord.presence import with_channel
from bot.discord.tries import count
from bot.discord.troubles import NoMoreStarts
from bot.underway import Underway

HANG_UP_SECONDS = 0.1
"""How long to wait for the answer to a goodbye: Discord ends a session when it hears one, the deaf answer none."""
MOST_DROPS = 4
"""How often a connection may be lost without a greeting in between: discord.py comes back at once, for ever."""
LONGEST_WAIT = 30.0
"""How many seconds of a rate limit are sat out; discord.py takes no shorter limit than this."""

Take = Callable[[discord.Interaction[Any]], Awaitable[None]]

log = structlog.get_logger()


async def _nobody_takes(_interaction: discord.Interaction[Any]) -> None:
    """Wait for nobody: before the listeners are there, nothing is connected."""


class GateClient(discord.Client):
    """A discord.py client that keeps no members and no messages, and can say how its connection is.

    `take` is given every interaction, also slash commands, though these find their own way through the tree. `drops`
    counts losses since Discord last greeted us.
    """

    def __init__(self) -> None:
        super().__init__(
            intents=discord.Intents(guilds=True),  # interactions come without any; discord.py wants to know the servers
            member_cache_flags=discord.MemberCacheFlags.none(),
            chunk_guilds_at_startup=False,
            max_messages=None,
            allowed_mentions=discord.AllowedMentions.none(),
            max_ratelimit_timeout=LONGEST_WAIT,
            enable_debug_events=True,  # heartbeats answered are events too: so silence is heard
            http_trace=self._tracing(),
        )
        self.take: Take = _nobody_takes
        self._sockets: list[aiohttp.ClientResponse] = []
        self.underway = Underway()
        self.greeted = asyncio.Event()
        self._unsteady = asyncio.Event()
        self.drops = 0
        self.messages_heard = 0
        parse = self._connection.parsers["INTERACTION_CREATE"]
        self._connection.parsers["INTERACTION_CREATE"] = lambda data: parse(with_channel(data))

    async def setup_hook(self) -> None:
        """Ask where the gateway is: discord.py would go to discord.com whatever the REST address.

        Raises NoMoreStarts when Discord lets the bot begin no more sessions today: one more would cost it its token.
        """
        found: Any = await self.http.request(Route("GET", "/gateway/bot"))
        if found.get("session_start_limit", {}).get("remaining", 1) < 1:
            raise NoMoreStarts
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(found["url"])

    @property
    def is_greeted(self) -> bool:
        """Whether Discord has greeted us and the connection has not been lost since."""
        return self.greeted.is_set()

    def _tracing(self) -> aiohttp.TraceConfig:
        trace = aiohttp.TraceConfig()
        trace.on_request_start.append(count)
        trace.on_request_end.append(self._note_socket)
        return trace

    async def _note_socket(self, _session: object, _context: object, ended: aiohttp.TraceRequestEndParams) -> None:
        """Remember sockets: discord.py forgets one that is still being greeted when the client is closed."""
        if ended.response.status == HTTPStatus.SWITCHING_PROTOCOLS:
            self._sockets = [*(one for one in self._sockets if not one.closed), ended.response]

    async def is_unsteady(self, *, within: float) -> bool:
        """Wait some seconds at most for the connection to be lost so often that it is no use; return whether it is."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._unsteady.wait(), within)
        return self._unsteady.is_set()

    async def on_connect(self) -> None:
        """Note that Discord has greeted us."""
        self._note_greeting()

    async def on_resumed(self) -> None:
        """Note that it goes on where it was lost."""
        self._note_greeting()

    def _note_greeting(self) -> None:
        self.drops = 0
        self.greeted.set()
        log.info("discord.connected")

    async def on_disconnect(self) -> None:
        """Note that the connection is lost; discord.py tries to resume it at once."""
        self.drops += 1
        self.greeted.clear()
        if self.drops > MOST_DROPS:
            self._unsteady.set()

    async def on_socket_raw_receive(self, _message: str) -> None:
        """Note that Discord has said something, if only that it is there."""
        self.messages_heard += 1

    async def on_interaction(self, interaction: discord.Interaction[Any]) -> None:
        """Hand on what somebody did."""
        await self.take(interaction)

    async def on_error(self, event_method: str, /, *_: Any, **__: Any) -> None:
        """Log a fault of ours in an event."""
        log.error("discord.event_failed", where=event_method, exc_info=sys.exception())

    async def end(self) -> None:
        """Let what is being done finish, hang up and close everything, within a second whatever Discord does."""
        try:
            await self.underway.end()
        finally:
            await self._hang_up()

    async def _hang_up(self) -> None:
        try:
            async with asyncio.timeout(HANG_UP_SECONDS):
                await self.close()
        except TimeoutError:
            log.debug("discord.hung_up")
        finally:
            await self.http.close()
            self._drop_forgotten()

    def _drop_forgotten(self) -> None:
        """Close what discord.py forgets when it is stopped while a socket is being greeted: that one and its thread."""
        for socket in self._sockets:
            socket.close()
        for thread in threading.enumerate():
            if isinstance(thread, KeepAliveHandler) and thread.ws._connection is self._connection:  # noqa: SLF001 - whose it is stands nowhere else
                thread.stop()
