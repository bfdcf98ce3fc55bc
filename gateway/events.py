"""One frozen dataclass per event: its `type` is the word in audit rows, webhooks, log lines and docs.

`details()` is what the audit row keeps beside who, when and which request. Never params, keys or links.
"""

from dataclasses import asdict, dataclass
from typing import Any, ClassVar


@dataclass(frozen=True, slots=True, kw_only=True)
class GateEvent:
    """Something that happened."""

    type: ClassVar[str]
    tells: ClassVar[bool] = False
    """Whether the request's targets hear of it."""

    request_id: str | None = None
    action: str | None = None

    def details(self) -> dict[str, Any]:
        """Return what the audit row keeps: every field that is given, in camelCase."""
        own = asdict(self)
        del own["request_id"], own["action"]
        return {camel(name): value for name, value in own.items() if value is not None}


def camel(name: str) -> str:
    """Return a field's name as it is written in JSON."""
    first, *rest = name.split("_")
    return first + "".join(word.capitalize() for word in rest)


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCreated(GateEvent):
    """An agent asked."""

    type: ClassVar[str] = "request.created"
    digest: str
    urgency: str
    outcome: str
    policy: str | None = None
    rule: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestPending(GateEvent):
    """A human is needed."""

    type: ClassVar[str] = "request.pending"
    tells: ClassVar[bool] = True
    approvals_needed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestVoted(GateEvent):
    """Somebody answered, and more answers are needed."""

    type: ClassVar[str] = "request.voted"
    tells: ClassVar[bool] = True
    decision: str
    reason: str | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestApproved(GateEvent):
    """A person or a policy said yes."""

    type: ClassVar[str] = "request.approved"
    tells: ClassVar[bool] = True
    digest: str
    reason: str | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDenied(GateEvent):
    """A person or a policy said no."""

    type: ClassVar[str] = "request.denied"
    tells: ClassVar[bool] = True
    digest: str
    reason: str | None = None
    claimed_by: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestDecided(GateEvent):
    """The one decision was recorded: once, beside `request.approved` or `request.denied`, by the same actor."""

    type: ClassVar[str] = "request.decided"
    decision: str
    digest: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestExpired(GateEvent):
    """Nobody answered in time."""

    type: ClassVar[str] = "request.expired"
    tells: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestCancelled(GateEvent):
    """The asker, or an admin, withdrew it."""

    type: ClassVar[str] = "request.cancelled"
    tells: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestConfirmed(GateEvent):
    """The asker reported what came of it."""

    type: ClassVar[str] = "request.confirmed"


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestReminded(GateEvent):
    """It still waits, and the rule's `remindAfterSec` is over; said where the card hangs."""

    type: ClassVar[str] = "request.reminded"
    tells: ClassVar[bool] = True


@dataclass(frozen=True, slots=True, kw_only=True)
class RequestEscalated(GateEvent):
    """Nobody answered within the rule's `escalateAfterSec`; the card goes to others too."""

    type: ClassVar[str] = "request.escalated"
    tells: ClassVar[bool] = True
    to: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkIssued(GateEvent):
    """One recipient got links; `verdicts` says what each is for: `approved`, `denied`, `view`."""

    type: ClassVar[str] = "link.issued"
    recipient: str
    verdicts: list[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class LinkUsed(GateEvent):
    """Somebody answered by a link, and nobody can use it again."""

    type: ClassVar[str] = "link.used"
    recipient: str
    verdict: str


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyCreated(GateEvent):
    """A key was made."""

    type: ClassVar[str] = "key.created"
    key_id: str
    name: str
    scopes: list[str]
    rate_limit: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyUpdated(GateEvent):
    """A key's name, scopes or limit changed, or its secret (`rotated`)."""

    type: ClassVar[str] = "key.updated"
    key_id: str
    name: str
    scopes: list[str]
    rate_limit: int | None = None
    rotated: bool | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyRevoked(GateEvent):
    """A key was revoked."""

    type: ClassVar[str] = "key.revoked"
    key_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicySaved(GateEvent):
    """A policy was made or changed; with the rules as they are now."""

    type: ClassVar[str] = "policy.saved"
    policy_id: str
    name: str
    priority: int
    enabled: bool
    rules: list[Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class PolicyDeleted(GateEvent):
    """A policy was deleted."""

    type: ClassVar[str] = "policy.deleted"
    policy_id: str
    name: str


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookSaved(GateEvent):
    """A webhook was made or changed, or was disabled by itself, for a `reason`; its address without the query."""

    type: ClassVar[str] = "webhook.saved"
    webhook_id: str
    url: str
    events: list[str]
    enabled: bool
    reason: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class WebhookDeleted(GateEvent):
    """A webhook was deleted."""

    type: ClassVar[str] = "webhook.deleted"
    webhook_id: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonLinked(GateEvent):
    """An identity was said to be a person's."""

    type: ClassVar[str] = "person.linked"
    person: str
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PersonUnlinked(GateEvent):
    """An identity is nobody's any more."""

    type: ClassVar[str] = "person.unlinked"
    identity: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryFailed(GateEvent):
    """A target refused a notification for good; `error` is the platform's own word, `event` what it should tell."""

    type: ClassVar[str] = "delivery.failed"
    target: str
    error: str
    event: str


@dataclass(frozen=True, slots=True, kw_only=True)
class DeliveryReplayed(GateEvent):
    """Somebody had a webhook's delivery sent again."""

    type: ClassVar[str] = "delivery.replayed"
    target: str
    delivery_id: str
    event: str


EVENTS = {event.type: event for event in GateEvent.__subclasses__()}
"""Every event there is, by its word. (A slotted dataclass has a twin without slots before it: the last one counts.)"""
