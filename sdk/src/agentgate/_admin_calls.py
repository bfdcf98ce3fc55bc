"""The API's table of policies and keys as functions: each builds one call."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from ._models import Page
from ._records import Key, Policy
from ._replies import nothing, one, page
from ._wire import Call, fetch, submit, under, utc


def list_policies(**paging: object) -> Call[Page[Policy]]:
    """Read the policies."""
    return fetch("/api/policies", page("policies", Policy.from_json), **paging)


def get_policy(policy_id: str) -> Call[Policy]:
    """Read one policy."""
    return fetch(under("policies", policy_id), one(Policy.from_json))


def create_policy(policy: Mapping[str, Any]) -> Call[Policy]:
    """Save a new policy, given in the API's own shape."""
    return submit("POST", "/api/policies", policy, one(Policy.from_json))


def update_policy(policy_id: str, policy: Mapping[str, Any]) -> Call[Policy]:
    """Change a policy, given in the API's own shape."""
    return submit("PUT", under("policies", policy_id), policy, one(Policy.from_json), repeatable=True)


def delete_policy(policy_id: str) -> Call[None]:
    """Delete a policy."""
    return Call("DELETE", under("policies", policy_id), nothing)


def try_policies(
    action: str,
    *,
    params: Mapping[str, Any] | None,
    context: Mapping[str, Any] | None,
    urgency: str | None,
    requested_by: str | None,
) -> Call[dict[str, Any]]:
    """Ask which policy and rule would answer, and why each earlier rule did not match."""
    body = {
        "action": action,
        "params": dict(params or {}),
        "context": dict(context or {}),
        "urgency": urgency,
        "requestedBy": requested_by,
    }
    return submit("POST", "/api/policies/try", body, one(dict), repeatable=True)


def list_keys() -> Call[Page[Key]]:
    """Read the API keys, without their secrets."""
    return fetch("/api/api-keys", page("keys", Key.from_json))


def create_key(name: str, scopes: Sequence[str], *, rate_limit: int | None, expires_at: datetime | None) -> Call[Key]:
    """Make an API key; its secret is in this answer and nowhere else."""
    body = {"name": name, "scopes": list(scopes), "rateLimit": rate_limit, "expiresAt": utc(expires_at)}
    return submit("POST", "/api/api-keys", body, one(Key.from_json))


def update_key(
    key_id: str,
    *,
    name: str | None,
    scopes: Sequence[str] | None,
    rate_limit: int | None,
    expires_at: datetime | None,
) -> Call[Key]:
    """Change what an API key is called, what it may do or when it ends; what is None stays."""
    body = {
        "name": name,
        "scopes": None if scopes is None else list(scopes),
        "rateLimit": rate_limit,
        "expiresAt": utc(expires_at),
    }
    return submit("PATCH", under("api-keys", key_id), body, one(Key.from_json), repeatable=True)


def revoke_key(key_id: str) -> Call[None]:
    """Take an API key out of use, for good."""
    return Call("DELETE", under("api-keys", key_id), nothing)
