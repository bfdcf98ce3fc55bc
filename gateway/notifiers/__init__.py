"""How a card reaches a target: the protocol that every channel keeps."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import replace
from typing import Any, Protocol, TypeVar

import structlog

from gateway.card import Card
from gateway.errors import DeliveryRefused

Answer = TypeVar("Answer")

log = structlog.get_logger()

Receipt = Mapping[str, Any]
"""What a platform needs to find a posted card again; stored as JSON."""


class Notifier(Protocol):
    """A channel for cards. Both calls raise DeliveryRefused (never again) or DeliveryPostponed (later)."""

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Show a card at a target for the first time."""
        ...

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Replace a posted card; `event` says what happened. Returns the receipt to keep."""
        ...


async def without_links_if_refused(card: Card, show: Callable[[Card], Awaitable[Answer]], *, word: str) -> Answer:
    """Show a card, without its links where a platform refuses them: better a card with fewer buttons than none.

    `word` is in the refusal of a message that is not taken as it is. Raises what `show` raises.
    """
    try:
        return await show(card)
    except DeliveryRefused as refusal:
        if not card.links or word not in str(refusal):
            raise
        about = card.request_id
        log.warning("delivery.links_refused", request=about, error=str(refusal))
    return await show(replace(card, links=()))
