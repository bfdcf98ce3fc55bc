"""`gate.policies` and `gate.keys`: what administrators do."""

# Written from _async_admin.py by `make format`: change that file, not this one.

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, Protocol, TypeVar

from . import _admin_calls as calls
from ._models import Page
from ._records import Key, Policy
from ._wire import Call

T = TypeVar("T")


class Caller(Protocol):
    """Sends a call and returns what it read."""

    def __call__(self, call: Call[T], /) -> T: ...


class Policies:
    """The rules that decide who answers; a policy is given in the API's own shape."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def list(self, *, limit: int | None = None, offset: int | None = None) -> Page[Policy]:
        """Read the policies."""
        return self._call(calls.list_policies(limit=limit, offset=offset))

    def get(self, policy_id: str) -> Policy:
        """Read one policy."""
        return self._call(calls.get_policy(policy_id))

    def create(self, policy: Mapping[str, Any]) -> Policy:
        """Save a new policy."""
        return self._call(calls.create_policy(policy))

    def update(self, policy_id: str, policy: Mapping[str, Any]) -> Policy:
        """Change a policy."""
        return self._call(calls.update_policy(policy_id, policy))

    def delete(self, policy_id: str) -> None:
        """Delete a policy."""
        self._call(calls.delete_policy(policy_id))

    def try_(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        urgency: str | None = None,
        requested_by: str | None = None,
    ) -> dict[str, Any]:
        """Ask which policy and rule would answer, and why each earlier rule did not match; nothing happens."""
        return self._call(
            calls.try_policies(action, params=params, context=context, urgency=urgency, requested_by=requested_by)
        )


class Keys:
    """The API keys of agents, scripts and people."""

    def __init__(self, call: Caller) -> None:
        self._call = call

    def list(self) -> Page[Key]:
        """Read the keys, without their secrets."""
        return self._call(calls.list_keys())

    def create(
        self,
        name: str,
        scopes: Sequence[str],
        *,
        rate_limit: int | None = None,
        expires_at: datetime | None = None,
    ) -> Key:
        """Make a key; its `secret` is in this answer and nowhere else."""
        return self._call(calls.create_key(name, scopes, rate_limit=rate_limit, expires_at=expires_at))

    def update(
        self,
        key_id: str,
        *,
        name: str | None = None,
        scopes: Sequence[str] | None = None,
        rate_limit: int | None = None,
        expires_at: datetime | None = None,
    ) -> Key:
        """Change what a key is called, what it may do or when it ends; what is None stays."""
        return self._call(
            calls.update_key(key_id, name=name, scopes=scopes, rate_limit=rate_limit, expires_at=expires_at)
        )

    def revoke(self, key_id: str) -> None:
        """Take a key out of use, for good."""
        self._call(calls.revoke_key(key_id))
