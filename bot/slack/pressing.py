"""What a pressed button brings about: the card says “recording…” at once and the outcome once it is committed."""

import asyncio
from collections.abc import Coroutine
from contextlib import suppress
from dataclasses import dataclass
from typing import Any

import structlog
from slack_bolt.context.ack.async_ack import AsyncAck
from slack_sdk.web.async_client import AsyncWebClient

from bot.callers import Caller
from bot.dispatch import press
from bot.slack import blocks
from bot.slack.blocks import Block
from bot.slack.modals import REASON, Origin, card_view, waiting_view
from bot.slack.notifier import heard
from bot.slack.render import fallback, message_blocks
from bot.underway import Underway
from gateway import browse
from gateway.card import Card, Verb
from gateway.errors import DeliveryError, GateError
from gateway.gate import Gate
from gateway.notify import card_at
from gateway.views import RequestView
from models.db import Unreachable

PATIENCE_SECONDS = 0.7
"""How long a modal waits for the outcome before it says “recording…”: an answer is due within a second."""

LET_GO_SECONDS = 0.3
"""How long Slack may take to give a card its buttons back when the process ends."""

Message = dict[str, Any]
"""A message as it comes with a press."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Recorded:
    """What to tell whoever gave a reason, and whether the card that they pressed tells them already."""

    answer: Card
    stands_on_card: bool = False


class Pressing:
    """Carries presses out, for one gate."""

    def __init__(self, gate: Gate, client: AsyncWebClient) -> None:
        self.gate = gate
        self.client = client
        self.underway = Underway()

    async def decide(self, origin: Origin, *, by: Caller, reason: str = "", card: Message | None = None) -> Card:
        """Record a verdict and bring the pressed card up to date; return what to tell whoever pressed.

        A `card` that is given says “Recording …” meanwhile, and is as it was where nothing could be recorded.
        """
        if card is not None:
            await self.edit(origin, text="Recording …", shown=recording(card))
        try:
            answer = await press(self.gate, Verb(origin.verb), origin.request_id, by=by, reason=reason)
        except asyncio.CancelledError:
            await self.let_go(origin, card)
            raise
        await self.refresh(origin)
        if card is not None and await self.request_of(origin) is None:
            await self._put_back(origin, card)
        return answer

    async def let_go(self, origin: Origin, card: Message | None) -> None:
        """Give a card its buttons back: the process ends before the verdict is recorded, so it is pressed again."""
        log.warning("slack.press_let_go", request=origin.request_id)
        if card is not None:
            with suppress(TimeoutError):
                async with asyncio.timeout(LET_GO_SECONDS):
                    await self._put_back(origin, card)

    async def _put_back(self, origin: Origin, card: Message) -> None:
        await self.edit(origin, text=card.get("text", ""), shown=card["blocks"])

    async def refresh(self, origin: Origin) -> None:
        """Edit the pressed card to how its request stands. The outbox does the same for every copy, sooner or later."""
        card = await self._card(origin) if origin.hangs else None
        if card is not None:
            await self.edit(origin, text=fallback(card), shown=message_blocks(card))

    async def _card(self, origin: Origin) -> Card | None:
        try:
            request = await browse.load(origin.request_id)
            return await card_at(self.gate, request, f"slack:{origin.channel}")
        except (GateError, *Unreachable):
            return None

    async def edit(self, origin: Origin, *, text: str, shown: list[dict[str, Any]]) -> None:
        """Replace the pressed card; a refusal is no matter, for the outbox edits it too."""
        channel, ts = origin.channel or "", origin.ts or ""
        try:
            await heard(lambda: self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown))
        except DeliveryError as error:
            log.warning("slack.edit_refused", channel=channel, error=str(error))

    async def request_of(self, origin: Origin) -> RequestView | None:
        """Return the request as it stands, or None when it cannot be read now."""
        try:
            return await browse.load(origin.request_id)
        except (GateError, *Unreachable):
            return None

    async def has_said_it_all(self, origin: Origin, *, by: Caller) -> bool:
        """Whether the pressed card itself tells the presser what came of it: they ended the request."""
        request = await self.request_of(origin) if origin.hangs else None
        return request is not None and request.status.is_final and request.decided_by == str(by.actor)

    async def submit(self, ack: AsyncAck, view: Any, work: Coroutine[None, None, Recorded]) -> None:
        """Record a verdict with the reason from a modal, which goes on to say what the card does not."""
        async with asyncio.TaskGroup() as tasks:
            recording = tasks.create_task(work)
            await asyncio.wait({recording}, timeout=PATIENCE_SECONDS)
            if not recording.done():
                await ack(response_action="update", view=waiting_view("One moment", "Recording your answer …"))
                shown = outcome_view((await recording).answer)
                await heard(lambda: self.client.views_update(view_id=view["id"], view=shown))
                return
        recorded = recording.result()
        if recorded.answer.is_refusal:
            await ack(response_action="errors", errors={REASON: recorded.answer.headline[: blocks.HEADER]})
        elif recorded.stands_on_card:
            await ack()
        else:
            await ack(response_action="update", view=outcome_view(recorded.answer))


def outcome_view(answer: Card) -> Block:
    """Return a modal that tells what came of it."""
    return card_view(answer, title="Not done" if answer.is_refusal else "Done")


def recording(message: Message) -> list[dict[str, Any]]:
    """Return a message's blocks with “recording…” in the place of its buttons."""
    kept = [block for block in message.get("blocks", []) if block.get("type") != "actions"]
    return [*kept[: blocks.MESSAGE.blocks - 1], blocks.small("Recording …")]
