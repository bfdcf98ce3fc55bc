"""What a press on Approve or Deny brings about: “Recording …” on the card at once, the outcome once it is committed."""

import asyncio
from contextlib import suppress
from dataclasses import dataclass

import discord
import structlog
from discord import ui

from bot.callers import Caller
from bot.discord.answers import Answers
from bot.discord.components import QUIET
from bot.discord.custom_ids import Pages
from bot.discord.recording import as_it_was, recording
from bot.discord.render import message_view
from bot.discord.rest import heard
from bot.dispatch import press
from gateway import browse
from gateway.card import Card, Verb
from gateway.errors import DeliveryError, GateError
from gateway.gate import Gate
from gateway.notify import card_at
from gateway.views import RequestView
from models.db import Unreachable

LET_GO_SECONDS = 0.3
"""How long Discord may take to give a card its buttons back when the connection ends."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Press:
    """A verdict on a request, and the card that was pressed: None where it is a private list, which stays as it is."""

    verb: Verb
    request_id: str
    reason: str = ""
    card: discord.Message | None = None


def hanging(message: discord.Message | None) -> discord.Message | None:
    """Return a message that hangs where others see it, or in a direct message; None for a private answer. PURE."""
    return message if message is not None and not message.flags.ephemeral else None


class Pressing:
    """Carries presses out, for one gate."""

    def __init__(self, gate: Gate, pages: Pages) -> None:
        self.gate = gate
        self.pages = pages

    async def begin(self, pressed: Press, answers: Answers) -> None:
        """Give the first answer: before anything is looked up."""
        if pressed.card is None:
            await answers.think()
        else:
            await answers.show(recording(pressed.card))

    async def decide(self, pressed: Press, answers: Answers, *, by: Caller) -> None:
        """Record the verdict, bring the card up to date, and tell whoever pressed what the card does not tell them."""
        try:
            answer = await press(self.gate, pressed.verb, pressed.request_id, by=by, reason=pressed.reason)
        except asyncio.CancelledError:
            await self.let_go(pressed)
            raise
        request = await self.refresh(pressed)
        if pressed.card is None or answer.is_refusal or not _says_it_all(request, by=by):
            await answers.tell(answer)

    async def refuse(self, pressed: Press, answers: Answers, refusal: Card) -> None:
        """Let the card stand as it stood, and say why."""
        await self.refresh(pressed)
        await answers.tell(refusal)

    async def let_go(self, pressed: Press) -> None:
        """Give a card its buttons back: the connection ends before the verdict is recorded, so it is pressed again."""
        log.warning("discord.press_let_go", request=pressed.request_id)
        if pressed.card is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LET_GO_SECONDS):
                    await self._edit(pressed.card, as_it_was(pressed.card))

    async def refresh(self, pressed: Press) -> RequestView | None:
        """Edit the pressed card to how its request stands, which is returned.

        The outbox does the same for every copy, sooner or later. When the request changes meanwhile, the card is edited
        once more, so that an older state never covers a newer one.
        """
        request = await self._request(pressed)
        if pressed.card is None:
            return request
        if request is None:
            await self._edit(pressed.card, as_it_was(pressed.card))
            return None
        await self._edit(pressed.card, await self._view(request, pressed.card))
        now = await self._request(pressed)
        if now is not None and now.updated_at != request.updated_at:
            await self._edit(pressed.card, await self._view(now, pressed.card))
        return now or request

    async def _view(self, request: RequestView, message: discord.Message) -> ui.LayoutView:
        try:
            card = await card_at(self.gate, request, f"discord:{message.channel.id}")
        except Unreachable:
            return as_it_was(message)
        return message_view(card, self.pages)

    async def _edit(self, message: discord.Message, view: ui.LayoutView) -> None:
        """Edit a card as the bot that posted it: the press itself is forgotten after a quarter of an hour."""
        try:
            await heard(lambda: message.edit(view=view, allowed_mentions=QUIET))
        except DeliveryError as error:  # the outbox edits it too
            log.warning("discord.edit_refused", message=message.id, error=str(error))

    async def _request(self, pressed: Press) -> RequestView | None:
        try:
            return await browse.load(pressed.request_id)
        except (GateError, *Unreachable):
            return None


def _says_it_all(request: RequestView | None, *, by: Caller) -> bool:
    """Whether the card itself tells the presser what came of it: they ended the request."""
    return request is not None and request.status.is_final and request.decided_by == str(by.actor)
