"""Keeping webhooks: create, change, delete, look at what was sent, send it again."""

import difflib
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.admin_views import DeliveryView, WebhookView
from gateway.errors import Conflict, Invalid, NotFound
from gateway.events import EVENTS, DeliveryReplayed, WebhookDeleted, WebhookSaved
from gateway.gate import Gate, Unit
from gateway.signing import check_secret, new_secret
from gateway.subscriptions import EVERYTHING, KIND
from gateway.targets import kind_of
from gateway.views import Actor
from models import deliveries, webhooks
from models.tables import Delivery, Webhook
from models.words import DeliveryState

ID = re.compile(r"whk_[0-9a-z]{26}")
DELIVERY_ID = re.compile(r"dlv_[0-9a-z]{26}")
RECENT = 50
DELETED = "the webhook was deleted"


@dataclass(frozen=True, slots=True)
class WebhookDraft:
    """A webhook as it should be; without a secret one is made."""

    url: str
    events: tuple[str, ...] = (EVERYTHING,)
    secret: str | None = None
    enabled: bool = True


@dataclass(frozen=True, slots=True)
class NewSecret:
    """A webhook with a secret that was just given to it; shown once."""

    webhook: WebhookView
    secret: str


async def list_webhooks() -> tuple[WebhookView, ...]:
    """Return every webhook, the oldest first."""
    return tuple(WebhookView.of(row) for row in await webhooks.all_webhooks())


async def get_webhook(webhook_id: str) -> WebhookView:
    """Return a webhook. Raises NotFound."""
    return WebhookView.of(await find_webhook(webhook_id))


async def find_webhook(webhook_id: str) -> Webhook:
    """Return a webhook's row, sealed secret and all. Raises NotFound."""
    row = await webhooks.find(webhook_id) if ID.fullmatch(webhook_id) else None
    if row is None:
        raise NotFound(f"There is no webhook with the id “{webhook_id[:60]}”.")
    return row


async def recent_deliveries(webhook: WebhookView) -> tuple[DeliveryView, ...]:
    """Return what was last sent to a webhook, or is on its way there, the newest first."""
    rows = await deliveries.latest_to(target_of(webhook.id), limit=RECENT)
    return tuple(DeliveryView.of(row) for row in rows)


def target_of(webhook_id: str) -> str:
    """Return a webhook as a target."""
    return f"{KIND}:{webhook_id}"


async def create_webhook(gate: Gate, draft: WebhookDraft, *, by: Actor) -> NewSecret:
    """Store a webhook; from now on it hears of what it wants. Raises Invalid."""
    gate.sender.check(draft.url)
    secret = check_secret(draft.secret) if draft.secret is not None else new_secret()
    async with gate.unit(by=by) as unit:
        webhook_id = unit.new_id("whk")
        row = await webhooks.add(
            id=webhook_id,
            url=draft.url,
            events=list(checked_events(draft.events)),
            secret=gate.seals.seal(secret, of=webhook_id),
            enabled=draft.enabled,
            created_by=str(by),
            created_at=unit.at,
            updated_at=unit.at,
        )
        view = WebhookView.of(row)
        _saved(unit, view)
    return NewSecret(view, secret)


async def change_webhook(gate: Gate, webhook_id: str, changes: Mapping[str, Any], *, by: Actor) -> WebhookView:
    """Change `url`, `events`, `secret` or `enabled`; what is left out stays. Raises NotFound or Invalid.

    A new secret signs from the next call on, also what has waited since before. Whatever waits is tried at once, for
    what was in its way may be gone.
    """
    known = await get_webhook(webhook_id)
    columns = _columns(gate, known, changes)
    async with gate.unit(by=by) as unit:
        if not await webhooks.change(known.id, **columns, updated_at=unit.at):
            raise NotFound(f"The webhook {known.id} has just been deleted.")
        view = await get_webhook(known.id)
        if view.enabled and await deliveries.hurry(target_of(known.id), at=unit.at):
            gate.outbox_bell.set()
        _saved(unit, view)
    return view


def _columns(gate: Gate, known: WebhookView, changes: Mapping[str, Any]) -> dict[str, Any]:
    columns = dict(changes)
    if "url" in columns:
        gate.sender.check(columns["url"])
    if "events" in columns:
        columns["events"] = list(checked_events(columns["events"]))
    if "secret" in columns:
        columns["secret"] = gate.seals.seal(check_secret(columns["secret"]), of=known.id)
    if "enabled" in columns:
        columns["disabled_reason"] = None
    return columns


async def delete_webhook(gate: Gate, webhook_id: str, *, by: Actor) -> WebhookView:
    """Delete a webhook; what is on its way there is given up. Raises NotFound."""
    known = await get_webhook(webhook_id)
    async with gate.unit(by=by) as unit:
        if not await webhooks.remove(known.id):
            raise NotFound(f"The webhook {known.id} has just been deleted.")
        await deliveries.bury_all(target_of(known.id), at=unit.at, error=DELETED)
        unit.publish(WebhookDeleted(webhook_id=known.id, url=known.shown_url))
        unit.changed_webhooks = True
    return known


async def disable_webhook(gate: Gate, webhook_id: str, *, url: str, reason: str, by: Actor) -> None:
    """Disable a webhook that answered at this address that it wants no more."""
    async with gate.unit(by=by) as unit:
        if await webhooks.disable(webhook_id, url=url, reason=reason, at=unit.at):
            _saved(unit, await get_webhook(webhook_id), reason=reason)


async def replay(gate: Gate, delivery_id: str, *, by: Actor) -> DeliveryView:
    """Send a webhook's delivery again, as it was, under the same `webhook-id`. Raises NotFound or Conflict."""
    old = await deliveries.find(delivery_id) if DELIVERY_ID.fullmatch(delivery_id) else None
    if old is None or kind_of(old.target) != KIND:
        raise NotFound(f"There is no delivery to a webhook with the id “{delivery_id[:60]}”.")
    webhook = await get_webhook(old.target.partition(":")[2])
    if old.state == DeliveryState.DUE.value:
        raise Conflict(f"{old.id} is on its way still; there is nothing to send again.")
    if not webhook.enabled:
        raise Conflict(f"The webhook {webhook.id} is disabled; enable it first.")
    async with gate.unit(by=by) as unit:
        again = _again(unit, old)
        unit.deliveries.append(again)
        unit.publish(
            DeliveryReplayed(
                request_id=old.request_id or None, target=old.target, delivery_id=old.id, event=old.event_type
            )
        )
    return DeliveryView.of(again)


def _again(unit: Unit, old: Delivery) -> Delivery:
    return deliveries.row(
        id=unit.new_id("dlv"),
        event_id=old.event_id,
        event_type=old.event_type,
        request_id=old.request_id,
        target=old.target,
        payload=old.payload,
        due_at=unit.at,
        created_at=unit.at,
    )


def checked_events(words: Iterable[str]) -> tuple[str, ...]:
    """Return the events that a webhook wants, each once. Raises Invalid that names the nearest right one."""
    wanted = tuple(dict.fromkeys(words))
    if not wanted:
        raise Invalid(f"events must name at least one event, or {EVERYTHING} for all", field="events")
    for word in wanted:
        if word != EVERYTHING and word not in EVENTS:
            near = difflib.get_close_matches(word, EVENTS, n=1, cutoff=0)
            hint = f"; did you mean {near[0]}?" if near else ""
            raise Invalid(f"events: there is no event “{word[:60]}”{hint}", field="events")
    return wanted


def _saved(unit: Unit, view: WebhookView, *, reason: str | None = None) -> None:
    unit.publish(
        WebhookSaved(
            webhook_id=view.id, url=view.shown_url, events=list(view.events), enabled=view.enabled, reason=reason
        )
    )
    unit.changed_webhooks = True
