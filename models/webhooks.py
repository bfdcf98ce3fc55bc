"""Queries about webhooks."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from models.tables import Webhook


async def add(**columns: Any) -> Webhook:
    """Insert a webhook."""
    return await Webhook.create(**columns)


async def find(webhook_id: str) -> Webhook | None:
    """Return the webhook with this id."""
    return await Webhook.get_or_none(id=webhook_id)


async def all_webhooks() -> Sequence[Webhook]:
    """Return every webhook, the oldest first."""
    return await Webhook.all().order_by("id")


async def enabled() -> Sequence[Webhook]:
    """Return the webhooks that hear of events, the oldest first."""
    return await Webhook.filter(enabled=True).order_by("id")


async def change(webhook_id: str, **columns: Any) -> bool:
    """Change a webhook; return whether there was one."""
    return await Webhook.filter(id=webhook_id).update(**columns) == 1


async def disable(webhook_id: str, *, url: str, reason: str, at: datetime) -> bool:
    """Disable a webhook that still has this address; return whether this call was the one that did."""
    still = Webhook.filter(id=webhook_id, url=url, enabled=True)
    return await still.update(enabled=False, disabled_reason=reason, updated_at=at) == 1


async def remove(webhook_id: str) -> bool:
    """Delete a webhook; return whether there was one."""
    return await Webhook.filter(id=webhook_id).delete() == 1
