"""The Discord chat: one connection for all replicas, made anew after every end, in any weather."""

import asyncio
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import timedelta

import aiohttp
import discord
import structlog

from bot.discord.client import GateClient
from bot.discord.custom_ids import Pages
from bot.discord.listeners import Listeners
from bot.discord.notifier import DiscordNotifier
from bot.discord.options import DiscordOptions
from bot.discord.people import DiscordPeople
from bot.discord.rest import DiscordRest, use_api
from bot.discord.syncing import AGAIN_SECONDS, keep_synced
from bot.discord.tree import SlashCommands
from bot.discord.troubles import Trouble, trouble_of
from gateway.errors import Unavailable
from gateway.gate import Gate
from gateway.lease import LOOK_AGAIN, TERM, Lease

LEASE = "discord"
ENDS = (discord.DiscordException, aiohttp.ClientError, OSError, AttributeError)
"""What ends a connection; AttributeError is how discord.py says that the first one did not get through (its #10520)."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How long things may take, in seconds; tests have less of it."""

    look: float = 1.0
    """How often the connection is looked at."""
    silence: float = 60.0
    """How long Discord may say nothing at all before a connection is given up; heartbeats are due every 41 s."""
    first: float = 1.0
    longest: float = 30.0
    """How long to wait before a new connection: after the first loss, doubled with each, up to this."""
    steady: float = 60.0
    """How long a connection must have held for its loss to count as the first."""
    slow: float = 120.0
    """How long to wait where only a person can help: Discord revokes a token that logs in a thousand times a day."""
    sync_again: float = AGAIN_SECONDS
    lease_term: float = TERM.total_seconds()
    lease_look: float = LOOK_AGAIN.total_seconds()


class DiscordChat:
    """Discord as a chat platform: `notifier` posts cards, `people` knows roles, `run` listens until it is cancelled."""

    def __init__(
        self,
        options: DiscordOptions,
        *,
        clock: Callable[[], float] = time.monotonic,
        patience: Patience = Patience(),
    ) -> None:
        self.options = options
        self.patience = patience
        self._clock = clock
        self._pages = Pages()
        self.rest = DiscordRest(options, clock)
        self.people = DiscordPeople(self.rest, options, clock, heard_of=self._guilds_heard_of)
        self.notifier = DiscordNotifier(self.rest, self._pages)
        self._lease: Lease | None = None
        self._client: GateClient | None = None
        self._trouble: Trouble | None = None

    async def probe(self) -> str:
        """Say how the connection is. Raises Unavailable with what is the matter."""
        if self._lease is not None and self._lease.is_elsewhere:
            return "standing by: another replica is connected"
        if self._client is not None and self._client.is_greeted:
            return "connected"
        raise Unavailable(self._trouble.word if self._trouble else "not connected yet")

    def _guilds_heard_of(self) -> frozenset[str]:
        """Return the servers that the bot is in, as far as the connection tells."""
        return frozenset(str(one.id) for one in self._client.guilds) if self._client is not None else frozenset()

    async def run(self, gate: Gate) -> None:
        """Listen forever whenever this replica is the one that does; the others stand by, and only post cards."""
        use_api(self.options.api_url)
        term, look = timedelta(seconds=self.patience.lease_term), timedelta(seconds=self.patience.lease_look)
        self._lease = Lease(gate, LEASE, term=term, look_again=look)
        try:
            while True:
                await self._lease.run(lambda: self._stay_connected(gate))
        finally:
            await self.rest.close()

    async def _stay_connected(self, gate: Gate) -> None:
        """Connect, and connect again after every end, with growing pauses."""
        pause = self.patience.first
        while True:
            began = self._clock()
            self._trouble = await self._connected(gate)
            if self._clock() - began > self.patience.steady:
                pause = self.patience.first
            seconds = self.patience.slow if self._trouble.remedy else pause * gate.chance.uniform(0.75, 1.25)
            _say(self._trouble, seconds)
            await asyncio.sleep(seconds)
            pause = min(2 * pause, self.patience.longest)

    async def _connected(self, gate: Gate) -> Trouble:
        """Be connected for as long as it goes; return what ended it."""
        client = self._client = GateClient()
        tree = Listeners(gate, self.people, self._pages).register(client)
        try:
            async with asyncio.TaskGroup() as tasks:
                connecting = tasks.create_task(self._until_it_ends(client), name="discord-gateway")
                watching = tasks.create_task(self._until_lost(client), name="discord-watch")
                syncing = tasks.create_task(self._sync(client, tree), name="discord-commands")
                await asyncio.wait({connecting, watching}, return_when=asyncio.FIRST_COMPLETED)
                for task in (connecting, watching, syncing):
                    task.cancel()
            return watching.result() if connecting.cancelled() else connecting.result()
        finally:
            self._client = None
            await client.end()

    async def _until_it_ends(self, client: GateClient) -> Trouble:
        try:
            await client.start(self.options.bot_token, reconnect=False)
        except ENDS as error:
            return trouble_of(error)
        return Trouble("discord.not_connected", "Discord closed the connection")

    async def _until_lost(self, client: GateClient) -> Trouble:
        """Watch a connection that discord.py resumes by itself; one that stays silent or never holds is given up."""
        heard, heard_at = client.messages_heard, self._clock()
        while self._clock() - heard_at < self.patience.silence:
            if await client.is_unsteady(within=self.patience.look):
                return Trouble("discord.not_connected", "the connection does not hold")
            if client.messages_heard != heard:
                heard, heard_at = client.messages_heard, self._clock()
        return Trouble("discord.not_connected", "Discord has gone silent")

    async def _sync(self, client: GateClient, tree: SlashCommands) -> None:
        await client.greeted.wait()
        await keep_synced(tree, application=client.application_id or 0, again=self.patience.sync_again)


def _say(trouble: Trouble, seconds: float) -> None:
    """Log an end: loudly where somebody has to do something."""
    if trouble.remedy:
        log.error(trouble.event, error=trouble.word, next=trouble.remedy, again_in_seconds=round(seconds))
    else:
        log.warning(trouble.event, error=trouble.word, again_in_seconds=round(seconds, 1))
