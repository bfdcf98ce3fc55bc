"""What callers get: every answer's shape, declared once, for the type checker and for the OpenAPI document. PURE."""

from collections.abc import Mapping
from datetime import datetime
from typing import (
    Any,
    NotRequired,  # pydantic reads these on every Python we support
)

from typing_extensions import TypedDict

from gateway.api.moments import maybe_moment, write_moment
from gateway.policy import Explanation
from gateway.views import EventView, KeyView, Page, PolicyView, RequestView


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


class PaginationShape(TypedDict):
    """Where in a list an answer stands."""

    total: int
    totalIsCapped: bool
    limit: int
    offset: int
    hasMore: bool
    nextCursor: str | None


class RequestsShape(TypedDict):
    """A page of requests."""

    requests: list[RequestShape]
    pagination: PaginationShape


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


class AuditShape(TypedDict):
    """A page of the audit trail."""

    entries: list[AuditEntryWithRequestShape]
    pagination: PaginationShape


class ActionsShape(TypedDict):
    """Every action that was asked for."""

    actions: list[str]


class ActorsShape(TypedDict):
    """Everybody who did something."""

    actors: list[str]


class PolicyShape(TypedDict):
    """A policy."""

    id: str
    name: str
    priority: int
    enabled: bool
    rules: list[dict[str, Any]]
    createdAt: str
    updatedAt: str


class PoliciesShape(TypedDict):
    """A page of policies."""

    policies: list[PolicyShape]
    pagination: PaginationShape


class RuleTriedShape(TypedDict):
    """How one rule met an ask."""

    policy: str
    rule: int
    decision: str
    matched: bool
    whyNot: list[str]


class ExplanationShape(PolicyDecisionShape):
    """Which rule would answer, and why those before it do not."""

    approvalsNeeded: int
    requireReason: bool
    tried: list[RuleTriedShape]


class KeyShape(TypedDict):
    """An API key, without the key."""

    id: str
    name: str
    scopes: list[str]
    rateLimit: int | None
    createdAt: str
    lastUsedAt: str | None
    revokedAt: str | None
    expiresAt: str | None
    active: bool


class KeysShape(TypedDict):
    """Every API key."""

    keys: list[KeyShape]


class NewKeyShape(TypedDict):
    """A key that was just made; `key` is shown this once."""

    id: str
    key: str
    name: str
    scopes: list[str]
    rateLimit: int | None
    expiresAt: str | None
    message: str


class DeletedShape(TypedDict):
    """Something is gone."""

    success: bool
    id: str


class CheckShape(TypedDict):
    """How one part is."""

    status: str
    message: str


class HealthShape(TypedDict):
    """How the gateway is; `checks` with `?deep=true`."""

    status: str
    timestamp: str
    checks: NotRequired[dict[str, CheckShape]]


class ProblemShape(TypedDict):
    """An error, by RFC 9457; `error` and `message` repeat `detail` for older clients."""

    type: str
    title: str
    status: int
    detail: str
    code: str
    error: str
    message: str
    reference: str
    field: NotRequired[str]
    request: NotRequired[RequestShape]


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
