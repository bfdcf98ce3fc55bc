"""One request in the book of a fake gate: its state, its votes, and what happened to it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from agentgate._digest import digest_of
from agentgate._models import Status

from ._problems import Problem


@dataclass(slots=True)
class Entry:
    """A request, and who waits for it."""

    id: str
    code: str
    action: str
    params: dict[str, Any]
    context: dict[str, Any]
    urgency: str
    asked_by: str
    created_at: datetime
    expires_at: datetime
    url: str
    needed: int = 1
    policy: str | None = None
    status: Status = Status.PENDING
    decided_at: datetime | None = None
    decided_by: str | None = None
    decided_by_type: str | None = None
    reason: str | None = None
    votes: list[dict[str, Any]] = field(default_factory=list)
    confirmed_at: datetime | None = None
    result: dict[str, Any] | None = None
    events: list[dict[str, Any]] = field(default_factory=list)
    waiting: set[Callable[[], None]] = field(default_factory=set)

    @property
    def is_pending(self) -> bool:
        """Whether it can still be decided."""
        return self.status is Status.PENDING

    def happened(self, event: str, by: str, at: datetime, **details: Any) -> None:
        """Note an event."""
        number = len(self.events) + 1
        self.events.append(
            {
                "id": f"evt_{self.id[4:]}_{number}",
                "requestId": self.id,
                "eventType": f"request.{event}",
                "actor": by,
                "details": details,
                "createdAt": written(at),
            }
        )

    def end(self, status: Status, by: str, kind: str, at: datetime, reason: str | None = None) -> None:
        """Close the request and wake whoever waits for it."""
        self.status, self.decided_by, self.decided_by_type = status, by, kind
        self.decided_at, self.reason = at, reason
        self.happened(status.value, by, at)
        if status in {Status.APPROVED, Status.DENIED}:
            self.happened("decided", by, at, decision=status.value, digest=digest_of(self.action, self.params))
        for wake in tuple(self.waiting):
            wake()

    def check_open(self, now: datetime) -> None:
        """Raise the conflict that a final request is."""
        sentences = {
            Status.APPROVED: f"{self.code} was already approved by {self.decided_by}.",
            Status.DENIED: f"{self.code} was already denied by {self.decided_by}.",
            Status.EXPIRED: f"{self.code} has expired: nobody answered in time.",
            Status.CANCELLED: f"{self.code} was cancelled by {self.decided_by}.",
        }
        if not self.is_pending:
            raise Problem(409, "already_final", sentences[self.status], self.shape(now))

    def shape(self, now: datetime) -> dict[str, Any]:
        """Return the request in the API's shape."""
        left = (self.expires_at - now).total_seconds() * 1000 if self.is_pending else None
        changed_at = max(self.created_at, self.decided_at or self.created_at, self.confirmed_at or self.created_at)
        return {
            "id": self.id,
            "code": self.code,
            "action": self.action,
            "params": self.params,
            "context": self.context,
            "digest": digest_of(self.action, self.params),
            "status": self.status.value,
            "urgency": self.urgency,
            "requestedBy": self.asked_by,
            "createdAt": written(self.created_at),
            "updatedAt": written(changed_at),
            "expiresAt": written(self.expires_at),
            "decidedAt": written(self.decided_at) if self.decided_at else None,
            "decidedBy": self.decided_by,
            "decidedByType": self.decided_by_type,
            "decisionReason": self.reason,
            "approvalsNeeded": self.needed,
            "requireReason": False,
            "approvals": list(self.votes),
            "policyDecision": self._policy_decision(),
            "confirmedAt": written(self.confirmed_at) if self.confirmed_at else None,
            "result": self.result,
            "url": self.url,
            "slaRemainingMs": None if left is None else max(int(left), 0),
        }

    def _policy_decision(self) -> dict[str, Any]:
        words = {Status.APPROVED: "auto_approve", Status.DENIED: "auto_deny"}
        word = words[self.status] if self.policy else "route_to_human"
        rule = 0 if self.policy else None
        return {"decision": word, "policy": self.policy, "rule": rule, "approvers": [], "channels": []}


def written(moment: datetime) -> str:
    """Write a time the API's way."""
    return moment.isoformat(timespec="milliseconds").replace("+00:00", "Z")
