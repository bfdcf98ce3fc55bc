"""Who hears of which events: the enabled webhooks, read once and forgotten when one changes."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.bells import TRUST_FOR
from gateway.events import DeliveryFailed
from models import webhooks
from models.tables import Event, Webhook

KIND = "webhook"
EVERYTHING = "*"


@dataclass(frozen=True, slots=True)
class Subscription:
    """One enabled webhook and the events it wants."""

    target: str
    events: frozenset[str]

    def wants(self, event: Event) -> bool:
        """Whether this webhook hears of an event: never of what happens to itself.

        Nor of a delivery that was given up and told of another one, or receivers that are gone would keep each other
        busy for ever.
        """
        if EVERYTHING not in self.events and event.type not in self.events:
            return False
        details: Mapping[str, Any] = event.details
        about = (details.get("target"), f"{KIND}:{details.get('webhookId')}")
        is_echo = event.type == DeliveryFailed.type and details["event"] == DeliveryFailed.type
        return self.target not in about and not is_echo

    @classmethod
    def of(cls, row: Webhook) -> "Subscription":
        """Build from a row."""
        return cls(f"{KIND}:{row.id}", frozenset(row.events))


class Subscriptions:
    """All enabled webhooks."""

    def __init__(self, *, now: Callable[[], datetime]) -> None:
        self._now = now
        self._known: tuple[Subscription, ...] = ()
        self._until: datetime | None = None
        self._age = 0

    async def in_force(self) -> tuple[Subscription, ...]:
        """Return the enabled webhooks, the oldest first."""
        now = self._now()
        if self._until is None or not now < self._until <= now + TRUST_FOR:  # over, or the clock stepped back
            age = self._age
            known = tuple(Subscription.of(row) for row in await webhooks.enabled())
            if age != self._age:
                return await self.in_force()
            self._known, self._until = known, now + TRUST_FOR
        return self._known

    def forget(self) -> None:
        """Empty the cache: a webhook has changed."""
        self._until = None
        self._age += 1
