"""Frozen values that cross to the doors."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any, Generic, Self, TypeVar

from models.tables import Event, Request, Vote
from models.words import DeciderType, Decision, Outcome, Scope, Status, Urgency

Item = TypeVar("Item")


def shown_code(code: str) -> str:
    """Return a short code as people read it: `k7qm-3vtx`."""
    return f"{code[:4]}-{code[4:]}"


@dataclass(frozen=True, slots=True)
class Actor:
    """Who does something, written `kind:id`.

    A door builds it from what its platform has verified: `groups` are memberships (`slack:S0SRE`, `discord:role:77`),
    `place` is the target the actor acts from, `key_id` and `scopes` belong to an API key.
    """

    kind: str
    id: str
    groups: frozenset[str] = frozenset()
    place: str | None = None
    key_id: str | None = None
    scopes: frozenset[Scope] = frozenset()

    def __str__(self) -> str:
        return f"{self.kind}:{self.id}"

    @property
    def identity(self) -> str:
        """Return who counts, by whichever door.

        Behind a link stands whom it was made for, `link:slack:U1` is `slack:U1`; behind a browser stands a key,
        `web:lea` is `api:lea`.
        """
        match self.kind:
            case "link":
                return self.id.replace("discord:user:", "discord:")
            case "web":
                return f"api:{self.id}"
            case _:
                return str(self)

    @classmethod
    def parse(cls, written: str) -> Self:
        """Read `kind:id`."""
        kind, _, rest = written.partition(":")
        return cls(kind, rest)

    def may(self, scope: Scope) -> bool:
        """Whether this actor's key has the scope; `admin` implies all."""
        return scope in self.scopes or Scope.ADMIN in self.scopes


SYSTEM_CLOCK = Actor("system", "clock")
SYSTEM_EXPIRY = Actor("system", "expiry")
SYSTEM_OUTBOX = Actor("system", "outbox")
SYSTEM_START = Actor("system", "start")


@dataclass(frozen=True, slots=True)
class Ask:
    """What an agent asks for."""

    action: str
    params: Mapping[str, Any] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    urgency: Urgency = Urgency.NORMAL
    expires_at: datetime | None = None
    expires_in: timedelta | None = None
    idempotency_key: str | None = None


@dataclass(frozen=True, slots=True)
class PolicyDecision:
    """Which rule answered a request, and what it said."""

    outcome: Outcome
    policy: str | None = None
    rule: int | None = None
    approvers: tuple[str, ...] = ()
    channels: tuple[str, ...] = ()
    note: str | None = None
    escalate_to: tuple[str, ...] = ()

    def as_json(self) -> dict[str, Any]:
        """Return the stored and published shape."""
        shape: dict[str, Any] = {
            "decision": self.outcome.value,
            "policy": self.policy,
            "rule": self.rule,
            "approvers": list(self.approvers),
            "channels": list(self.channels),
        }
        if self.escalate_to:
            shape["escalateTo"] = list(self.escalate_to)
        return shape | ({"note": self.note} if self.note else {})

    @classmethod
    def from_json(cls, shape: Mapping[str, Any]) -> Self:
        """Read the stored shape."""
        return cls(
            outcome=Outcome(shape["decision"]),
            policy=shape["policy"],
            rule=shape["rule"],
            approvers=tuple(shape["approvers"]),
            channels=tuple(shape["channels"]),
            note=shape.get("note"),
            escalate_to=tuple(shape.get("escalateTo", ())),
        )


@dataclass(frozen=True, slots=True)
class Approval:
    """One vote, as it is shown."""

    by: str
    voter: str
    decision: Decision
    reason: str | None
    at: datetime

    @classmethod
    def of(cls, vote: Vote) -> Self:
        """Build from a row."""
        return cls(vote.by, vote.voter, Decision(vote.decision), vote.reason, vote.created_at)


@dataclass(frozen=True, slots=True)
class RequestView:
    """A request as it stood when it was read."""

    id: str
    code: str
    action: str
    params: Mapping[str, Any]
    context: Mapping[str, Any]
    digest: str
    status: Status
    urgency: Urgency
    requested_by: str
    asker_key_id: str | None
    created_at: datetime
    updated_at: datetime
    expires_at: datetime | None
    decided_at: datetime | None
    decided_by: str | None
    decided_by_type: DeciderType | None
    decision_reason: str | None
    approvals_needed: int
    require_reason: bool
    approvals: tuple[Approval, ...]
    policy_decision: PolicyDecision
    targets: tuple[str, ...]
    escalated_at: datetime | None
    confirmed_at: datetime | None
    result: Mapping[str, Any] | None

    @property
    def shown_code(self) -> str:
        """Return the short code as people read it: `k7qm-3vtx`."""
        return shown_code(self.code)

    def is_overdue(self, now: datetime) -> bool:
        """Whether it is still pending though its time has run out."""
        return self.status is Status.PENDING and self.expires_at is not None and self.expires_at <= now

    def was_asked_by(self, actor: Actor) -> bool:
        """Whether this actor asked for it: the same key, or the same identity."""
        if self.asker_key_id is not None and actor.key_id is not None:
            return self.asker_key_id == actor.key_id
        return self.requested_by == str(actor)

    @classmethod
    def of(cls, row: Request, votes: tuple[Approval, ...] = ()) -> Self:
        """Build from a row and its votes."""
        return cls(
            id=row.id,
            code=row.code,
            action=row.action,
            params=row.params,
            context=row.context,
            digest=row.digest,
            status=Status(row.status),
            urgency=Urgency(row.urgency),
            requested_by=row.requested_by,
            asker_key_id=row.asker_key_id,
            created_at=row.created_at,
            updated_at=row.updated_at,
            expires_at=row.expires_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
            decided_by_type=DeciderType(row.decided_by_type) if row.decided_by_type else None,
            decision_reason=row.decision_reason,
            approvals_needed=row.approvals_needed,
            require_reason=row.require_reason,
            approvals=votes,
            policy_decision=PolicyDecision.from_json(row.policy_decision),
            targets=tuple(row.targets),
            escalated_at=row.escalated_at,
            confirmed_at=row.confirmed_at,
            result=row.result,
        )


@dataclass(frozen=True, slots=True)
class RequestGlimpse:
    """As much of a request as a line about it needs."""

    id: str
    code: str
    action: str
    status: Status
    urgency: Urgency

    @property
    def shown_code(self) -> str:
        """Return the short code as people read it: `k7qm-3vtx`."""
        return shown_code(self.code)

    @classmethod
    def of(cls, row: Request) -> Self:
        """Build from a row, of which nothing else need be loaded."""
        return cls(row.id, row.code, row.action, Status(row.status), Urgency(row.urgency))


@dataclass(frozen=True, slots=True)
class EventView:
    """An audit entry, with what its request is now."""

    id: str
    type: str
    request_id: str | None
    actor: str
    details: Mapping[str, Any]
    created_at: datetime
    request: RequestGlimpse | None = None

    @classmethod
    def of(cls, row: Event, request: Request | None = None) -> Self:
        """Build from a row."""
        glimpse = RequestGlimpse.of(request) if request else None
        return cls(row.id, row.type, row.request_id, row.actor, row.details, row.created_at, glimpse)


@dataclass(frozen=True, slots=True)
class Page(Generic[Item]):
    """A part of a longer list. `total` stops counting at a cap; `next_cursor` is None on the last page.

    `previous_cursor` leads back towards the newest, where the list can be read both ways; on the first page it is None.
    """

    items: tuple[Item, ...]
    total: int
    total_is_capped: bool
    limit: int
    offset: int
    next_cursor: str | None
    previous_cursor: str | None = None

    @property
    def has_more(self) -> bool:
        """Whether another page follows."""
        return self.next_cursor is not None
