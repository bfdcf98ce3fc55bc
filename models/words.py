"""The closed vocabularies: every word that the database, the API and the chat share."""

from enum import StrEnum


class Status(StrEnum):
    """Where a request stands; every word but `pending` is final."""

    PENDING = "pending"
    APPROVED = "approved"
    DENIED = "denied"
    EXPIRED = "expired"
    CANCELLED = "cancelled"

    @property
    def is_final(self) -> bool:
        """Whether nothing can change any more."""
        return self is not Status.PENDING


class Decision(StrEnum):
    """What a person or a policy answers."""

    APPROVED = "approved"
    DENIED = "denied"


class Verdict(StrEnum):
    """What one link is for: the decision it leads to, or looking only."""

    APPROVED = "approved"
    DENIED = "denied"
    VIEW = "view"


class Urgency(StrEnum):
    """How much the asker says it hurries."""

    LOW = "low"
    NORMAL = "normal"
    HIGH = "high"
    CRITICAL = "critical"


class Outcome(StrEnum):
    """What a policy's rule answers."""

    AUTO_APPROVE = "auto_approve"
    AUTO_DENY = "auto_deny"
    ROUTE_TO_HUMAN = "route_to_human"
    ROUTE_TO_AGENT = "route_to_agent"


class DeciderType(StrEnum):
    """What kind of actor ended a request."""

    HUMAN = "human"
    POLICY = "policy"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API key may do; `admin` implies the rest."""

    ADMIN = "admin"
    REQUEST_CREATE = "request:create"
    REQUEST_READ = "request:read"
    REQUEST_DECIDE = "request:decide"
    AUDIT_READ = "audit:read"
    WEBHOOK_MANAGE = "webhook:manage"
    POLICY_MANAGE = "policy:manage"
    KEY_MANAGE = "key:manage"


class DeliveryState(StrEnum):
    """Whether a delivery still has to reach its target."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"
