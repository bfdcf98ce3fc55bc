"""What somebody who did something is answered: a first answer within three seconds, the rest in private.

Discord may have closed its ear by then – the token too old, the message gone, the line cut. That is logged and no more:
what was decided stands, and the card says so.
"""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
import structlog
from discord import ui

from bot.discord.components import QUIET
from bot.discord.custom_ids import Pages
from bot.discord.render import message_view, message_views
from gateway.card import Card

FIRST_SECONDS = 2.8
"""How long the first answer may be on its way; after three seconds Discord takes none."""
LATER_SECONDS = 20.0
ALREADY_ANSWERED = 40060
UNHEARD = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What discord.py raises when an answer does not arrive; OSError includes that it took too long."""

log = structlog.get_logger()


class Answers:
    """The answers to one interaction."""

    def __init__(self, interaction: discord.Interaction[Any], pages: Pages) -> None:
        self._interaction = interaction
        self._pages = pages
        self._is_answered = False
        self._is_thinking = False

    async def think(self) -> None:
        """Say at once, in private, that an answer comes."""
        await self._first(lambda: self._interaction.response.defer(ephemeral=True, thinking=True))
        self._is_thinking = True

    async def hold(self) -> None:
        """Say at once that the pressed message is going to change."""
        await self._first(lambda: self._interaction.response.defer())

    async def ask(self, modal: ui.Modal) -> None:
        """Open a modal."""
        await self._first(lambda: self._interaction.response.send_modal(modal))

    async def show(self, view: ui.LayoutView) -> None:
        """Change the pressed message at once, for everybody who sees it."""
        await self._first(lambda: self._interaction.response.edit_message(view=view, allowed_mentions=QUIET))

    async def replace(self, card: Card) -> None:
        """Put a card in the place of the private message whose button was pressed."""
        view = message_view(card, self._pages)
        await self._later(lambda: self._interaction.edit_original_response(view=view, allowed_mentions=QUIET))

    async def tell(self, card: Card) -> None:
        """Answer whoever it was, and nobody else; a long card in several messages."""
        for view in message_views(card, self._pages):
            await self._tell_one(view)

    async def _tell_one(self, view: ui.LayoutView) -> None:
        interaction = self._interaction
        if self._is_thinking:
            self._is_thinking = False
            await self._later(lambda: interaction.edit_original_response(view=view, allowed_mentions=QUIET))
        elif self._is_answered:
            await self._later(lambda: interaction.followup.send(view=view, ephemeral=True, allowed_mentions=QUIET))
        else:
            await self._first(
                lambda: interaction.response.send_message(view=view, ephemeral=True, allowed_mentions=QUIET)
            )

    async def complete(self, choices: list[discord.app_commands.Choice[str]]) -> None:
        """Answer with what could complete an option."""
        await self._first(lambda: self._interaction.response.autocomplete(choices))

    async def _first(self, answer: Callable[[], Awaitable[object]]) -> None:
        self._is_answered = True
        await self._heard(answer, seconds=FIRST_SECONDS)

    async def _later(self, answer: Callable[[], Awaitable[object]]) -> None:
        await self._heard(answer, seconds=LATER_SECONDS)

    async def _heard(self, answer: Callable[[], Awaitable[object]], *, seconds: float) -> None:
        try:
            async with asyncio.timeout(seconds):
                await answer()
        except UNHEARD as error:
            code = getattr(error, "code", None)
            if code != ALREADY_ANSWERED:  # an answer that was tried again, after it had arrived
                log.warning("discord.answer_not_heard", error=type(error).__name__, code=code)
