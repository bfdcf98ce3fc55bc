"""Queries about pending requests that somebody is to be reminded of, or told of.

A claim empties the moment that was due, so of many who try one wins.
"""

from collections.abc import Sequence
from datetime import datetime

from models.tables import Request
from models.words import Status


async def to_remind(*, at: datetime, limit: int) -> list[str]:
    """Return ids of pending requests of which to remind by now, the longest due first."""
    return await _due("remind_at", at=at, limit=limit)


async def to_escalate(*, at: datetime, limit: int) -> list[str]:
    """Return ids of pending requests of which to tell others by now, the longest due first."""
    return await _due("escalate_at", at=at, limit=limit)


async def _due(column: str, *, at: datetime, limit: int) -> list[str]:
    due = Request.filter(status=Status.PENDING.value, **{f"{column}__lte": at})
    return [str(row) for row in await due.order_by(column).limit(limit).values_list("id", flat=True)]


async def claim_reminder(request_id: str, *, at: datetime) -> bool:
    """Take a reminder upon oneself; False when another has, or the request has ended."""
    won = await Request.filter(id=request_id, status=Status.PENDING.value, remind_at__lte=at).update(remind_at=None)
    return won == 1


async def claim_escalation(request_id: str, *, at: datetime, targets: Sequence[str]) -> bool:
    """Escalate a request to all these targets; False when another has, or the request has ended."""
    won = await Request.filter(id=request_id, status=Status.PENDING.value, escalate_at__lte=at).update(
        escalate_at=None, escalated_at=at, updated_at=at, targets=list(targets)
    )
    return won == 1
