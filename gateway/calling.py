"""Call a webhook: sign what happened, send it, and heed the answer."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.gate import Gate
from gateway.moments import write_moment
from gateway.notifiers.webhook import Answer, NoAnswer
from gateway.noting import noted
from gateway.sealing import SealBroken
from gateway.signing import signed_headers
from gateway.views import SYSTEM_OUTBOX, Actor
from gateway.webhooks import disable_webhook, find_webhook
from models import deliveries, webhooks
from models.tables import Delivery, Webhook, compact_json

NO_MORE = 410
WANTS_NO_MORE = "answered 410 Gone: it wants to hear nothing more"
FIRST_WAIT = timedelta(seconds=18)
"""How long a receiver may put off the first retry, which comes within 20 s whatever it says."""

TEST_EVENT = "webhook.test"
"""What a test call says: nothing happened, so it is none of `events.EVENTS`."""


@dataclass(frozen=True, slots=True)
class Probe:
    """What became of a test call; `status` is None where nobody answered."""

    success: bool
    status: int | None
    message: str


async def call_webhook(gate: Gate, delivery: Delivery) -> None:
    """Bring a delivery to its webhook. Raises DeliveryRefused or DeliveryPostponed."""
    if delivery.answer is not None and is_success(Answer(delivery.answer)):
        return  # an earlier try brought it, and then the database was gone
    webhook = await webhooks.find(delivery.target.partition(":")[2])
    if webhook is None or delivery.payload is None:
        raise DeliveryRefused("there is no such webhook any more")
    if not webhook.enabled:
        raise DeliveryPostponed("the webhook is disabled")
    message_id = f"{delivery.event_id}_{webhook.id}"  # the same however often it is sent, so that receivers can tell
    answer = await _answer_of(gate, webhook, delivery.payload, message_id=message_id)
    await noted(
        lambda: deliveries.note_answer(delivery.id, answer.status), request=delivery.request_id, target=delivery.target
    )
    if answer.status == NO_MORE:
        await disable_webhook(gate, webhook.id, url=webhook.url, reason=WANTS_NO_MORE, by=SYSTEM_OUTBOX)
        raise DeliveryRefused(WANTS_NO_MORE)
    if not is_success(answer):
        raise DeliveryPostponed(in_words(answer), retry_after=_wished(answer, attempts=delivery.attempts))


def _wished(answer: Answer, *, attempts: int) -> timedelta | None:
    """Return how long a receiver wants to be left alone; after the first try that is no more than a wish."""
    if answer.retry_after is None or attempts > 1:
        return answer.retry_after
    return min(answer.retry_after, FIRST_WAIT)


async def _answer_of(gate: Gate, webhook: Webhook, payload: Mapping[str, Any], *, message_id: str) -> Answer:
    """Send a body, unless the webhook let us wait a moment ago. Raises DeliveryPostponed."""
    left = gate.silence.left(webhook.id, at=gate.now())
    if left:
        raise DeliveryPostponed("not called: the one before had no answer", retry_after=left)
    try:
        answer = await send(gate, webhook, payload, message_id=message_id)
    except NoAnswer:
        gate.silence.met(webhook.id, at=gate.now())
        raise
    gate.silence.over(webhook.id)
    return answer


async def send(gate: Gate, webhook: Webhook, payload: Mapping[str, Any], *, message_id: str) -> Answer:
    """Send a body to a webhook, signed as of now. Raises DeliveryPostponed."""
    try:
        secret = gate.seals.open(webhook.secret, of=webhook.id)
    except SealBroken as error:
        raise DeliveryPostponed(
            "the webhook's secret cannot be opened: AGENTGATE_SECRET_KEY is not what it was when the secret was saved; "
            "set it back, or give the webhook a new secret"
        ) from error
    body = compact_json(payload).encode()
    headers = signed_headers(secret, body, message_id=message_id, at=gate.now())
    return await gate.sender.send(webhook.url, body, headers)


async def probe_webhook(gate: Gate, webhook_id: str, *, by: Actor) -> Probe:
    """Call a webhook once, now, also a disabled one; nothing happened and nothing is stored. Raises NotFound."""
    webhook = await find_webhook(webhook_id)
    message = f"A test call that {by} asked for: nothing has happened."
    payload = {
        "event": TEST_EVENT,
        "timestamp": write_moment(gate.now()),
        "actor": str(by),
        "data": {"webhookId": webhook.id, "message": message},
    }
    try:
        answer = await send(gate, webhook, payload, message_id=gate.new_id("tst"))
    except DeliveryPostponed as problem:
        return Probe(False, None, str(problem))
    return Probe(is_success(answer), answer.status, in_words(answer))


def is_success(answer: Answer) -> bool:
    """Whether a receiver took what was sent."""
    return 200 <= answer.status < 300


def in_words(answer: Answer) -> str:
    """Return what a receiver answered, as people read it."""
    if 300 <= answer.status < 400:
        return f"answered {answer.status}: redirects are not followed; change the webhook's url"
    return f"answered {answer.status}"
