"""Views become what callers read. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from gateway.admin_views import KeyView, PolicyView
from gateway.api.moments import maybe_moment, write_moment
from gateway.api.shapes import (
    AuditEntryShape,
    AuditEntryWithRequestShape,
    ExplanationShape,
    KeyShape,
    NewKeyShape,
    PaginationShape,
    PolicyDecisionShape,
    PolicyShape,
    RequestGlimpseShape,
    RequestShape,
)
from gateway.policy import Explanation
from gateway.views import EventView, Page, RequestView


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


def pagination_shape(page: Page[Any]) -> PaginationShape:
    """Return where in a list a page stands."""
    return {
        "total": page.total,
        "totalIsCapped": page.total_is_capped,
        "limit": page.limit,
        "offset": page.offset,
        "hasMore": page.has_more,
        "nextCursor": page.next_cursor,
    }


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


def policy_shape(policy: PolicyView) -> PolicyShape:
    """Return a policy as callers read it."""
    return {
        "id": policy.id,
        "name": policy.name,
        "priority": policy.priority,
        "enabled": policy.enabled,
        "rules": [dict(rule) for rule in policy.rules],
        "createdAt": write_moment(policy.created_at),
        "updatedAt": write_moment(policy.updated_at),
    }


def explanation_shape(explanation: Explanation) -> ExplanationShape:
    """Return how policies would answer, as callers read it."""
    rule = explanation.judgement.rule
    return {
        **policy_decision_shape(explanation.judgement.as_policy_decision().as_json()),
        "approvalsNeeded": rule.approvals_needed,
        "requireReason": rule.require_reason,
        "tried": [
            {
                "policy": tried.policy,
                "rule": tried.number,
                "decision": tried.outcome.value,
                "matched": tried.matched,
                "whyNot": list(tried.why_not),
            }
            for tried in explanation.tried
        ],
    }


def key_shape(key: KeyView, *, now: datetime) -> KeyShape:
    """Return a key as callers read it."""
    return {
        "id": key.id,
        "name": key.name,
        "scopes": [scope.value for scope in key.scopes],
        "rateLimit": key.rate_limit,
        "createdAt": write_moment(key.created_at),
        "lastUsedAt": maybe_moment(key.last_used_at),
        "revokedAt": maybe_moment(key.revoked_at),
        "expiresAt": maybe_moment(key.expires_at),
        "active": key.is_active(now),
    }


def new_key_shape(key: KeyView, *, secret: str) -> NewKeyShape:
    """Return a new key with its secret, this once."""
    return {
        "id": key.id,
        "key": secret,
        "name": key.name,
        "scopes": [scope.value for scope in key.scopes],
        "rateLimit": key.rate_limit,
        "expiresAt": maybe_moment(key.expires_at),
        "message": "Keep this key now: it is shown once and kept nowhere.",
    }
