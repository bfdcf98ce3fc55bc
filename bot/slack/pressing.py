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
from bot.slack.modals import REASON, Origin, outcome_view, recording_view
from bot.slack.notifier import heard
from bot.slack.render import fallback, message_blocks
from bot.underway import Underway
from gateway import browse
from gateway.card import Card, Verb, problem_card
from gateway.errors import DeliveryError, GateError
from gateway.gate import Gate
from gateway.notify import card_at
from gateway.views import RequestView
from models.db import Unreachable

PATIENCE_SECONDS = 0.7
"""How long a modal waits for the outcome before it says “recording…”: an answer is due within a second."""

BEGIN_SECONDS = 1.0
"""How long a verdict waits for “Recording …” to stand on the card: the edit that it sets off is to come after that."""

AGAIN_SECONDS = (0.0, 1.0, 5.0)
"""When a card is brought up to date, and again where Slack refuses: nobody else may have a reason to edit it."""

LET_GO_SECONDS, LOOK_SECONDS = 0.25, 0.1
"""How long Slack may take to give a card its buttons back when the process ends, and the database before that."""

Message = dict[str, Any]
"""A message as it comes with a press."""

RESTARTING = problem_card(
    "AgentGate is being restarted.", hint="Look at the request again: if it still waits, your answer was not recorded."
)
"""What somebody reads whose press the end of the process has cut off."""

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

    async def decide(
        self, origin: Origin, *, by: Caller, reason: str = "", card: Message | None = None, modal: str | None = None
    ) -> Card:
        """Record a verdict and bring the pressed card up to date; return what to tell whoever pressed.

        The card, which is made from its request where no `card` came with the press, says “Recording …” meanwhile, and
        is as it was where nothing could be recorded. `modal` is what they have open: it is told if the process ends.
        """
        stood, answer = card, None
        try:
            stood = card or await self._standing(origin)
            async with asyncio.TaskGroup() as tasks:
                begun = tasks.create_task(self._begin(origin, stood, modal))
                await asyncio.wait({begun}, timeout=BEGIN_SECONDS)
                answer = await press(self.gate, Verb(origin.verb), origin.request_id, by=by, reason=reason)
            await self._bring_up_to_date(origin, stood)
        except asyncio.CancelledError:
            await self.let_go(origin, stood, modal if answer is None else None)
            raise
        return answer

    async def _standing(self, origin: Origin) -> Message | None:
        """Return how the card of a press stands by its request; None where no button is on it."""
        card = await self._card(origin) if origin.hangs else None
        return _message(card) if card and card.buttons else None

    async def _begin(self, origin: Origin, stood: Message | None, modal: str | None) -> None:
        """Let buttons give way to “Recording …”; a modal that asks for a reason does so by its own answer."""
        async with asyncio.TaskGroup() as tasks:
            if stood is not None:
                tasks.create_task(self.edit(origin, text="Recording …", shown=recording(stood)))
            if modal is not None and modal == origin.view:
                tasks.create_task(self.show(modal, recording_view()))

    async def let_go(self, origin: Origin, card: Message | None, modal: str | None = None) -> None:
        """Let a card show how its request stands: with buttons where the process ends before a verdict is recorded."""
        log.warning("slack.press_let_go", request=origin.request_id)
        stands = None
        with suppress(TimeoutError):
            async with asyncio.timeout(LOOK_SECONDS):
                stands = await self._card(origin) if card is not None else None
        shown = _message(stands) if stands is not None else card
        with suppress(TimeoutError):
            async with asyncio.timeout(LET_GO_SECONDS), asyncio.TaskGroup() as tasks:
                if shown is not None:
                    tasks.create_task(self._put_back(origin, shown))
                if modal is not None:
                    tasks.create_task(self.show(modal, outcome_view(RESTARTING, origin)))

    async def _put_back(self, origin: Origin, card: Message) -> bool:
        return await self.edit(origin, text=card.get("text", ""), shown=card["blocks"])

    async def _bring_up_to_date(self, origin: Origin, stood: Message | None) -> None:
        """Edit the pressed card to how its request stands, or as it stood where that cannot be read.

        The outbox does the same for every copy, but only where the request has changed.
        """
        for wait in AGAIN_SECONDS:
            await asyncio.sleep(wait)
            card = await self._card(origin) if origin.hangs else None
            shown = _message(card) if card is not None else stood
            if shown is None or await self._put_back(origin, shown):
                return

    async def _card(self, origin: Origin) -> Card | None:
        try:
            request = await browse.load(origin.request_id)
            return await card_at(self.gate, request, f"slack:{origin.channel}")
        except (GateError, *Unreachable):
            return None

    async def edit(self, origin: Origin, *, text: str, shown: list[dict[str, Any]]) -> bool:
        """Replace the pressed card; return whether Slack has taken it."""
        channel, ts = origin.channel or "", origin.ts or ""
        try:
            await heard(lambda: self.client.chat_update(channel=channel, ts=ts, text=text, blocks=shown))
        except DeliveryError as error:
            log.warning("slack.edit_refused", channel=channel, error=str(error))
            return False
        return True

    async def show(self, modal: str, view: Block) -> None:
        """Replace what a modal shows; somebody may have closed it."""
        try:
            await heard(lambda: self.client.views_update(view_id=modal, view=view))
        except DeliveryError as error:
            log.warning("slack.modal_not_updated", error=str(error))

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

    async def submit(self, ack: AsyncAck, view: Any, origin: Origin, work: Coroutine[None, None, Recorded]) -> None:
        """Record a verdict with the reason from a modal, which goes on to say what the card does not."""
        async with asyncio.TaskGroup() as tasks:
            recording = tasks.create_task(work)
            await asyncio.wait({recording}, timeout=PATIENCE_SECONDS)
            is_late = not recording.done()
            if is_late:
                await ack(response_action="update", view=recording_view())
        recorded = recording.result()
        outcome = outcome_view(recorded.answer, origin)
        if is_late:
            await self.show(view["id"], outcome)
        elif recorded.answer.is_refusal:
            await ack(response_action="errors", errors={REASON: recorded.answer.headline[: blocks.HEADER]})
            return
        elif recorded.stands_on_card or origin.view:
            await ack()
        else:
            await ack(response_action="update", view=outcome)
        if origin.view:  # the modal below still has the buttons
            await self.show(origin.view, outcome)


def _message(card: Card) -> Message:
    return {"text": fallback(card), "blocks": message_blocks(card)}


def recording(message: Message) -> list[dict[str, Any]]:
    """Return a message's blocks with “recording…” in the place of its buttons."""
    kept = [block for block in message.get("blocks", []) if block.get("type") != "actions"]
    return [*kept[: blocks.MESSAGE.blocks - 1], blocks.small("Recording …")]
