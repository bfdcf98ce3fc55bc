"""The gate's nouns as frozen values; the gate's own JSON, unknown keys included, stays beside them in `raw`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Generic, Self, TypeVar

from ._fields import (
    Json,
    Nonsense,
    flag,
    many,
    mapping,
    moment,
    needed_text,
    number,
    text,
    words,
)

T = TypeVar("T")


class Status(StrEnum):
    """The states of a request; all but `pending` are final."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's vote on a request."""

    by: str
    decision: str
    reason: str | None = None
    at: datetime | None = None
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape."""
        return cls(
            needed_text(source, "by"),
            needed_text(source, "decision"),
            text(source, "reason"),
            moment(source, "at"),
            source,
        )


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """Which policy and rule answered when the request came in, and how."""

    decision: str
    policy: str | None = None
    rule: int | None = None
    approvers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape."""
        return cls(
            needed_text(source, "decision"),
            text(source, "policy"),
            number(source, "rule"),
            words(source, "approvers"),
            words(source, "channels"),
            source,
        )


@dataclass(frozen=True, slots=True)
class Request:
    """A request for approval: what an agent wants to do, and what became of it."""

    id: str
    status: Status
    action: str
    code: str | None = None
    params: Json = field(default_factory=dict, hash=False)
    context: Json = field(default_factory=dict, hash=False)
    digest: str | None = None
    urgency: str = "normal"
    requested_by: str | None = None
    created_at: datetime | None = None
    updated_at: datetime | None = None
    expires_at: datetime | None = None
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_by_type: str | None = None
    decision_reason: str | None = None
    approvals_needed: int = 1
    approvals: tuple[Approval, ...] = ()
    policy_decision: PolicyDecision | None = None
    confirmed_at: datetime | None = None
    result: Json | None = field(default=None, hash=False)
    url: str | None = None
    sla_remaining_ms: int | None = None
    warnings: tuple[str, ...] = ()
    raw: Json = field(default_factory=dict, repr=False, compare=False)

    @property
    def is_final(self) -> bool:
        """Tell whether nothing can change its status any more."""
        return self.status is not Status.PENDING

    @property
    def is_approved(self) -> bool:
        """Tell whether the action may be done."""
        return self.status is Status.APPROVED

    @classmethod
    def from_json(cls, source: Json) -> Self:
        """Read the API's shape; without an id, an action and a known status it is nonsense."""
        decision = mapping(source, "policyDecision")
        return cls(
            id=needed_text(source, "id"),
            status=_status(source),
            action=needed_text(source, "action"),
            code=text(source, "code"),
            params=mapping(source, "params"),
            context=mapping(source, "context"),
            digest=text(source, "digest"),
            urgency=text(source, "urgency") or "normal",
            requested_by=text(source, "requestedBy"),
            created_at=moment(source, "createdAt"),
            updated_at=moment(source, "updatedAt"),
            expires_at=moment(source, "expiresAt"),
            decided_at=moment(source, "decidedAt"),
            decided_by=text(source, "decidedBy"),
            decided_by_type=text(source, "decidedByType"),
            decision_reason=text(source, "decisionReason"),
            approvals_needed=number(source, "approvalsNeeded") or 1,
            approvals=many(source, "approvals", Approval.from_json),
            policy_decision=PolicyDecision.from_json(decision) if decision else None,
            confirmed_at=moment(source, "confirmedAt"),
            result=mapping(source, "result") if source.get("result") is not None else None,
            url=text(source, "url"),
            sla_remaining_ms=number(source, "slaRemainingMs"),
            warnings=words(source, "warnings"),
            raw=source,
        )


@dataclass(frozen=True, slots=True)
class Page(Generic[T]):
    """One page of a longer list; `next_cursor` asks for the next one."""

    items: tuple[T, ...]
    total: int
    limit: int | None = None
    offset: int | None = None
    has_more: bool = False
    next_cursor: str | None = None
    total_is_capped: bool = False
    raw: Any = field(default_factory=dict, repr=False, compare=False)

    def __iter__(self) -> Iterator[T]:
        return iter(self.items)

    def __len__(self) -> int:
        return len(self.items)

    @classmethod
    def of(cls, items: tuple[T, ...], source: Json) -> Self:
        """Put items and the answer's `pagination` together; without one the list is complete."""
        pages = mapping(source, "pagination")
        total = number(pages, "total")
        return cls(
            items,
            len(items) if total is None else total,
            number(pages, "limit"),
            number(pages, "offset"),
            flag(pages, "hasMore", absent=False),
            text(pages, "nextCursor"),
            flag(pages, "totalIsCapped", absent=False),
            source,
        )


def _status(source: Json) -> Status:
    word = needed_text(source, "status")
    try:
        return Status(word)
    except ValueError as error:
        raise Nonsense("the status is not one that this client knows") from error
