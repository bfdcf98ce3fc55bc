"""What somebody who did something is answered: a first answer within three seconds, the rest in private.

Discord may have closed its ear by then – the token too old, the message gone, the line cut. That is logged and no more:
what was decided stands, and the card says so.

Where two replicas hear of the same – one was frozen, and does not know yet that another is connected – Discord takes
the first answer of one of them. The other keeps silent from then on: what it says would cover what was said.
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
from bot.discord.tries import Tries, counted
from gateway.card import Card

FIRST_SECONDS = 2.8
"""How long the first answer may be on its way; after three seconds Discord takes none."""
LATER_SECONDS = 20.0
ALREADY_ANSWERED = 40060
UNHEARD = (discord.DiscordException, aiohttp.ClientError, OSError)
"""What discord.py raises when an answer does not arrive; OSError includes that it took too long."""
UNREAD = (AttributeError, KeyError, TypeError, ValueError)
"""What discord.py raises where Discord takes an answer and says nothing to it, or less than discord.py reads."""

log = structlog.get_logger()


class Answers:
    """The answers to one interaction."""

    def __init__(self, interaction: discord.Interaction[Any], pages: Pages) -> None:
        self._interaction = interaction
        self._pages = pages
        self._is_answered = False
        self._is_thinking = False
        self.is_elsewhere = False
        """Whether another replica answered first: it does what was asked for."""

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
        if self.is_elsewhere:
            return
        view = message_view(card, self._pages)
        await self._later(lambda: self._interaction.edit_original_response(view=view, allowed_mentions=QUIET))

    async def tell(self, card: Card) -> None:
        """Answer whoever it was, and nobody else; a long card in several messages."""
        for view in message_views(card, self._pages):
            if not self.is_elsewhere:
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
        with counted() as tries:
            refusal = await self._heard(answer, tries, seconds=FIRST_SECONDS)
        self.is_elsewhere = refusal == ALREADY_ANSWERED and tries.sent == 1
        if self.is_elsewhere:
            log.warning("discord.answered_elsewhere")

    async def _later(self, answer: Callable[[], Awaitable[object]]) -> None:
        with counted() as tries:
            await self._heard(answer, tries, seconds=LATER_SECONDS)

    async def _heard(self, answer: Callable[[], Awaitable[object]], tries: Tries, *, seconds: float) -> int | None:
        """Answer; return the number that Discord refuses with, if it does."""
        try:
            async with asyncio.timeout(seconds):
                await answer()
        except UNHEARD as error:
            code: int | None = getattr(error, "code", None)
            if code != ALREADY_ANSWERED:  # by another replica, or by us when discord.py sent it twice
                log.warning("discord.answer_not_heard", error=type(error).__name__, code=code)
            return code
        except UNREAD:
            if not tries.sent:  # ours: nothing has reached Discord
                raise
        return None
