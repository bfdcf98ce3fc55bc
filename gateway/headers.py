"""The HTTP headers that go with a refusal, at the doors for programs and for people. PURE."""

from math import ceil

from gateway import errors

COME_BACK_SECONDS = 5
"""After how long to try again where nobody knows when it will go: an outage, a stop."""


def headers_of(error: errors.GateError) -> dict[str, str]:
    """Return the headers that go with a refusal."""
    match error:
        case errors.TooManyRequests():
            return {"Retry-After": str(max(1, ceil(error.retry_after.total_seconds())))}
        case errors.Unavailable():
            return {"Retry-After": str(COME_BACK_SECONDS)}
        case errors.Unauthorized():
            return {"WWW-Authenticate": 'Bearer realm="AgentGate"'}
        case _:
            return {}
