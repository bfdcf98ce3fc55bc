"""Frozen values about what admins keep: keys and policies."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Self

from gateway.views import Actor
from models.tables import Key, Policy
from models.words import Scope


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
