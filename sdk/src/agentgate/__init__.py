"""Ask a human before your agent does something that matters: the AgentGate client."""

from ._async_client import AsyncAgentGate
from ._backoff import Backoff
from ._client import AgentGate
from ._errors import (
    AgentGateError,
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
from ._guard import requires_approval
from ._models import Approval, Page, PolicyDecision, Request, Status
from ._records import AuditEntry, Key, Policy, RequestSummary
from ._version import __version__

__all__ = [
    "AgentGate",
    "AgentGateError",
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
    "InvalidRequest",
    "Key",
    "NotFound",
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
