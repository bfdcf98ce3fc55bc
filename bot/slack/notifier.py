"""Cards that reach Slack by the outbox: posted once, edited after every change.

Replies in the thread remind, and say once how it ended.
"""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from typing import Any

from aiohttp import ClientError
from slack_sdk.errors import SlackApiError, SlackClientError
from slack_sdk.web.async_client import AsyncWebClient

from bot.slack import blocks
from bot.slack.pace import Pace
from bot.slack.render import escaped, fallback, message_blocks
from bot.unreachable import why
from gateway.card import Card, Facts
from gateway.cards import reminder_line
from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.events import RequestApproved, RequestCancelled, RequestDenied, RequestExpired, RequestReminded
from gateway.notifiers import Receipt, without_links_if_refused

OUTCOMES = {event.type for event in (RequestApproved, RequestDenied, RequestExpired, RequestCancelled)}
FINAL = frozenset(
    {
        "channel_not_found", "not_in_channel", "is_archived", "user_not_found", "users_not_found", "user_disabled",
        "cannot_dm_bot", "restricted_action", "restricted_action_read_only_channel", "message_not_found",
        "cant_update_message", "edit_window_closed", "invalid_blocks", "invalid_blocks_format", "msg_too_long",
        "msg_blocks_too_long", "no_text", "ekm_access_denied", "messages_tab_disabled", "team_access_not_granted",
    }
)  # fmt: skip
"""What Slack says of a message that it will never take. Everything else may pass."""
INVALID_BLOCKS = "invalid_blocks"
"""Slack's word for a message that it does not take as it is: perhaps it knows no such address as ours."""
DEFAULT_WAIT = timedelta(seconds=30)


class SlackNotifier:
    """Posts to `slack:#name`, `slack:C…` and `slack:U…` (a direct message)."""

    def __init__(self, client: AsyncWebClient, pace: Pace) -> None:
        self._client = client
        self._pace = pace

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Post a card; the receipt knows the channel, the message and, as `place`, how the channel is named."""
        return await without_links_if_refused(card, lambda shown: self._post(target, shown), word=INVALID_BLOCKS)

    async def _post(self, target: str, card: Card) -> Receipt:
        channel = target.removeprefix("slack:")
        if channel.startswith(("U", "W")):
            channel = await self._direct_channel(channel)
        async with self._pace.turn(channel):
            posted = await heard(
                lambda: self._client.chat_postMessage(
                    channel=channel,
                    text=fallback(card),
                    blocks=message_blocks(card),
                    unfurl_links=False,
                    unfurl_media=False,
                )
            )
        return {"channel": posted["channel"], "ts": posted["ts"], "place": f"slack:{posted['channel']}"}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Replace a posted card and, when it says the outcome, reply once in its thread."""
        await without_links_if_refused(card, lambda shown: self._update(receipt, shown), word=INVALID_BLOCKS)
        if event == RequestReminded.type:
            await self._reply(receipt, reminder_line(card))
        if event not in OUTCOMES or receipt.get("told"):
            return receipt
        await self._reply(receipt, outcome_line(card))
        return {**receipt, "told": True}

    async def _update(self, receipt: Receipt, card: Card) -> None:
        async with self._pace.turn(receipt["channel"]):
            await heard(
                lambda: self._client.chat_update(
                    channel=receipt["channel"], ts=receipt["ts"], text=fallback(card), blocks=message_blocks(card)
                )
            )

    async def _reply(self, receipt: Receipt, line: str) -> None:
        async with self._pace.turn(receipt["channel"]):
            await heard(
                lambda: self._client.chat_postMessage(
                    channel=receipt["channel"],
                    thread_ts=receipt["ts"],
                    text=escaped(line),
                    blocks=[blocks.naming(line)],
                    unfurl_links=False,
                )
            )

    async def _direct_channel(self, user: str) -> str:
        opened = await heard(lambda: self._client.conversations_open(users=user))
        return str(opened["channel"]["id"])


def outcome_line(card: Card) -> str:
    """Return who decided and why, in one line, clipped with a count."""
    reasons = [
        value
        for section in card.sections
        if isinstance(section, Facts)
        for label, value in section.rows
        if label == "Reason"
    ]
    line = f"{card.headline} – {reasons[0]}" if reasons else card.headline
    return line if len(line) <= 2900 else f"{line[:2900]} …{len(line) - 2900} more characters, see the card"


async def heard(call: Callable[[], Awaitable[Any]]) -> Any:
    """Call Slack and return its answer. Raises DeliveryRefused or DeliveryPostponed with Slack's own word."""
    try:
        return await call()
    except SlackApiError as error:
        raise trouble(error) from error
    except (SlackClientError, ClientError, TimeoutError, OSError) as error:
        raise DeliveryPostponed(f"Slack cannot be reached: {why(error)}") from error


def trouble(error: SlackApiError) -> DeliveryRefused | DeliveryPostponed:
    """Say what a refusal of Slack's means: never, or later."""
    answer: Any = error.response
    word = str(answer.get("error") or answer.status_code) if hasattr(answer, "get") else str(error)
    if word in FINAL:
        return DeliveryRefused(word)
    status = getattr(answer, "status_code", None)
    if status == 429 or word in {"ratelimited", "rate_limited"}:
        return DeliveryPostponed("ratelimited", retry_after=_retry_after(answer))
    return DeliveryPostponed(word)


def _retry_after(answer: Any) -> timedelta:
    headers = {str(name).lower(): value for name, value in (getattr(answer, "headers", None) or {}).items()}
    seconds = str(headers.get("retry-after", ""))
    return timedelta(seconds=int(seconds)) if seconds.isdecimal() else DEFAULT_WAIT
