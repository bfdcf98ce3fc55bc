"""What webhooks are told: which event goes to which of them, with its body as things are at that moment."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.moments import write_moment
from gateway.shapes import request_shape
from gateway.subscriptions import Subscription
from gateway.targets import unique
from gateway.views import Approval, RequestView
from models import requests, votes
from models.tables import Event


@dataclass(frozen=True, slots=True)
class Announcement:
    """An event on its way to one webhook; `payload` is the body, the same for every webhook that hears of it."""

    event: Event
    target: str
    payload: Mapping[str, Any]


async def announcements(
    published: Sequence[Event],
    subscriptions: Sequence[Subscription],
    *,
    named: Mapping[str, Sequence[str]],
    at: datetime,
    public_url: str,
) -> list[Announcement]:
    """Return what a unit has to tell webhooks: those that want its events, and those that a rule `named` by event."""
    shapes: dict[str, Mapping[str, Any]] = {}
    found: list[Announcement] = []
    for event in published:
        wanting = [subscription.target for subscription in subscriptions if subscription.wants(event)]
        targets = unique((*named.get(event.id, ()), *wanting))
        if not targets:
            continue
        if event.request_id is not None and event.request_id not in shapes:
            shapes[event.request_id] = await _shape(event.request_id, at=at, public_url=public_url)
        payload = payload_of(event, shapes.get(event.request_id or ""))
        found += [Announcement(event, target, payload) for target in targets]
    return found


def payload_of(event: Event, request: Mapping[str, Any] | None) -> dict[str, Any]:
    """Return a webhook's body: the event's details and, where it is about one, the request as the API shows it."""
    about = {"request": dict(request)} if request is not None else {}
    return {
        "event": event.type,
        "timestamp": write_moment(event.created_at),
        "actor": event.actor,
        "data": {**event.details, **about},
    }


async def _shape(request_id: str, *, at: datetime, public_url: str) -> Mapping[str, Any]:
    """Read a request inside the unit, so as it will be when the unit is committed."""
    row = await requests.find(request_id)
    if row is None:
        raise LookupError(f"{request_id} has an event and is not stored")
    cast = tuple(Approval.of(vote) for vote in await votes.of([request_id]))
    return request_shape(RequestView.of(row, cast), now=at, public_url=public_url)
