"""How a card reaches a target: the protocol that every channel keeps."""

from collections.abc import Mapping
from typing import Any, Protocol

from gateway.card import Card

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
