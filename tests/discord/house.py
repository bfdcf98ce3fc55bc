"""AgentGate with a Discord beside it: the real chat, outbox, API and SDK, and people who click."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agentgate import AsyncAgentGate

from bot.discord.app import DiscordChat, Patience
from bot.discord.options import DiscordOptions
from models.words import Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.gates import Asked, a_gate, joined, sending
from tests.platforms.discord import Channel, FakeDiscord, Message, User

APPROVE = "Approve"
APPROVE_ASKING = "Approve…"
DENY = "Deny…"
DETAILS = "Details"
QUICK = Patience(
    look=0.05, silence=60, first=0.05, longest=0.2, steady=60, slow=0.3, sync_again=0.1, lease_term=2, lease_look=0.1
)
"""Everything goes faster than in life."""


@dataclass
class House(Asked):
    """A gate that people decide in from Discord."""

    discord: FakeDiscord
    chat: DiscordChat
    ops: Channel
    ada: User
    bob: User
    listening: asyncio.Task[None]
    """What is cancelled when the server stops."""

    async def card(self) -> Message:
        """Return the next card in #ops."""
        return await self.discord.next_message(self.ops)

    async def shows(self, message: Message, words: str, *, within: float = 5) -> None:
        """Wait until a card says something."""
        await self.discord.until(lambda: words in message.visible_text(), within=within)


@dataclass
class Server:
    """Who is there before AgentGate comes."""

    discord: FakeDiscord
    ada: User
    bob: User
    ops: Channel


@asynccontextmanager
async def a_server() -> AsyncIterator[Server]:
    """Open a Discord server with two people and #ops."""
    async with FakeDiscord() as discord:
        ada, bob = discord.user("ada"), discord.user("bob")
        yield Server(discord, ada, bob, discord.channel("ops", ada, bob))


@asynccontextmanager
async def a_house(
    place: Server, *, api_clients: str = "agent", is_up: bool = True, patience: Patience = QUICK, **options: Any
) -> AsyncIterator[House]:
    """Run AgentGate beside a Discord server, on the open database, until the block ends."""
    given: dict[str, Any] = {"default_channel": place.ops.id} | options
    chat = DiscordChat(DiscordOptions(place.discord.token, api_url=place.discord.base_url, **given), patience=patience)
    gate = a_gate(chat.options.default_target)
    async with joined(gate, "discord", chat) as listening, sending(gate), served(gate) as api:
        key = await a_key(gate, api_clients, Scope.REQUEST_CREATE)
        if is_up:
            await connected(place.discord)
        async with AsyncAgentGate(api.url, api_key=key.secret) as agent:
            yield House(gate, agent, place.discord, chat, place.ops, place.ada, place.bob, listening)


async def connected(discord: FakeDiscord, *, within: float = 15) -> None:
    """Wait until the bot listens and its commands are known."""
    await discord.until(lambda: any(session.is_open for session in discord.sessions), within=within)
    await discord.until(lambda: discord.commands.get(""), within=within)
