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
    """Approved at once, by `policy:NAME`."""
    AUTO_DENY = "auto_deny"
    """Denied at once, by `policy:NAME`."""
    ROUTE_TO_HUMAN = "route_to_human"
    """Waits for a person; the default channels hear of it."""
    ROUTE_TO_AGENT = "route_to_agent"
    """Waits for a key with `request:decide`; nobody is disturbed unless `channels` says so."""


class Operator(StrEnum):
    """How a rule's condition compares a value with its operand."""

    EQ = "$eq"
    """A string, number, boolean or null: the value is the same."""
    NE = "$ne"
    """A string, number, boolean or null: the value is not the same, or is missing."""
    LT = "$lt"
    """A number: the value is a number below it."""
    LTE = "$lte"
    """A number: the value is a number up to it."""
    GT = "$gt"
    """A number: the value is a number above it."""
    GTE = "$gte"
    """A number: the value is a number from it on."""
    IN = "$in"
    """A list of strings, numbers, booleans or nulls: the value is one of them."""
    NIN = "$nin"
    """A list of strings, numbers, booleans or nulls: the value is none of them, or is missing."""
    REGEX = "$regex"
    """An RE2 pattern, 1 000 characters at most: it is found in the value, a string; anchor it with `^` and `$`."""
    GLOB = "$glob"
    """A pattern with `*` and `?`, 1 000 characters at most: the value, a string, matches as a whole."""
    EXISTS = "$exists"
    """True or false: the value is there, or is not."""


class DeciderType(StrEnum):
    """What kind of actor ended a request."""

    HUMAN = "human"
    POLICY = "policy"
    SYSTEM = "system"


class Scope(StrEnum):
    """What an API key may do; `admin` implies the rest."""

    ADMIN = "admin"
    """Everything."""
    REQUEST_CREATE = "request:create"
    """To ask, and to follow what it asked."""
    REQUEST_READ = "request:read"
    """To read every request."""
    REQUEST_DECIDE = "request:decide"
    """To approve and deny."""
    AUDIT_READ = "audit:read"
    """To search and export the audit trail."""
    WEBHOOK_MANAGE = "webhook:manage"
    """To keep webhooks, and so to hear of everything."""
    POLICY_MANAGE = "policy:manage"
    """To keep policies."""
    KEY_MANAGE = "key:manage"
    """To keep keys."""


class DeliveryState(StrEnum):
    """Whether a delivery still has to reach its target."""

    DUE = "due"
    DONE = "done"
    DEAD = "dead"
