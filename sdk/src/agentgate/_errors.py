"""Everything that can go wrong, as one tree; no branch of it can be mistaken for an approval.

AgentGateError
├── Refused               the request ended, and not with an approval
│   ├── Denied            a person or a policy said no
│   ├── Expired           nobody answered in time
│   └── Cancelled         it was withdrawn
├── WaitTimeout           still pending when our own patience ended
├── Unavailable           the gate could not be reached, or what answered made no sense
├── AlreadyDone           approved and done before, so a guarded block is not entered again
├── ArgumentsChanged      a guarded function's arguments changed after they were approved
└── ApiError              the gate understood and said no; its HTTP answer
    ├── InvalidRequest    400, 413, 415, 422
    ├── Unauthorized      401
    ├── Forbidden         403
    ├── NotFound          404
    ├── Conflict          409, carries the current request
    ├── Gone              410
    └── RateLimited       429, carries how long to wait
"""

from __future__ import annotations

from ._models import Request


class AgentGateError(Exception):
    """Anything this package raises on purpose."""


class Refused(AgentGateError):
    """The request ended without an approval; `request` is its final state."""

    def __init__(self, message: str, *, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request

    @property
    def reason(self) -> str | None:
        """What the person or the policy gave as the reason."""
        return self.request.decision_reason if self.request else None

    @property
    def decided_by(self) -> str | None:
        """Who decided, as an actor such as `slack:U123` or `policy:prod`."""
        return self.request.decided_by if self.request else None


class Denied(Refused):
    """A person or a policy said no."""


class Expired(Refused):
    """Nobody answered before the request's own time ran out."""


class Cancelled(Refused):
    """The request was withdrawn."""


class WaitTimeout(AgentGateError):
    """The request was still pending when the waiter's time ran out; it can be waited for again."""

    def __init__(self, message: str, *, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request


class Unavailable(AgentGateError):
    """The gate could not be reached, or what answered was not an AgentGate; nothing is known."""


class AlreadyDone(AgentGateError):
    """The request was approved, and what it is about was confirmed as done; `request` says what came of it."""

    def __init__(self, message: str, *, request: Request | None = None) -> None:
        super().__init__(message)
        self.request = request


class ArgumentsChanged(AgentGateError):
    """The arguments of a guarded call changed while a person was looking at them."""


class ApiError(AgentGateError):
    """The gate answered with an HTTP error; `code` names it and `reference` finds it in the gate's log."""

    def __init__(self, message: str, *, status: int = 0, code: str | None = None, reference: str | None = None) -> None:
        super().__init__(message)
        self.status = status
        self.code = code
        self.reference = reference


class InvalidRequest(ApiError):
    """What was sent is malformed; the message names the field."""


class Unauthorized(ApiError):
    """The API key is missing, unknown, expired or revoked."""


class Forbidden(ApiError):
    """The API key may not do this; the message names the missing scope."""


class NotFound(ApiError):
    """There is no such thing, or the API key may not see it."""


class Conflict(ApiError):
    """Somebody was faster or the rules of the state forbid it; `request` is the current state."""

    request: Request | None = None


class Gone(ApiError):
    """It existed once and is spent."""


class RateLimited(ApiError):
    """Too many calls; `retry_after` is how many seconds to wait, where the gate said so."""

    retry_after: float | None = None


BY_STATUS: dict[int, type[ApiError]] = {
    400: InvalidRequest,
    401: Unauthorized,
    403: Forbidden,
    404: NotFound,
    409: Conflict,
    410: Gone,
    413: InvalidRequest,
    415: InvalidRequest,
    422: InvalidRequest,
    429: RateLimited,
}
