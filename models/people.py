"""Queries about people: which identities are one human."""

from collections.abc import Collection, Sequence
from datetime import datetime

from models.tables import Identity


async def link(actor: str, *, person: str, at: datetime) -> None:
    """Say that an actor is this person, whoever it was before."""
    identity = Identity(actor=actor, person=person, created_at=at)
    await Identity.bulk_create([identity], on_conflict=["actor"], update_fields=["person", "created_at"])


async def unlink(actor: str) -> bool:
    """Forget whose an actor is; return whether it was known."""
    return await Identity.filter(actor=actor).delete() == 1


async def person_of(actor: str) -> str | None:
    """Return the person an actor belongs to."""
    identity = await Identity.get_or_none(actor=actor)
    return identity.person if identity else None


async def identities_of(person: str) -> list[str]:
    """Return every actor that belongs to a person."""
    return [identity.actor for identity in await Identity.filter(person=person)]


async def identities_of_all(persons: Collection[str]) -> Sequence[Identity]:
    """Return every identity of these persons."""
    return await Identity.filter(person__in=persons)


async def all_identities() -> Sequence[Identity]:
    """Return every identity, person by person; sorted here, to be the same in every database's alphabet."""
    return sorted(await Identity.all(), key=lambda identity: (identity.person, identity.actor))
