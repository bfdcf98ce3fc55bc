"""The first admin key: made only while there is none that works."""

import asyncio
from datetime import timedelta

import pytest

from gateway.errors import AdminExists, GateError
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey, create_key, list_keys, revoke_key
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.clock import Clock


async def first_admin(gate: Gate, name: str = "first") -> NewKey:
    """Make the first admin key."""
    return await create_key(gate, KeyDraft(name, (Scope.ADMIN,)), by=SYSTEM_START, unless_admin=True)


async def test_a_lesser_key_is_none(gate: Gate, agent: NewKey) -> None:
    assert (await first_admin(gate)).key.scopes == (Scope.ADMIN,)


async def test_a_second_one_is_refused_and_names_the_first(gate: Gate, admin: NewKey) -> None:
    with pytest.raises(AdminExists, match=admin.key.name):
        await first_admin(gate)
    assert [key.name for key in await list_keys(gate)] == [admin.key.name]


async def test_one_that_was_revoked_or_has_expired_does_not_count(gate: Gate, admin: NewKey, clock: Clock) -> None:
    await revoke_key(gate, admin.key.id, by=SYSTEM_START)
    soon = KeyDraft("soon", (Scope.ADMIN,), expires_at=clock.time + timedelta(hours=1))
    await create_key(gate, soon, by=SYSTEM_START)
    with pytest.raises(AdminExists, match="soon"):
        await first_admin(gate)
    clock.advance(hours=2)
    assert (await first_admin(gate)).key.name == "first"


async def test_of_many_at_once_one_is_made(gate: Gate) -> None:
    made = await asyncio.gather(*(first_admin(gate, f"key-{number}") for number in range(8)), return_exceptions=True)
    assert [type(one) for one in made if isinstance(one, GateError)] == [AdminExists] * 7
    assert len(await list_keys(gate)) == 1
