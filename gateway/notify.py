"""Tell one target how a request stands: post its card, or edit the one that is there."""

from gateway import browse
from gateway.cards import request_card
from gateway.errors import DeliveryPostponed
from gateway.gate import Gate
from gateway.targets import kind_of
from gateway.views import RequestView
from models import deliveries
from models.tables import Delivery


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
    if posted is not None and posted.shows == request.updated_at:
        return  # an earlier delivery has said this already; earlier or later is no measure, for clocks step back
    card = request_card(request, now=gate.now(), public_url=gate.options.public_url)
    event = _what_it_says(request, delivery)
    if posted is None:
        receipt = await notifier.post(delivery.target, card, event=event)
    else:
        receipt = await notifier.edit(delivery.target, posted.receipt, card, event=event)
    await deliveries.keep_message(
        gate.new_id("msg"),
        request_id=request.id,
        target=delivery.target,
        receipt=dict(receipt),
        shows=request.updated_at,
        at=gate.now(),
    )


def _what_it_says(request: RequestView, delivery: Delivery) -> str:
    """Return what the card tells: the outcome once there is one, though an earlier vote's delivery brings it."""
    return f"request.{request.status.value}" if request.status.is_final else delivery.event_type
