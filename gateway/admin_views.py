"""Frozen values about what admins keep: keys, policies and webhooks."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, Self

from gateway.views import Actor
from models.tables import Delivery, Key, Policy, Webhook
from models.words import DeliveryState, Scope


@dataclass(frozen=True, slots=True)
class KeyView:
    """An API key, without the key."""

    id: str
    name: str
    scopes: tuple[Scope, ...]
    rate_limit: int | None
    created_by: str
    created_at: datetime
    expires_at: datetime | None
    last_used_at: datetime | None
    revoked_at: datetime | None

    def is_active(self, now: datetime) -> bool:
        """Whether the key still opens the door."""
        return self.revoked_at is None and (self.expires_at is None or self.expires_at > now)

    @property
    def actor(self) -> Actor:
        """Return the actor that acts with this key."""
        return Actor("api", self.name, key_id=self.id, scopes=frozenset(self.scopes))

    @property
    def visitor(self) -> Actor:
        """Return the actor that acts with this key in a browser."""
        return replace(self.actor, kind="web")

    @classmethod
    def of(cls, row: Key) -> Self:
        """Build from a row."""
        scopes = tuple(Scope(word) for word in row.scopes)
        return cls(
            row.id,
            row.name,
            scopes,
            row.rate_limit,
            row.created_by,
            row.created_at,
            row.expires_at,
            row.last_used_at,
            row.revoked_at,
        )


@dataclass(frozen=True, slots=True)
class PolicyView:
    """A policy as it is stored: its rules are the JSON that was saved."""

    id: str
    name: str
    priority: int
    enabled: bool
    rules: tuple[Mapping[str, Any], ...]
    created_at: datetime
    updated_at: datetime

    @classmethod
    def of(cls, row: Policy) -> Self:
        """Build from a row."""
        return cls(row.id, row.name, row.priority, row.enabled, tuple(row.rules), row.created_at, row.updated_at)


@dataclass(frozen=True, slots=True)
class WebhookView:
    """A webhook, without its secret."""

    id: str
    url: str
    events: tuple[str, ...]
    enabled: bool
    disabled_reason: str | None
    created_by: str
    created_at: datetime
    updated_at: datetime

    @property
    def shown_url(self) -> str:
        """Return the address without its query, which may hold what opens something."""
        return self.url.partition("?")[0]

    @classmethod
    def of(cls, row: Webhook) -> Self:
        """Build from a row."""
        return cls(
            row.id,
            row.url,
            tuple(row.events),
            row.enabled,
            row.disabled_reason,
            row.created_by,
            row.created_at,
            row.updated_at,
        )


@dataclass(frozen=True, slots=True)
class DeliveryView:
    """One event on its way to a webhook; `answer` is the last HTTP status."""

    id: str
    event: str
    request_id: str | None
    state: DeliveryState
    attempts: int
    answer: int | None
    last_error: str | None
    created_at: datetime
    next_try_at: datetime | None
    settled_at: datetime | None

    @classmethod
    def of(cls, row: Delivery) -> Self:
        """Build from a row."""
        return cls(
            id=row.id,
            event=row.event_type,
            request_id=row.request_id or None,
            state=DeliveryState(row.state),
            attempts=row.attempts,
            answer=row.answer,
            last_error=row.last_error,
            created_at=row.created_at,
            next_try_at=row.due_at if row.state == DeliveryState.DUE.value else None,
            settled_at=row.settled_at,
        )
