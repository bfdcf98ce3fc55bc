"""How discord.py finds who listens: buttons by what their ids look like, slash commands by their names."""

import re
from collections.abc import Awaitable, Callable
from typing import Any, Self

import discord
from discord import app_commands, ui

Listener = Callable[[discord.Interaction[Any], re.Match[str]], Awaitable[None]]
Failure = Callable[[discord.Interaction[Any], app_commands.AppCommandError], Awaitable[None]]


def buttons_like(pattern: re.Pattern[str], listener: Listener) -> type[ui.DynamicItem[Any]]:
    """Return the kind of buttons whose ids match: also on cards that were posted before this process began."""

    class Pressed(ui.DynamicItem[ui.Button[Any]], template=pattern):
        def __init__(self, button: ui.Button[Any], match: re.Match[str]) -> None:
            super().__init__(button)
            self.match = match

        @classmethod
        async def from_custom_id(
            cls, interaction: discord.Interaction[Any], item: ui.Item[Any], match: re.Match[str], /
        ) -> Self:
            return cls(item, match)  # type: ignore[arg-type]  # only buttons have such ids

        async def callback(self, interaction: discord.Interaction[Any]) -> None:
            await listener(interaction, self.match)

    return Pressed


class SlashCommands(app_commands.CommandTree[Any]):
    """The tree of slash commands; what it cannot run goes to `failure`."""

    def __init__(self, client: discord.Client, failure: Failure) -> None:
        super().__init__(client)
        self._failure = failure

    async def on_error(self, interaction: discord.Interaction[Any], error: app_commands.AppCommandError, /) -> None:
        """Hand on what went wrong before a command ran: the commands themselves answer for their faults."""
        await self._failure(interaction, error)
