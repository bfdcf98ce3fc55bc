"""Queries about requests."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from models.among import among
from models.db import on_sqlite, select
from models.tables import Request
from models.words import Status


@dataclass(frozen=True, slots=True)
class RequestFilter:
    """Which requests a page shows; None means all."""

    status: str | None = None
    action: str | None = None
    urgency: str | None = None
    requested_by: str | None = None
    asker_key_id: str | None = None

    def columns(self) -> dict[str, Any]:
        """Return column and value of every part that is given."""
        parts = {
            "status": self.status,
            "action": self.action,
            "urgency": self.urgency,
            "requested_by": self.requested_by,
            "asker_key_id": self.asker_key_id,
        }
        return {column: value for column, value in parts.items() if value is not None}


async def add(**columns: Any) -> Request:
    """Insert a request. Raises `Conflict` when its code or its idempotency key is taken."""
    return await Request.create(**columns)


async def find(ref: str) -> Request | None:
    """Return the request with this id or short code."""
    if ref.startswith("req_"):
        return await Request.get_or_none(id=ref)
    return await Request.get_or_none(code=ref)


async def find_idempotent(asker_key_id: str, idempotency_key: str) -> Request | None:
    """Return what this key asked under this idempotency key."""
    return await Request.get_or_none(asker_key_id=asker_key_id, idempotency_key=idempotency_key)


async def hold(request_id: str) -> None:
    """Lock the request's row until the transaction ends: on SQLite, by an update that changes nothing, the file."""
    if on_sqlite():
        await select("UPDATE requests SET updated_at = updated_at WHERE id = $1 RETURNING id", request_id)
    else:
        await select("SELECT id FROM requests WHERE id = $1 FOR UPDATE", request_id)


async def touch(request_id: str, *, at: datetime) -> None:
    """Note that something about the request changed, so that its cards are edited."""
    await Request.filter(id=request_id).update(updated_at=at)


async def close(request_id: str, *, status: Status, at: datetime, by: str, by_type: str, reason: str | None) -> bool:
    """End a pending request; return whether this call was the one that did."""
    won = await Request.filter(id=request_id, status=Status.PENDING.value).update(
        status=status.value,
        decided_at=at,
        updated_at=at,
        decided_by=by,
        decided_by_type=by_type,
        decision_reason=reason,
    )
    return won == 1


async def confirm(request_id: str, *, at: datetime, result: Any) -> bool:
    """Note what came of an approved request; return whether this call was the first to."""
    won = await Request.filter(id=request_id, status=Status.APPROVED.value, confirmed_at__isnull=True).update(
        confirmed_at=at, updated_at=at, result=result
    )
    return won == 1


async def page(which: RequestFilter, *, limit: int, offset: int = 0, before: str | None = None) -> Sequence[Request]:
    """Return requests newest first; `before` is the id that the last page ended with."""
    query = Request.filter(**which.columns())
    if before is not None:
        query = query.filter(id__lt=before)
    return await query.order_by("-id").offset(offset).limit(limit)


async def page_of_ended(which: RequestFilter, *, limit: int, before: str | None = None) -> Sequence[Request]:
    """Return requests that have ended, newest first; `before` is the id that the last page ended with."""
    query = Request.filter(**which.columns()).exclude(status=Status.PENDING.value)
    if before is not None:
        query = query.filter(id__lt=before)
    return await query.order_by("-id").limit(limit)


async def count(which: RequestFilter, *, at_most: int) -> int:
    """Count requests, but no further than `at_most`, so that the cost has a bound."""
    columns = which.columns()
    conditions = " AND ".join(f"{name} = ${number}" for number, name in enumerate(columns, 1)) or "1 = 1"
    rows = await select(
        f"SELECT count(*) AS n FROM (SELECT 1 FROM requests WHERE {conditions} LIMIT {at_most:d}) AS counted",  # noqa: S608 - names are ours, values are bound
        *columns.values(),
    )
    return int(rows[0]["n"])


async def overdue(*, at: datetime, limit: int) -> list[str]:
    """Return ids of pending requests whose time has run out, the oldest first."""
    rows = (
        await Request.filter(status=Status.PENDING.value, expires_at__lte=at)
        .order_by("expires_at")
        .limit(limit)
        .values_list("id", flat=True)
    )
    return [str(row) for row in rows]


async def final_among(request_ids: Iterable[str]) -> list[str]:
    """Return those of the ids whose request is no longer pending."""
    condition, value = among("id", request_ids)
    rows = await select(f"SELECT id FROM requests WHERE status <> 'pending' AND {condition.format('$1')}", value)  # noqa: S608 - the condition is ours, the value is bound
    return [row["id"] for row in rows]


async def ids_with_status(status: str, *, at_most: int) -> list[str]:
    """Return ids of requests with a status, in no order."""
    rows = await select(f"SELECT id FROM requests WHERE status = $1 LIMIT {at_most:d}", status)  # noqa: S608 - the number is ours, the value is bound
    return [row["id"] for row in rows]
