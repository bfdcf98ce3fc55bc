"""Everything that AgentGate refuses, and why; knows no transport.

GateError
├── Invalid                a value that cannot be used (which one, why)
│   ├── InvalidPolicy      a policy that could not be evaluated
│   └── ReasonRequired     the rule asks for a reason
├── Unauthorized           no key, or none that counts
├── Forbidden              a known actor may not do this
│   ├── SelfApproval       nobody decides what they asked
│   └── NotAnApprover      the rule names others
├── NotFound               there is no such thing
├── Conflict               it cannot be done any more
│   ├── AlreadyFinal       the request has been decided, has expired or was cancelled
│   ├── DigestMismatch     what was shown is not what is asked
│   ├── IdempotencyClash   the same key with another body
│   ├── NotConfirmable     only approved requests, and only once
│   ├── NameTaken          the name is in use
│   └── AdminExists        the first admin key has been made
├── Gone                   it was there once and is at its end
├── TooManyRequests        a limit was reached; says when to come back
└── Unavailable            the database does not answer; nothing was done
DeliveryError
├── DeliveryRefused        this target will never take it
└── DeliveryPostponed      try again, when it says so or by the ladder
"""

from datetime import timedelta
from typing import TYPE_CHECKING

LONGEST_WORD = 500
"""How much is kept of what a platform says: an answer may be a whole page."""

if TYPE_CHECKING:  # views are only named here, never used
    from gateway.views import RequestView


class GateError(Exception):
    """A refusal, in a sentence that a person can act on."""

    code = "error"

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(GateError):
    """A value cannot be used; `field` says which."""

    code = "invalid"

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class InvalidPolicy(Invalid):
    """A policy could not be evaluated as it is written."""

    code = "invalid_policy"


class ReasonRequired(Invalid):
    """The rule asks for a reason and none was given."""

    code = "reason_required"


class Unauthorized(GateError):
    """No key was shown, or none that counts."""

    code = "unauthorized"


class Forbidden(GateError):
    """A known actor may not do this."""

    code = "forbidden"


class SelfApproval(Forbidden):
    """Nobody decides what they asked themselves."""

    code = "self_approval"


class NotAnApprover(Forbidden):
    """Others may decide this request."""

    code = "not_an_approver"


class NotFound(GateError):
    """There is no such thing."""

    code = "not_found"


class Conflict(GateError):
    """It cannot be done any more, or not this way."""

    code = "conflict"


class RequestConflict(Conflict):
    """A conflict with how a request stands; carries that request."""

    def __init__(self, sentence: str, *, request: "RequestView") -> None:
        super().__init__(sentence)
        self.request = request


class AlreadyFinal(RequestConflict):
    """The request has been decided, has expired or was cancelled."""

    code = "already_final"


class DigestMismatch(RequestConflict):
    """The digest that was sent is not this request's."""

    code = "digest_mismatch"


class NotConfirmable(RequestConflict):
    """Only an approved request can be confirmed, and only once."""

    code = "not_confirmable"


class IdempotencyClash(Conflict):
    """The idempotency key was used for something else."""

    code = "idempotency_clash"


class NameTaken(Conflict):
    """The name is in use."""

    code = "name_taken"


class AdminExists(Conflict):
    """There is an active admin key, so this is not the first."""

    code = "admin_exists"


class Gone(GateError):
    """A link has been used, was ended by another answer, or its time is over."""

    code = "gone"


class TooManyRequests(GateError):
    """A limit was reached; `retry_after` says when to come back."""

    code = "too_many_requests"

    def __init__(self, sentence: str, *, retry_after: timedelta) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(GateError):
    """The database does not answer; nothing was done."""

    code = "unavailable"


class DeliveryError(Exception):
    """A card could not be posted or edited; carries the platform's own word, as far as a database takes it."""

    def __init__(self, word: str) -> None:
        kept = word[:LONGEST_WORD].replace("\x00", "\ufffd")
        super().__init__(kept.encode(errors="replace").decode())


class DeliveryRefused(DeliveryError):
    """This target will never take it: trying again is of no use."""


class DeliveryPostponed(DeliveryError):
    """Try again: when the platform says so, else by the ladder of `routing.next_try`."""

    def __init__(self, word: str, *, retry_after: timedelta | None = None) -> None:
        super().__init__(word)
        self.retry_after = retry_after
