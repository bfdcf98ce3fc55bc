"""What people do in Slack, each acknowledged first: commands, buttons, modals, the home page."""

import re
from dataclasses import replace
from typing import Any, assert_never

import structlog
from slack_bolt.async_app import AsyncAck, AsyncApp, AsyncRespond

from bot.callers import Caller
from bot.dispatch import press, run_line
from bot.slack.home import home_view
from bot.slack.manifest import COMMAND
from bot.slack.modals import REASON_VIEW, Origin, card_view, outcome_view, reason_in, reason_view, waiting_view
from bot.slack.notifier import heard
from bot.slack.people import SlackPeople
from bot.slack.pressing import Pressing, Recorded
from bot.slack.render import fallback, message_blocks
from bot.slack.sections import PREFIX
from gateway.card import Button, Card, Verb, problem_card
from gateway.errors import DeliveryError, Unavailable
from gateway.gate import Gate

PRESSED = re.compile(rf"{PREFIX}:(?P<verb>approve|deny|details|run):(?P<how>ask|now):\d+")
Body = dict[str, Any]

log = structlog.get_logger()


class Listeners:
    """The doors of one Bolt app to one gate."""

    def __init__(self, gate: Gate, people: SlackPeople, pressing: Pressing) -> None:
        self.gate = gate
        self.people = people
        self.pressing = pressing
        self.client = pressing.client

    def register(self, app: AsyncApp) -> None:
        """Tell Bolt who listens to what; the last two acknowledge what nobody else does."""
        app.command(COMMAND)(self.typed)
        app.action(PRESSED)(self.pressed)
        app.view(REASON_VIEW)(self.submitted)
        app.event("app_home_opened")(self.home_opened)
        app.action(re.compile(".*"))(self.ignored)
        app.event(re.compile(".*"))(self.ignored)

    async def typed(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Run a typed command; only who typed it reads the answer."""
        await ack()
        card = await self._typed_card(body)
        await respond(response_type="ephemeral", text=fallback(card), blocks=message_blocks(card))

    async def _typed_card(self, body: Body) -> Card:
        caller = await self._caller(body["user_id"], body.get("channel_id"))
        return caller if isinstance(caller, Card) else await run_line(self.gate, body.get("text", ""), by=caller)

    async def pressed(self, ack: AsyncAck, body: Body, respond: AsyncRespond) -> None:
        """Do what a button says; where a reason is asked for, its modal opens before anything else."""
        await ack()
        action = body["actions"][0]
        found = PRESSED.fullmatch(action["action_id"])
        if found is None:
            return
        origin = Origin.of(found["verb"], action["value"], body)
        try:
            await self._carry_out(origin, body, respond, asks=found["how"] == "ask")
        except DeliveryError as error:
            log.warning("slack.press_failed", error=str(error))
            refusal = problem_card("Slack did not let that through; press again.", hint=str(error))
            again = (Button(Verb.DETAILS, "Details", origin.request_id),) if origin.view else ()
            await self._tell(replace(refusal, buttons=again), origin, body, respond)

    async def _carry_out(self, origin: Origin, body: Body, respond: AsyncRespond, *, asks: bool) -> None:
        verb = Verb(origin.verb)
        if asks:
            view = reason_view(origin, required=verb is Verb.APPROVE)
            opens = self.client.views_push if origin.view else self.client.views_open
            await heard(lambda: opens(trigger_id=body["trigger_id"], view=view))
            return
        match verb:
            case Verb.DETAILS:
                await self._show_details(origin, body)
            case Verb.RUN:
                await self._turn_page(origin, body, respond)
            case Verb.APPROVE | Verb.DENY:
                await self._decide(origin, body, respond)
            case _:
                assert_never(verb)

    async def _show_details(self, origin: Origin, body: Body) -> None:
        """Show everything, in a modal of its own or in the one that is open."""
        modal = origin.view or await self._opened(body)
        caller = await self._caller(body["user"]["id"], origin.channel)
        card = (
            caller if isinstance(caller, Card) else await press(self.gate, Verb.DETAILS, origin.request_id, by=caller)
        )
        view = card_view(card, title="Details", origin=origin)
        await heard(lambda: self.client.views_update(view_id=modal, view=view))

    async def _opened(self, body: Body) -> str:
        view = waiting_view("Details", "One moment …")
        opened: Any = await heard(lambda: self.client.views_open(trigger_id=body["trigger_id"], view=view))
        return str(opened["view"]["id"])

    async def _turn_page(self, origin: Origin, body: Body, respond: AsyncRespond) -> None:
        caller = await self._caller(body["user"]["id"], origin.channel)
        card = caller if isinstance(caller, Card) else await press(self.gate, Verb.RUN, origin.request_id, by=caller)
        if _is_at_home(body):
            await self._publish_home(body["user"]["id"], notice=card)
        else:
            await respond(replace_original=True, text=fallback(card), blocks=message_blocks(card))

    async def _decide(self, origin: Origin, body: Body, respond: AsyncRespond) -> None:
        with self.pressing.underway.going_on():
            await self._answer(origin, body, respond)

    async def _answer(self, origin: Origin, body: Body, respond: AsyncRespond) -> None:
        caller = await self._caller(body["user"]["id"], origin.channel)
        if isinstance(caller, Card):
            await self._tell(caller, origin, body, respond)
            return
        card = body.get("message") if origin.hangs else None
        answer = await self.pressing.decide(origin, by=caller, card=card, modal=origin.view)
        if origin.view or not await self.pressing.has_said_it_all(origin, by=caller):
            await self._tell(answer, origin, body, respond)
        if origin.view and origin.channel is None:
            await self._bring_home_up_to_date(body["user"]["id"])

    async def _tell(self, card: Card, origin: Origin, body: Body, respond: AsyncRespond) -> None:
        """Answer whoever pressed, and nobody else, where they pressed."""
        if origin.view:
            await self.pressing.show(origin.view, outcome_view(card, origin))
        elif _is_at_home(body):
            await self._publish_home(body["user"]["id"], notice=card)
        else:
            shown = message_blocks(card)
            await respond(response_type="ephemeral", replace_original=False, text=fallback(card), blocks=shown)

    async def submitted(self, ack: AsyncAck, body: Body, view: Body) -> None:
        """Record a verdict with its reason."""
        origin = Origin.read(view["private_metadata"])
        user = body["user"]["id"]
        with self.pressing.underway.going_on():
            await self.pressing.submit(ack, view, origin, self._with_reason(origin, user, view))
        if origin.channel is None:
            await self._bring_home_up_to_date(user)

    async def _with_reason(self, origin: Origin, user: str, view: Body) -> Recorded:
        caller = await self._caller(user, origin.channel)
        if isinstance(caller, Card):
            return Recorded(caller)
        answer = await self.pressing.decide(origin, by=caller, reason=reason_in(view), modal=view["id"])
        return Recorded(answer, stands_on_card=await self.pressing.has_said_it_all(origin, by=caller))

    async def home_opened(self, event: Body) -> None:
        """Bring somebody's home page up to date."""
        if event.get("tab", "home") == "home":
            await self._publish_home(event["user"])

    async def _bring_home_up_to_date(self, user: str) -> None:
        """Publish somebody's home page after an answer that has been told: a refusal is not theirs to read."""
        try:
            await self._publish_home(user)
        except DeliveryError as error:
            log.warning("slack.home_not_updated", error=str(error))

    async def _publish_home(self, user: str, *, notice: Card | None = None) -> None:
        caller = await self._caller(user, None)
        if isinstance(caller, Card):
            view = {"type": "home", "blocks": message_blocks(caller)}
        else:
            view = await home_view(self.gate, by=caller, notice=notice)
        await heard(lambda: self.client.views_publish(user_id=user, view=view))

    async def ignored(self, ack: AsyncAck) -> None:
        """Acknowledge what is no business of ours, such as a press on a link."""
        await ack()

    async def _caller(self, user: str, channel: str | None) -> Caller | Card:
        """Return who acts, or the card that refuses them."""
        if not self.people.may_act_in(channel):
            return problem_card(
                "AgentGate is not used from this channel.",
                hint="SLACK_ALLOWED_CHANNELS names the channels it is used from.",
            )
        try:
            return await self.people.caller(user, channel=channel)
        except Unavailable as error:
            return problem_card(error.sentence)


def _is_at_home(body: Body) -> bool:
    return bool((body.get("view") or {}).get("type") == "home")
