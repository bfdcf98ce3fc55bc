"""Views become what callers read. PURE."""

from datetime import datetime
from typing import Any

from gateway.admin_views import DeliveryView, KeyView, PolicyView, WebhookView
from gateway.api.shapes import (
    AuditPaginationShape,
    DeliveryShape,
    ExplanationShape,
    KeyShape,
    NewKeyShape,
    PaginationShape,
    PolicyShape,
    WebhookShape,
)
from gateway.moments import maybe_moment, write_moment
from gateway.policy import Explanation
from gateway.shapes import policy_decision_shape
from gateway.views import Page


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


def audit_pagination_shape(page: Page[Any]) -> AuditPaginationShape:
    """Return where in the audit trail a page stands."""
    return {**pagination_shape(page), "previousCursor": page.previous_cursor}


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


def webhook_shape(webhook: WebhookView) -> WebhookShape:
    """Return a webhook as callers read it."""
    return {
        "id": webhook.id,
        "url": webhook.url,
        "events": list(webhook.events),
        "enabled": webhook.enabled,
        "disabledReason": webhook.disabled_reason,
        "createdBy": webhook.created_by,
        "createdAt": write_moment(webhook.created_at),
        "updatedAt": write_moment(webhook.updated_at),
    }


def delivery_shape(delivery: DeliveryView) -> DeliveryShape:
    """Return a webhook's delivery as callers read it."""
    return {
        "id": delivery.id,
        "event": delivery.event,
        "requestId": delivery.request_id,
        "state": delivery.state.value,
        "attempts": delivery.attempts,
        "answer": delivery.answer,
        "lastError": delivery.last_error,
        "createdAt": write_moment(delivery.created_at),
        "nextTryAt": maybe_moment(delivery.next_try_at),
        "settledAt": maybe_moment(delivery.settled_at),
    }
