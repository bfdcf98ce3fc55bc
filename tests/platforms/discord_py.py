"""A small discord.py client that uses everything: it says back what it hears."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
import yarl
from discord.gateway import DiscordWebSocket
from discord.http import Route
from discord.ui import Button, View

from tests.platforms.discord import Channel, FakeDiscord

Clicked = discord.Interaction[discord.Client]


@contextmanager
def pointed_at(fake: FakeDiscord) -> Iterator[None]:
    """Let discord.py speak to a local Discord while the block runs."""
    base, gateway = Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY
    Route.BASE = fake.base_url
    try:
        yield
    finally:
        Route.BASE, DiscordWebSocket.DEFAULT_GATEWAY = base, gateway


class EchoClient(discord.Client):
    """The client; its gateway comes from `/gateway/bot`."""

    def __init__(self, *, intents: discord.Intents | None = None, heartbeat_timeout: float = 60) -> None:
        super().__init__(
            intents=intents or discord.Intents(guilds=True),
            heartbeat_timeout=heartbeat_timeout,
            guild_ready_timeout=0.05,  # by default discord.py waits 2 s for more guilds before it calls itself ready
        )

    async def setup_hook(self) -> None:
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)

    async def send(self, channel: Channel, content: str | None = None, **more: Any) -> discord.Message:
        """Send a message without asking what sort of channel it is."""
        return await self.get_partial_messageable(int(channel.id)).send(content, **more)

    async def on_interaction(self, interaction: Clicked) -> None:
        match interaction.data:
            case {"custom_id": "approve"}:
                await interaction.response.edit_message(content=f"Approved by {interaction.user.id}", view=None)
            case {"custom_id": "whisper"}:
                await interaction.response.send_message("only you see this", ephemeral=True)


def card(*custom_ids: str) -> View:
    """Return buttons called after their ids."""
    view = View(timeout=None)
    for custom_id in custom_ids:
        view.add_item(Button(label=custom_id.title(), custom_id=custom_id))
    view.stop()  # the client answers by `on_interaction`, not by the view
    return view


@asynccontextmanager
async def connected(client: EchoClient, fake: FakeDiscord) -> AsyncIterator[EchoClient]:
    """Keep the client connected while the block runs."""
    async with client, asyncio.TaskGroup() as group:
        running = group.create_task(client.start(fake.token))
        await client.wait_until_ready()
        yield client
        await client.close()
        await running
