"""Requests and audit entries as they are written in JSON, in the API, webhooks and exports alike. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import (
    Any,
    NotRequired,  # pydantic reads these on every Python we support
)

from typing_extensions import TypedDict

from gateway.moments import maybe_moment, write_moment
from gateway.views import EventView, RequestView


class ApprovalShape(TypedDict):
    """One person's answer."""

    by: str
    decision: str
    reason: str | None
    at: str


class PolicyDecisionShape(TypedDict):
    """Which rule answered."""

    decision: str
    policy: str | None
    rule: int | None
    approvers: list[str]
    channels: list[str]
    note: NotRequired[str]


class RequestShape(TypedDict):
    """A request."""

    id: str
    code: str
    action: str
    params: dict[str, Any]
    context: dict[str, Any]
    digest: str
    status: str
    urgency: str
    requestedBy: str
    createdAt: str
    updatedAt: str
    expiresAt: str | None
    decidedAt: str | None
    decidedBy: str | None
    decidedByType: str | None
    decisionReason: str | None
    approvalsNeeded: int
    requireReason: bool
    approvals: list[ApprovalShape]
    policyDecision: PolicyDecisionShape
    confirmedAt: str | None
    result: dict[str, Any] | None
    url: str
    slaRemainingMs: int | None
    warnings: NotRequired[list[str]]


class AuditEntryShape(TypedDict):
    """What happened once."""

    id: str
    requestId: str | None
    eventType: str
    actor: str
    details: dict[str, Any]
    createdAt: str


class RequestGlimpseShape(TypedDict):
    """The request of an audit entry, as it is now."""

    id: str
    action: str
    status: str
    urgency: str


class AuditEntryWithRequestShape(AuditEntryShape):
    """What happened once, and to which request."""

    request: RequestGlimpseShape | None


def request_shape(request: RequestView, *, now: datetime, public_url: str) -> RequestShape:
    """Return a request as callers read it."""
    waits_until = request.expires_at if not request.status.is_final else None
    return {
        "id": request.id,
        "code": request.shown_code,
        "action": request.action,
        "params": dict(request.params),
        "context": dict(request.context),
        "digest": request.digest,
        "status": request.status.value,
        "urgency": request.urgency.value,
        "requestedBy": request.requested_by,
        "createdAt": write_moment(request.created_at),
        "updatedAt": write_moment(request.updated_at),
        "expiresAt": maybe_moment(request.expires_at),
        "decidedAt": maybe_moment(request.decided_at),
        "decidedBy": request.decided_by,
        "decidedByType": request.decided_by_type.value if request.decided_by_type else None,
        "decisionReason": request.decision_reason,
        "approvalsNeeded": request.approvals_needed,
        "requireReason": request.require_reason,
        "approvals": [
            {"by": vote.by, "decision": vote.decision.value, "reason": vote.reason, "at": write_moment(vote.at)}
            for vote in request.approvals
        ],
        "policyDecision": policy_decision_shape(request.policy_decision.as_json()),
        "confirmedAt": maybe_moment(request.confirmed_at),
        "result": dict(request.result) if request.result is not None else None,
        "url": f"{public_url}/requests/{request.id}",
        "slaRemainingMs": max(0, int((waits_until - now).total_seconds() * 1000)) if waits_until else None,
    }


def policy_decision_shape(stored: Mapping[str, Any]) -> PolicyDecisionShape:
    """Return which rule answered, as callers read it."""
    shape: PolicyDecisionShape = {
        "decision": stored["decision"],
        "policy": stored["policy"],
        "rule": stored["rule"],
        "approvers": list(stored["approvers"]),
        "channels": list(stored["channels"]),
    }
    if "note" in stored:
        shape["note"] = stored["note"]
    return shape


def audit_entry_shape(event: EventView) -> AuditEntryShape:
    """Return an audit entry as callers read it."""
    return {
        "id": event.id,
        "requestId": event.request_id,
        "eventType": event.type,
        "actor": event.actor,
        "details": dict(event.details),
        "createdAt": write_moment(event.created_at),
    }


def audit_entry_with_request_shape(event: EventView) -> AuditEntryWithRequestShape:
    """Return an audit entry with a glimpse of its request."""
    glimpse: RequestGlimpseShape | None = None
    if event.request is not None:
        glimpse = {
            "id": event.request.id,
            "action": event.request.action,
            "status": event.request.status.value,
            "urgency": event.request.urgency.value,
        }
    return {**audit_entry_shape(event), "request": glimpse}
