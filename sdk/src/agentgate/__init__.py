"""Ask a human before your agent does something that matters: the AgentGate client."""

from ._async_client import AsyncAgentGate
from ._backoff import Backoff
from ._client import AgentGate
from ._errors import (
    AgentGateError,
    AlreadyDone,
    ApiError,
    ArgumentsChanged,
    Cancelled,
    Conflict,
    Denied,
    Expired,
    Forbidden,
    Gone,
    InvalidRequest,
    NotFound,
    RateLimited,
    Refused,
    Unauthorized,
    Unavailable,
    WaitTimeout,
)
from ._guarding import GuardedRequest
from ._log import LogEvent
from ._many import Outcome
from ._models import Approval, Page, PolicyDecision, Request, Status
from ._records import AuditEntry, Key, Policy, RequestSummary
from ._requires import requires_approval
from ._version import __version__

__all__ = [
    "AgentGate",
    "AgentGateError",
    "AlreadyDone",
    "ApiError",
    "Approval",
    "ArgumentsChanged",
    "AsyncAgentGate",
    "AuditEntry",
    "Backoff",
    "Cancelled",
    "Conflict",
    "Denied",
    "Expired",
    "Forbidden",
    "Gone",
    "GuardedRequest",
    "InvalidRequest",
    "Key",
    "LogEvent",
    "NotFound",
    "Outcome",
    "Page",
    "Policy",
    "PolicyDecision",
    "RateLimited",
    "Refused",
    "Request",
    "RequestSummary",
    "Status",
    "Unauthorized",
    "Unavailable",
    "WaitTimeout",
    "__version__",
    "requires_approval",
]

for _name in __all__:
    if _name != "__version__":
        locals()[_name].__module__ = __name__  # tracebacks name what people import, not the file that keeps it
