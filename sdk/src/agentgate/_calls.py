"""The API's table of requests and their audit trail as functions: each builds one call."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, TypedDict

from ._models import Page, Request
from ._records import AuditEntry
from ._replies import page, request_for, the_same, whole
from ._wire import Call, fetch, json_body, submit, under, utc, whole_seconds


class Paging(TypedDict, total=False):
    """Which page of a list."""

    limit: int | None
    offset: int | None
    cursor: str | None


class RequestFilters(Paging, total=False):
    """Which requests to list."""

    status: str | None
    action: str | None
    urgency: str | None
    requested_by: str | None


class AuditFilters(Paging, total=False):
    """Which audit entries to read; `since` and `until` are aware times."""

    event_type: str | None
    actor: str | None
    action: str | None
    request_id: str | None
    status: str | None
    since: datetime | None
    until: datetime | None


REQUEST_FILTERS = frozenset(RequestFilters.__annotations__) | frozenset(Paging.__annotations__)
AUDIT_FILTERS = frozenset(AuditFilters.__annotations__) | frozenset(Paging.__annotations__)


def request(
    action: str,
    *,
    params: Mapping[str, Any] | None = None,
    context: Mapping[str, Any] | None = None,
    urgency: str | None = None,
    expires_in: float | timedelta | None = None,
    expires_at: datetime | None = None,
    idempotency_key: str | None = None,
) -> Call[Request]:
    """Ask for approval; the idempotency key makes every retry return the same request."""
    if expires_in is not None and expires_at is not None:
        raise ValueError("Give expires_in or expires_at, not both.")
    key = str(uuid.uuid4()) if idempotency_key is None else idempotency_key
    body = {
        "action": action,
        "params": dict(params or {}),
        "context": dict(context or {}),
        "urgency": urgency,
        "expiresInSec": whole_seconds(expires_in),
        "expiresAt": utc(expires_at),
    }
    sent = json_body({"action": action, "params": body["params"]})  # as it is now: the caller may change it later
    return submit("POST", "/api/requests", body, request_for(sent), idempotency_key=key)


def get(asked: Request | str, *, wait: int | None = None) -> Call[Request]:
    """Read one request, letting the gate hold the answer up to `wait` seconds for a decision."""
    return fetch(_path(asked), the_same(asked), wait=wait)


def list_requests(filters: Mapping[str, object]) -> Call[Page[Request]]:
    """Read one page of requests, newest first."""
    _known(filters, REQUEST_FILTERS)
    return fetch("/api/requests", page("requests", Request.from_json), **filters)


def decide(asked: Request | str, decision: str, *, reason: str | None, digest: str | None) -> Call[Request]:
    """Approve or deny; a request that was read before is decided only as it was shown."""
    shown = digest or (asked.digest if isinstance(asked, Request) else None)
    body = {"decision": decision, "reason": reason, "digest": shown}
    return submit("POST", f"{_path(asked)}/decide", body, the_same(asked))


def cancel(asked: Request | str) -> Call[Request]:
    """Withdraw a request."""
    return submit("POST", f"{_path(asked)}/cancel", {}, the_same(asked))


def confirm(asked: Request | str, result: Mapping[str, Any] | None) -> Call[Request]:
    """Tell what came of the approved action."""
    return submit("POST", f"{_path(asked)}/confirm", {"result": dict(result or {})}, the_same(asked))


def audit(asked: Request | str | None, filters: Mapping[str, object]) -> Call[Page[AuditEntry]]:
    """Read everything about one request, oldest first, or a page of the whole trail, newest first."""
    _known(filters, AUDIT_FILTERS)
    if asked is None:
        named = {{"since": "from", "until": "to"}.get(name, name): value for name, value in filters.items()}
        return fetch("/api/audit", page("entries", AuditEntry.from_json), **named)
    if filters:
        raise ValueError("The history of one request takes no filters; use request_id= to search within it.")
    return fetch(f"{_path(asked)}/audit", whole(AuditEntry.from_json))


def _path(asked: Request | str) -> str:
    return under("requests", asked.id if isinstance(asked, Request) else asked)


def _known(filters: Mapping[str, object], names: frozenset[str]) -> None:
    if unknown := sorted(set(filters) - names):
        raise TypeError(f"There is no filter {', '.join(unknown)}; there are {', '.join(sorted(names))}.")
