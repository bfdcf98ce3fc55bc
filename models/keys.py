"""Queries about API keys."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from models.db import connection, select
from models.tables import Key


async def add(**columns: Any) -> Key:
    """Insert a key. Raises `Conflict` when an active key has its name."""
    return await Key.create(active_name=columns["name"], **columns)


async def find(key_id: str) -> Key | None:
    """Return the key with this id."""
    return await Key.get_or_none(id=key_id)


async def find_active(name: str) -> Key | None:
    """Return the key that holds this name now."""
    return await Key.get_or_none(active_name=name)


async def find_all_active(names: Collection[str]) -> Sequence[Key]:
    """Return the keys that hold these names now."""
    return await Key.filter(active_name__in=names)


async def find_digest(digest: str) -> Key | None:
    """Return the key with this digest, revoked or not."""
    return await Key.get_or_none(digest=digest)


async def change(key_id: str, **columns: Any) -> bool:
    """Change an unrevoked key. Raises `Conflict` when its `active_name` is taken; returns whether there was one."""
    return await Key.filter(id=key_id, revoked_at__isnull=True).update(**columns) == 1


async def swap_digest(key_id: str, *, old: str, new: str) -> bool:
    """Replace an unrevoked key's digest; return whether it was still the old one."""
    return await Key.filter(id=key_id, digest=old, revoked_at__isnull=True).update(digest=new) == 1


async def revoke(key_id: str, *, at: datetime) -> bool:
    """Revoke a key and free its name; return False when it was revoked already."""
    return await Key.filter(id=key_id, revoked_at__isnull=True).update(revoked_at=at, active_name=None) == 1


async def hold() -> None:
    """Keep every other transaction from changing keys until this one ends; in a transaction, before it reads.

    On SQLite a statement that may write takes the one write lock, also when it finds nothing to change.
    """
    if connection().capabilities.dialect == "sqlite":
        await select("UPDATE keys SET id = id WHERE 1 = 0 RETURNING id")
    else:
        await select("LOCK TABLE keys IN SHARE ROW EXCLUSIVE MODE")


async def release_expired(*, at: datetime) -> None:
    """Free the names of keys that have expired."""
    await Key.filter(expires_at__lte=at, active_name__isnull=False).update(active_name=None)


async def note_used(used: Mapping[str, datetime]) -> None:
    """Store when keys were last used."""
    for key_id, at in used.items():
        await Key.filter(id=key_id).update(last_used_at=at)


async def all_keys() -> Sequence[Key]:
    """Return every key, the newest first."""
    return await Key.all().order_by("-id")


async def unrevoked() -> Sequence[Key]:
    """Return the keys that were not revoked, the oldest first."""
    return await Key.filter(revoked_at__isnull=True).order_by("id")


async def count() -> int:
    """Count keys, revoked ones too."""
    return await Key.all().count()
