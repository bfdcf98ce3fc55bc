"""Tell one target how a request stands: post its card, or edit the one that is there."""

import asyncio

import structlog

from gateway import browse
from gateway.card import Card, Link
from gateway.cards import request_card
from gateway.errors import DeliveryPostponed
from gateway.events import RequestReminded
from gateway.gate import Gate
from gateway.links import addresses_for
from gateway.notifiers import Receipt
from gateway.targets import kind_of
from gateway.views import RequestView
from models import deliveries
from models.db import Unreachable
from models.tables import Delivery
from models.words import Verdict

AGAIN_SECONDS = 1.0

log = structlog.get_logger()


async def tell(gate: Gate, delivery: Delivery) -> None:
    """Bring a delivery to its target. The card is made now, so the last word wins, whatever came before.

    Raises DeliveryRefused or DeliveryPostponed.
    """
    kind = kind_of(delivery.target)
    notifier = gate.notifiers.get(kind)
    if notifier is None:
        raise DeliveryPostponed(f"{kind} is not configured on this server")
    request = await browse.load(delivery.request_id)
    posted = await deliveries.message(request.id, delivery.target)
    if posted is not None and posted.shows == request.updated_at and not _reminds(request, delivery):
        return  # an earlier delivery has said this already; earlier or later is no measure, for clocks step back
    card = await card_for(gate, request, delivery.target)
    event = _what_it_says(request, delivery)
    if posted is None:
        receipt = await notifier.post(delivery.target, card, event=event)
    else:
        receipt = await notifier.edit(delivery.target, posted.receipt, card, event=event)
    await _note(gate, request, delivery.target, receipt)


async def card_for(gate: Gate, request: RequestView, target: str) -> Card:
    """Return a request's card as a target should show it now."""
    links = await _links(gate, request, target)
    return request_card(request, now=gate.now(), public_url=gate.options.public_url, links=links)


async def card_at(gate: Gate, request: RequestView, place: str) -> Card:
    """Return the card as it should hang at a place, named as its receipt names it: `slack:C123`."""
    return await card_for(gate, request, await deliveries.target_at(request.id, place) or place)


async def _links(gate: Gate, request: RequestView, target: str) -> tuple[Link, ...]:
    """Return what only the reader at this target gets: the addresses that still lead somewhere, the view first."""
    found = await addresses_for(gate, request, target)
    by_verdict = {Verdict.VIEW: found.view, Verdict.APPROVED: found.approve, Verdict.DENIED: found.deny}
    return tuple(Link(verdict, address.url) for verdict, address in by_verdict.items() if address is not None)


async def _note(gate: Gate, request: RequestView, target: str, receipt: Receipt) -> None:
    """Keep a receipt. A database that has just gone is waited for, as long as the delivery may take.

    A card that is posted and not noted would be posted again, and its first copy would never be edited.
    """
    new_id, at = gate.new_id("msg"), gate.now()
    while True:
        try:
            return await deliveries.keep_message(
                new_id, request_id=request.id, target=target, receipt=dict(receipt), shows=request.updated_at, at=at
            )
        except Unreachable as error:
            log.warning("delivery.not_noted_yet", request=request.id, target=target, error=type(error).__name__)
        await asyncio.sleep(AGAIN_SECONDS)


def _reminds(request: RequestView, delivery: Delivery) -> bool:
    """Whether a delivery says again what the card shows already: what waits, waits still."""
    return delivery.event_type == RequestReminded.type and not request.status.is_final


def _what_it_says(request: RequestView, delivery: Delivery) -> str:
    """Return what the card tells: the outcome once there is one, though an earlier vote's delivery brings it."""
    return f"request.{request.status.value}" if request.status.is_final else delivery.event_type
