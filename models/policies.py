"""Queries about policies."""

from collections.abc import Sequence
from typing import Any

from models.tables import Policy

LONGEST_ID = 30


async def add(**columns: Any) -> Policy:
    """Insert a policy. Raises `Conflict` when its name is taken."""
    return await Policy.create(**columns)


async def find(ref: str) -> Policy | None:
    """Return the policy with this id or name."""
    by_id = await Policy.get_or_none(id=ref) if len(ref) <= LONGEST_ID else None  # a name may be longer than any id
    return by_id or await Policy.get_or_none(name=ref)


async def change(policy_id: str, **columns: Any) -> bool:
    """Change a policy. Raises `Conflict` when its new name is taken; returns whether there was one."""
    return await Policy.filter(id=policy_id).update(**columns) == 1


async def remove(policy_id: str) -> bool:
    """Delete a policy; return whether there was one."""
    return await Policy.filter(id=policy_id).delete() == 1


async def all_policies() -> Sequence[Policy]:
    """Return every policy in the order in which they are asked, by the code points of their names.

    Sorted here: each PostgreSQL has the alphabet it was made with, and the same policies must answer alike everywhere.
    """
    return sorted(await Policy.all(), key=lambda policy: (policy.priority, policy.name))
