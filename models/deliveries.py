"""Queries about deliveries and the messages they leave behind."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from tortoise.functions import Count

from models.db import on_sqlite, select
from models.tables import Delivery, Message
from models.words import DeliveryState


def row(**columns: Any) -> Delivery:
    """Make a delivery's row without storing it."""
    return Delivery(**columns)


async def add_all(rows: Iterable[Delivery]) -> None:
    """Insert deliveries."""
    await Delivery.bulk_create(list(rows))


async def lease_due(
    *, at: datetime, until: datetime, holder: str, limit: int, kind: str | None = None, but: Iterable[str] = ()
) -> Sequence[Delivery]:
    """Take the deliveries that are due, to targets of one kind or of every kind `but` some, until the lease ends.

    Only the oldest unfinished delivery of a request to a target is ever taken, so each target hears of a request in
    order; events about no request have none. A holder that dies leaves rows whose lease runs out, and another takes
    them.
    """
    skip = "" if on_sqlite() else "FOR UPDATE SKIP LOCKED"
    wanted, values = _of_kind(kind, but, after=3)
    rows = await select(
        "WITH taken AS MATERIALIZED (SELECT d.id FROM deliveries d WHERE d.state = 'due' AND d.due_at <= $3"  # noqa: S608 - the one part that varies is ours
        f" AND {wanted}"
        " AND NOT EXISTS (SELECT 1 FROM deliveries e WHERE d.request_id <> '' AND e.request_id = d.request_id"
        " AND e.target = d.target"
        f" AND e.state = 'due' AND e.id < d.id) ORDER BY d.due_at, d.id LIMIT {limit:d} {skip})"
        " UPDATE deliveries SET due_at = $1, leased_by = $2, attempts = attempts + 1"
        " WHERE id IN (SELECT id FROM taken) RETURNING id",
        until,
        holder,
        at,
        *values,
    )
    return await Delivery.filter(id__in=[row["id"] for row in rows]).order_by("id") if rows else []


def _of_kind(kind: str | None, but: Iterable[str], *, after: int) -> tuple[str, list[str]]:
    """Return the SQL that picks targets by what stands before their colon, and its values."""
    if kind is not None:
        return f"d.target LIKE ${after + 1}", [f"{kind}:%"]
    others = [f"{name}:%" for name in but]
    parts = [f"d.target NOT LIKE ${after + number}" for number, _ in enumerate(others, 1)]
    return " AND ".join(parts) or "1 = 1", others


async def settle(delivery_id: str, *, at: datetime, holder: str) -> bool:
    """Mark a delivery as done; return False when the lease was lost meanwhile."""
    won = await Delivery.filter(id=delivery_id, state=DeliveryState.DUE.value, leased_by=holder).update(
        state=DeliveryState.DONE.value, settled_at=at, leased_by=None, last_error=None
    )
    return won == 1


async def postpone(delivery_id: str, *, until: datetime, holder: str, error: str) -> bool:
    """Put a delivery off after a failure; return False when the lease was lost meanwhile."""
    won = await Delivery.filter(id=delivery_id, state=DeliveryState.DUE.value, leased_by=holder).update(
        due_at=until, leased_by=None, last_error=error
    )
    return won == 1


async def bury(delivery_id: str, *, at: datetime, holder: str, error: str) -> bool:
    """Give a delivery up for good; return False when the lease was lost meanwhile."""
    won = await Delivery.filter(id=delivery_id, state=DeliveryState.DUE.value, leased_by=holder).update(
        state=DeliveryState.DEAD.value, settled_at=at, leased_by=None, last_error=error
    )
    return won == 1


async def hand_back(holder: str, *, at: datetime) -> int:
    """Give back every lease of a holder that is stopping, due at once; return how many."""
    return await Delivery.filter(leased_by=holder, state=DeliveryState.DUE.value).update(due_at=at, leased_by=None)


async def release_leases(*, at: datetime) -> int:
    """Make every leased delivery due at once: for a start after which nobody else can hold a lease."""
    return await Delivery.filter(state=DeliveryState.DUE.value, leased_by__isnull=False).update(
        due_at=at, leased_by=None
    )


async def note_answer(delivery_id: str, status: int) -> None:
    """Keep the HTTP status that a webhook's receiver answered last."""
    await Delivery.filter(id=delivery_id).update(answer=status)


async def bury_all(target: str, *, at: datetime, error: str) -> int:
    """Give up whatever is on its way to a target; return how many."""
    return await Delivery.filter(target=target, state=DeliveryState.DUE.value).update(
        state=DeliveryState.DEAD.value, settled_at=at, leased_by=None, last_error=error
    )


async def hurry(target: str, *, at: datetime) -> int:
    """Make whatever waits for its next try at a target due at once; return how many. What is leased is left alone."""
    return await Delivery.filter(target=target, state=DeliveryState.DUE.value, leased_by=None, due_at__gt=at).update(
        due_at=at
    )


async def find(delivery_id: str) -> Delivery | None:
    """Return the delivery with this id."""
    return await Delivery.get_or_none(id=delivery_id)


async def latest_to(target: str, *, limit: int) -> Sequence[Delivery]:
    """Return the latest deliveries to a target, the newest first."""
    return await Delivery.filter(target=target).order_by("-id").limit(limit)


async def depth() -> dict[str, int]:
    """Return how many deliveries are due and how many are dead."""
    return {
        state.value: await Delivery.filter(state=state.value).count()
        for state in (DeliveryState.DUE, DeliveryState.DEAD)
    }


async def oldest_due_at() -> datetime | None:
    """Return when the oldest unsettled delivery was made, or None when all are settled."""
    first = await Delivery.filter(state=DeliveryState.DUE.value).order_by("created_at").first()
    return first.created_at if first else None


async def dead_since(moment: datetime, *, limit: int = 50) -> list[dict[str, Any]]:
    """Return the dead deliveries settled since then, counted by target and last error, the most frequent first."""
    dead = Delivery.filter(state=DeliveryState.DEAD.value, settled_at__gte=moment)
    counted = dead.annotate(times=Count("id")).group_by("target", "last_error").order_by("-times", "target")
    return list(await counted.limit(limit).values("target", "last_error", "times"))


async def of(request_id: str) -> Sequence[Delivery]:
    """Return a request's deliveries, the oldest first."""
    return await Delivery.filter(request_id=request_id).order_by("id")


async def fates(request_id: str) -> Sequence[dict[str, Any]]:
    """Return how a request's deliveries stand, the oldest first, without what they carry."""
    columns = ("target", "state", "last_error", "created_at", "settled_at")
    return await Delivery.filter(request_id=request_id).order_by("id").values(*columns)


async def message(request_id: str, target: str) -> Message | None:
    """Return the card that was posted for a request to a target."""
    return await Message.get_or_none(request_id=request_id, target=target)


async def places(request_ids: Iterable[str]) -> dict[str, frozenset[str]]:
    """Return where the cards of these requests hang, as the platforms name it: `place` of each receipt."""
    found: dict[str, set[str]] = {}
    for row in await Message.filter(request_id__in=list(request_ids)):
        if isinstance(row.receipt, dict) and "place" in row.receipt:
            found.setdefault(row.request_id, set()).add(row.receipt["place"])
    return {request_id: frozenset(names) for request_id, names in found.items()}


async def is_on_its_way(request_id: str, *, kind: str) -> bool:
    """Whether somebody is just bringing something about this request to a target of this kind."""
    under_way = Delivery.filter(request_id=request_id, state=DeliveryState.DUE.value, target__startswith=f"{kind}:")
    return await under_way.filter(leased_by__isnull=False).exists()


async def target_at(request_id: str, place: str) -> str | None:
    """Return which target's card of a request hangs at a place, as `places` names it."""
    for row in await Message.filter(request_id=request_id):
        if isinstance(row.receipt, dict) and row.receipt.get("place") == place:
            return row.target
    return None


async def keep_message(
    message_id: str, *, request_id: str, target: str, receipt: Any, shows: datetime, at: datetime
) -> None:
    """Remember a card that was posted or edited; a second post to a target replaces the first receipt."""
    message = Message(id=message_id, request_id=request_id, target=target, receipt=receipt, shows=shows, created_at=at)
    await Message.bulk_create([message], on_conflict=["request_id", "target"], update_fields=["receipt", "shows"])
