"""Queries about leases: what only one replica may do at a time."""

from datetime import datetime

from models.db import select
from models.tables import Lease


async def take(name: str, *, holder: str, at: datetime, until: datetime) -> bool:
    """Take a lease that is free or has run out, or go on holding it; return whether it is the holder's now."""
    rows = await select(
        "INSERT INTO leases (name, holder, until) VALUES ($1, $2, $3) ON CONFLICT (name) DO UPDATE"
        " SET holder = excluded.holder, until = excluded.until"
        " WHERE leases.holder = excluded.holder OR leases.until <= $4 RETURNING holder",
        name,
        holder,
        until,
        at,
    )
    return bool(rows)


async def give_back(name: str, *, holder: str) -> bool:
    """Let go of a lease; return False when somebody else has it by now."""
    return await Lease.filter(name=name, holder=holder).delete() == 1


async def release_all() -> int:
    """Free every lease: for a start after which nobody else can hold one."""
    return await Lease.all().delete()
