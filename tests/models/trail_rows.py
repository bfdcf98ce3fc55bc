"""Rows of an audit trail, one by one for stories, and by the thousand where the number matters."""

from datetime import UTC, datetime
from typing import Any

from models import db
from models.tables import Event, Request

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)


def a_request(number: int, status: str, action: str = "deploy.prod") -> Request:
    """Return a request's row, not stored yet."""
    return Request(
        id=f"req_{number:026}", code=f"{number:08}", action=action, params={}, context={}, digest="sha256:0",
        status=status, urgency="normal", requested_by="api:agent", fingerprint="0", policy_decision={}, targets=[],
        approvals_needed=1, require_reason=False, created_at=NOON, updated_at=NOON,
    )  # fmt: skip


def an_event(number: int, *, about: int | None, **columns: Any) -> Event:
    """Return an event's row, not stored yet; ids are in the order of numbers."""
    request_id = None if about is None else f"req_{about:026}"
    plain = {"type": "request.created", "actor": "api:agent", "action": "deploy.prod", "details": {}}
    return Event(id=f"evt_{number:026}", request_id=request_id, created_at=NOON, **plain | columns)


async def add_events(first: int, last: int, *, about: str, type_: str, actor: str, action: str) -> None:
    """Store many events; what they hold is SQL about their number `i`, and `about` is the number of their request."""
    await db.connection().execute_script(
        "INSERT INTO events (id, type, request_id, action, actor, details, created_at)"  # noqa: S608 - a test's own words
        f" WITH RECURSIVE n(i) AS (SELECT {first} UNION ALL SELECT i + 1 FROM n WHERE i < {last})"
        f" SELECT 'evt_' || {_padded('i')}, {type_}, 'req_' || {_padded(about)}, {action}, {actor}, '{{}}', '{NOON}'"
        " FROM n"
    )


def _padded(number: str) -> str:
    """Return the SQL that writes a number with 26 digits."""
    digits = f"CAST({number} AS text)"
    return f"substr('{'0' * 26}' || {digits}, length({digits}) + 1)"
