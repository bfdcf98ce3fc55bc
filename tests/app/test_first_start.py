"""The first start makes keys, and says once how to try them."""

import asyncio
from pathlib import Path

import pytest

from app.first_start import FirstKeys, announce, make_keys, paste_line
from app.settings import Settings, read_settings
from gateway.errors import Unauthorized
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import authenticate, create_key, list_keys, revoke_key
from gateway.views import SYSTEM_START
from models.words import Scope

GIVEN = "agk_" + "given" * 6


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> Settings:
    monkeypatch.setenv("DATABASE_URL", ":memory:")
    return read_settings()


@pytest.fixture
def with_admin_key(monkeypatch: pytest.MonkeyPatch, settings: Settings) -> Settings:
    monkeypatch.setenv("ADMIN_API_KEY", GIVEN)
    return read_settings()


async def test_two_keys_are_made_once(gate: Gate, settings: Settings) -> None:
    first = await make_keys(gate, settings)
    assert first is not None
    assert first.admin is not None
    assert (await authenticate(gate, first.admin)).scopes == (Scope.ADMIN,)
    assert (await authenticate(gate, first.agent)).scopes == (Scope.REQUEST_CREATE,)
    assert await make_keys(gate, settings) is None
    assert len(await list_keys(gate)) == 2


async def test_after_an_admin_key_was_made_by_hand_nothing_is_made(gate: Gate, settings: Settings) -> None:
    draft = KeyDraft("mine", (Scope.ADMIN,))
    await create_key(gate, draft, by=SYSTEM_START, unless_admin=True)
    assert await make_keys(gate, settings) is None
    assert [key.name for key in await list_keys(gate)] == ["mine"]


async def test_after_all_keys_were_revoked_it_is_not_the_first_start_again(gate: Gate, settings: Settings) -> None:
    await make_keys(gate, settings)
    for key in await list_keys(gate):
        await revoke_key(gate, key.id, by=SYSTEM_START)
    assert await make_keys(gate, settings) is None


async def test_starts_at_once_make_two_keys_together(gate: Gate, settings: Settings) -> None:
    made = await asyncio.gather(*(make_keys(gate, settings) for _ in range(4)))
    (first,) = [one for one in made if one is not None]
    assert len(await list_keys(gate)) == 2
    assert await authenticate(gate, first.agent)


async def test_a_given_admin_key_is_created_and_not_repeated(gate: Gate, with_admin_key: Settings) -> None:
    first = await make_keys(gate, with_admin_key)
    assert first is not None
    assert first.admin is None
    assert (await authenticate(gate, GIVEN)).scopes == (Scope.ADMIN,)
    assert await make_keys(gate, with_admin_key) is None
    assert len(await list_keys(gate)) == 2


async def test_a_given_admin_key_is_added_to_an_old_database(
    gate: Gate, settings: Settings, monkeypatch: pytest.MonkeyPatch
) -> None:
    await make_keys(gate, settings)
    for number in range(2):
        monkeypatch.setenv("ADMIN_API_KEY", f"{GIVEN}{number}")
        assert await make_keys(gate, read_settings()) is None
        assert (await authenticate(gate, f"{GIVEN}{number}")).scopes == (Scope.ADMIN,)
    names = [key.name for key in await list_keys(gate)]
    assert len(names) == len(set(names)) == 4


async def test_a_given_key_that_two_replicas_create_at_once_is_there_once(gate: Gate, with_admin_key: Settings) -> None:
    await asyncio.gather(*(make_keys(gate, with_admin_key) for _ in range(4)))
    assert [key.name for key in await list_keys(gate) if Scope.ADMIN in key.scopes] == ["env-admin"]


async def test_a_revoked_admin_key_stays_revoked(gate: Gate, with_admin_key: Settings) -> None:
    await make_keys(gate, with_admin_key)
    await revoke_key(gate, (await authenticate(gate, GIVEN)).id, by=SYSTEM_START)
    await make_keys(gate, with_admin_key)
    with pytest.raises(Unauthorized):
        await authenticate(gate, GIVEN)


def test_the_keys_are_announced_with_a_line_to_paste(capsys: pytest.CaptureFixture[str]) -> None:
    announce("http://localhost:3000", FirstKeys(agent="agk_AGENT", admin="agk_ADMIN"))
    said = capsys.readouterr().out
    assert "http://localhost:3000" in said
    assert "agk_ADMIN" in said
    assert "in a browser: http://localhost:3000\n" in said
    pasted = paste_line("http://localhost:3000", "agk_AGENT")
    assert pasted in said
    assert pasted.startswith("AGENTGATE_URL=http://localhost:3000 AGENTGATE_API_KEY=agk_AGENT ")
    assert " request " in pasted
    assert " --wait " in pasted


def test_a_given_admin_key_is_not_announced(capsys: pytest.CaptureFixture[str]) -> None:
    announce("http://localhost:3000", FirstKeys(agent="agk_AGENT", admin=None))
    said = capsys.readouterr().out
    assert "admin key" not in said
    assert "agk_AGENT" in said


def test_later_starts_say_only_where(capsys: pytest.CaptureFixture[str]) -> None:
    announce("http://localhost:3000", None)
    assert capsys.readouterr().out.strip().count("\n") == 0


def test_the_line_to_paste_names_a_command_that_is_there() -> None:
    command = paste_line("http://x", "agk_x").split(" ")[2]
    assert Path(command).name == "agentgate"
