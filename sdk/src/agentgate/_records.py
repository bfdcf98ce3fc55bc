"""What administrators and auditors read: audit entries, policies, keys – frozen like the rest."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import Self

from ._fields import (
    Json,
    flag,
    many,
    mapping,
    moment,
    needed_text,
    number,
    text,
    words,
)


@dataclass(frozen=True, slots=True)
class RequestSummary:
    """As much of a request as an audit entry tells."""

    id: str
    action: str | None = None
    status: str | None = None
    urgency: str | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape."""
        return cls(
            needed_text(source, "id"),
            text(source, "action"),
            text(source, "status"),
            text(source, "urgency"),
            source,
        )


@dataclass(frozen=True, slots=True)
class AuditEntry:
    """Something that happened: what, who did it, when."""

    id: str
    event_type: str
    actor: str | None = None
    request_id: str | None = None
    details: Json = field(default_factory=dict, hash=False)
    created_at: datetime | None = None
    request: RequestSummary | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape; ids may be numbers."""
        summary = mapping(source, "request")
        return cls(
            _identity(source),
            needed_text(source, "eventType"),
            text(source, "actor"),
            text(source, "requestId"),
            mapping(source, "details"),
            moment(source, "createdAt"),
            RequestSummary.from_json(summary) if summary else None,
            source,
        )


@dataclass(frozen=True, slots=True)
class Policy:
    """Ordered rules under a name; the lower the priority number, the earlier it is asked."""

    id: str
    name: str
    priority: int = 0
    enabled: bool = True
    rules: tuple[Json, ...] = field(default=(), hash=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape."""
        return cls(
            _identity(source),
            needed_text(source, "name"),
            number(source, "priority") or 0,
            flag(source, "enabled", absent=True),
            many(source, "rules", _itself),
            source,
        )


@dataclass(frozen=True, slots=True)
class Key:
    """An API key; `secret` is there once, in the answer to its creation."""

    id: str
    name: str
    scopes: tuple[str, ...] = ()
    rate_limit: int | None = None
    created_at: datetime | None = None
    last_used_at: datetime | None = None
    revoked_at: datetime | None = None
    expires_at: datetime | None = None
    active: bool = True
    secret: str | None = field(default=None, repr=False)
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape."""
        return cls(
            _identity(source),
            needed_text(source, "name"),
            words(source, "scopes"),
            number(source, "rateLimit"),
            moment(source, "createdAt"),
            moment(source, "lastUsedAt"),
            moment(source, "revokedAt"),
            moment(source, "expiresAt"),
            flag(source, "active", absent=source.get("revokedAt") is None),
            text(source, "key"),
            source,
        )


def _identity(source: Json) -> str:
    """Read an id that older gates may send as a number."""
    value = source.get("id")
    return str(value) if isinstance(value, int) and not isinstance(value, bool) else needed_text(source, "id")


def _itself(rule: Json) -> Json:
    return rule
