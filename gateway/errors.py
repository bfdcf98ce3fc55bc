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
    remedy = ""
    """What whoever meets it can do, for the documentation."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class Invalid(GateError):
    """A value cannot be used; `field` says which."""

    code = "invalid"
    remedy = "correct it"

    def __init__(self, sentence: str, *, field: str | None = None) -> None:
        super().__init__(sentence)
        self.field = field


class InvalidPolicy(Invalid):
    """A policy could not be evaluated as it is written."""

    code = "invalid_policy"
    remedy = "correct it"


class ReasonRequired(Invalid):
    """The rule asks for a reason and none was given."""

    code = "reason_required"
    remedy = "say why"


class Unauthorized(GateError):
    """No key was shown, or none that counts."""

    code = "unauthorized"
    remedy = "send a key that is neither revoked nor expired"


class Forbidden(GateError):
    """You may not do this; names the scope that is missing, or the role."""

    code = "forbidden"
    remedy = "use a key with that scope"


class SelfApproval(Forbidden):
    """Nobody decides what they asked themselves."""

    code = "self_approval"
    remedy = "let somebody else decide"


class NotAnApprover(Forbidden):
    """Others may decide this request; names them."""

    code = "not_an_approver"
    remedy = "ask them"


class NotFound(GateError):
    """There is no such thing."""

    code = "not_found"
    remedy = "look at the id or code"


class Conflict(GateError):
    """It cannot be done any more, or not this way."""

    code = "conflict"
    remedy = "read it anew"


class RequestConflict(Conflict):
    """A conflict with how a request stands; carries that request."""

    def __init__(self, sentence: str, *, request: "RequestView") -> None:
        super().__init__(sentence)
        self.request = request


class AlreadyFinal(RequestConflict):
    """The request has been decided, has expired or was cancelled; says which, and by whom."""

    code = "already_final"
    remedy = "take that as the answer"


class DigestMismatch(RequestConflict):
    """The digest that was sent is not this request's."""

    code = "digest_mismatch"
    remedy = "look at it again before you decide"


class NotConfirmable(RequestConflict):
    """Only an approved request can be confirmed, and only once."""

    code = "not_confirmable"
    remedy = "leave it as it is"


class IdempotencyClash(Conflict):
    """The idempotency key was used for something else."""

    code = "idempotency_clash"
    remedy = "use a new one"


class NameTaken(Conflict):
    """The name is in use."""

    code = "name_taken"
    remedy = "choose another, or change the one there is"


class AdminExists(Conflict):
    """There is an active admin key, so this is not the first."""

    code = "admin_exists"
    remedy = "use that one"


class Gone(GateError):
    """A link has been used, was ended by another answer, or its time is over."""

    code = "gone"
    remedy = "read who decided; decide in the chat, or ask for another link"


class TooManyRequests(GateError):
    """A limit was reached; `Retry-After` says when to come back."""

    code = "too_many_requests"
    remedy = "wait for `Retry-After` seconds"

    def __init__(self, sentence: str, *, retry_after: timedelta) -> None:
        super().__init__(sentence)
        self.retry_after = retry_after


class Unavailable(GateError):
    """The database does not answer; nothing was done."""

    code = "unavailable"
    remedy = "try again after `Retry-After` seconds"


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
