"""Queries about memos: small facts that outlive the process."""

from models.tables import Memo


async def recall(name: str) -> str | None:
    """Return what was noted under a name, or None."""
    memo = await Memo.get_or_none(name=name)
    return memo.value if memo else None


async def note(name: str, value: str) -> None:
    """Keep a value, at most 255 characters, in the place of what was noted before."""
    await Memo.bulk_create([Memo(name=name, value=value)], on_conflict=["name"], update_fields=["value"])


async def note_once(name: str, value: str) -> str:
    """Keep a value unless something was noted before; return what is kept, the same to all who try at once."""
    await Memo.bulk_create([Memo(name=name, value=value)], ignore_conflicts=True)
    return (await Memo.get(name=name)).value
