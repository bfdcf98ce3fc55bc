"""Queries about votes."""

from collections.abc import Iterable, Sequence
from typing import Any

from models.tables import Vote


async def add(**columns: Any) -> Vote:
    """Insert a vote. Raises `Conflict` when this voter has voted already."""
    return await Vote.create(**columns)


async def of(request_ids: Iterable[str]) -> Sequence[Vote]:
    """Return the votes on these requests, the oldest first."""
    return await Vote.filter(request_id__in=list(request_ids)).order_by("id")


async def by(decider: str, *, limit: int) -> Sequence[Vote]:
    """Return an actor's latest votes, the newest first."""
    return await Vote.filter(by=decider).order_by("-id").limit(limit)
