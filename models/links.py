"""Queries about links: one-time addresses, kept by the digests of their tokens."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from models.tables import Link
from models.words import Verdict


def row(**columns: Any) -> Link:
    """Make a link's row without storing it."""
    return Link(**columns)


async def add_all(rows: Iterable[Link]) -> None:
    """Insert links."""
    await Link.bulk_create(list(rows))


async def find_digest(digest: str) -> Link | None:
    """Return the link whose token has this digest."""
    return await Link.get_or_none(digest=digest)


async def open_for(request_id: str, recipient: str, *, at: datetime) -> Sequence[Link]:
    """Return a recipient's links to a request that are neither used nor spent nor past their time, the oldest first."""
    return await Link.filter(
        request_id=request_id, recipient=recipient, used_at__isnull=True, spent_at__isnull=True, expires_at__gt=at
    ).order_by("id")


async def use(link_id: str, *, at: datetime) -> bool:
    """Mark a link as used; return whether this call did, and nothing had ended the link before."""
    won = await Link.filter(id=link_id, used_at__isnull=True, spent_at__isnull=True, expires_at__gt=at).update(
        used_at=at
    )
    return won == 1


async def spend_all(request_id: str, *, at: datetime) -> None:
    """End every link to a request that nobody has used."""
    await Link.filter(request_id=request_id, used_at__isnull=True, spent_at__isnull=True).update(spent_at=at)


async def spend_of(recipient: str, *, at: datetime) -> None:
    """End every link of a recipient that nobody has used, whatever request it leads to."""
    await Link.filter(recipient=recipient, used_at__isnull=True, spent_at__isnull=True, expires_at__gt=at).update(
        spent_at=at
    )


async def spend_pair(request_id: str, recipient: str, *, at: datetime) -> None:
    """End the links by which a recipient could decide; those for looking go on."""
    await (
        Link.filter(request_id=request_id, recipient=recipient, used_at__isnull=True, spent_at__isnull=True)
        .exclude(verdict=Verdict.VIEW.value)
        .update(spent_at=at)
    )
