"""A small discord.py client that uses everything: it says back what it hears."""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, contextmanager
from typing import Any

import discord
import yarl
from discord import app_commands, ui
from discord.gateway import DiscordWebSocket
from discord.http import Route

from tests.platforms.discord import Channel, FakeDiscord

Clicked = discord.Interaction[Any]


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
        self.tree = echo_tree(self)
        self.troubles: list[discord.HTTPException] = []
        """What Discord refused."""

    async def setup_hook(self) -> None:
        _, url, _ = await self.http.get_bot_gateway()
        DiscordWebSocket.DEFAULT_GATEWAY = yarl.URL(url)

    async def before_identify_hook(self, shard_id: int | None, *, initial: bool = False) -> None:
        """Begin a second session at once: by default discord.py waits 5 s."""

    async def send(self, channel: Channel, content: str | None = None, **more: Any) -> discord.Message:
        """Send a message without asking what sort of channel it is."""
        return await self.get_partial_messageable(int(channel.id)).send(content, **more)

    async def on_interaction(self, interaction: Clicked) -> None:
        data: Any = interaction.data or {}
        answer = getattr(self, f"on_{data.get('custom_id')}", None)
        if answer:
            try:
                await answer(interaction)
            except discord.HTTPException as trouble:
                self.troubles.append(trouble)

    async def on_approve(self, interaction: Clicked) -> None:
        await interaction.response.edit_message(content=f"Approved by {interaction.user.id}", view=None)

    async def on_whisper(self, interaction: Clicked) -> None:
        await interaction.response.send_message("only you see this", ephemeral=True, view=buttons("more"))

    async def on_more(self, interaction: Clicked) -> None:
        await interaction.response.edit_message(content="page 2", view=buttons("more"))

    async def on_deny(self, interaction: Clicked) -> None:
        await interaction.response.send_modal(reason_modal())

    async def on_reason(self, interaction: Clicked) -> None:
        data: Any = interaction.data
        reason = data["components"][0]["component"]["value"]
        await interaction.response.send_message(f"because {reason}", ephemeral=True)

    async def on_later(self, interaction: Clicked) -> None:
        await interaction.response.defer(ephemeral=True, thinking=True)
        await interaction.edit_original_response(content="done")
        await interaction.followup.send("and another", ephemeral=True)

    async def on_loudly(self, interaction: Clicked) -> None:
        await interaction.response.defer(thinking=True)
        await interaction.followup.send("meant for one", ephemeral=True)

    async def on_twice(self, interaction: Clicked) -> None:
        await interaction.response.send_message("first")
        await interaction.client.http.request(_callback(interaction), json={"type": 6})

    async def on_crash(self, interaction: Clicked) -> None:
        """Answer nothing."""


def _callback(interaction: Clicked) -> Route:
    path = "/interactions/{webhook_id}/{webhook_token}/callback"
    return Route("POST", path, webhook_id=interaction.id, webhook_token=interaction.token)


def buttons(*custom_ids: str) -> ui.View:
    """Return buttons called after their ids; the client answers by `on_interaction`, not by the view."""
    view = ui.View(timeout=None)
    for custom_id in custom_ids:
        view.add_item(ui.Button(label=custom_id.title(), custom_id=custom_id))
    view.stop()
    return view


def layout(*texts: str, custom_id: str = "approve") -> ui.LayoutView:
    """Return a Components V2 card: texts in a container, and a button."""
    view = ui.LayoutView(timeout=None)
    row: ui.ActionRow[Any] = ui.ActionRow(ui.Button(label=custom_id.title(), custom_id=custom_id))
    parts: list[ui.Item[Any]] = [ui.TextDisplay(text) for text in texts]
    view.add_item(ui.Container(*parts, ui.Separator(), row))
    view.stop()
    return view


def reason_modal() -> ui.Modal:
    """Return a modal with one box."""
    modal = ui.Modal(title="Why?", custom_id="reason")
    box: ui.TextInput[Any] = ui.TextInput(custom_id="text", max_length=20)
    modal.add_item(ui.Label(text="Reason", component=box))
    modal.stop()
    return modal


def echo_tree(client: discord.Client) -> app_commands.CommandTree[Any]:
    """Return `/gate echo text [times]`, `/gate keys list` and `/admin`."""
    tree: app_commands.CommandTree[Any] = app_commands.CommandTree(client)
    gate = app_commands.Group(name="gate", description="Everything", guild_only=True)
    keys = app_commands.Group(name="keys", description="Keys", parent=gate)

    @gate.command(name="echo", description="Say it back")
    async def echo(interaction: Clicked, text: str, times: app_commands.Range[int, 1, 3] = 1) -> None:
        await interaction.response.send_message(" ".join([text] * times), ephemeral=True)

    @echo.autocomplete("text")
    async def suggest(_: Clicked, current: str) -> list[app_commands.Choice[str]]:
        return [app_commands.Choice(name=f"{current}{end}", value=f"{current}{end}") for end in ("a", "b")]

    @keys.command(name="list", description="List keys")
    async def list_keys(interaction: Clicked, owner: discord.User | None = None) -> None:
        await interaction.response.send_message(f"keys of {owner}")

    @tree.command(name="admin", description="For few")
    @app_commands.default_permissions(manage_guild=True)
    async def admin(interaction: Clicked) -> None:
        await interaction.response.send_message("yes", ephemeral=True)

    tree.add_command(gate)
    return tree


@asynccontextmanager
async def connected(client: EchoClient, fake: FakeDiscord) -> AsyncIterator[EchoClient]:
    """Keep the client connected while the block runs."""
    async with client, asyncio.TaskGroup() as group:
        running = group.create_task(client.start(fake.token))
        await client.wait_until_ready()
        yield client
        await client.close()
        await running
