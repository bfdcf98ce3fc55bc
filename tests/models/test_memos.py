"""Small facts that outlive the process."""

import pytest

from models import memos

pytestmark = pytest.mark.usefixtures("database")


async def test_nothing_is_noted_at_first() -> None:
    assert await memos.recall("discord.commands") is None


async def test_the_last_note_counts() -> None:
    await memos.note("discord.commands", "one")
    await memos.note("discord.commands", "two")
    await memos.note("other", "three")
    assert await memos.recall("discord.commands") == "two"


async def test_of_two_who_note_a_thing_once_the_first_counts() -> None:
    assert await memos.note_once("secret.mark", "one") == "one"
    assert await memos.note_once("secret.mark", "two") == "one"
