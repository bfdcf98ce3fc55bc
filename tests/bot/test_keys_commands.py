"""Managing API keys from chat."""

import pytest

from bot.callers import Caller
from gateway.card import Block, Card, Tone
from gateway.errors import Unauthorized
from gateway.gate import Gate
from gateway.keys import authenticate
from models.words import Scope
from tests.bot.conftest import Say, text_of

LINES = ("keys list", "keys create ci admin", "keys revoke ci", "keys rotate ci")


def secret_of(card: Card) -> str:
    (block,) = [section for section in card.sections if isinstance(section, Block)]
    (secret,) = block.lines
    return secret


async def test_a_new_key_is_shown_once_and_works(gate: Gate, say: Say, alice: Caller) -> None:
    card = await say("keys create ci request:create,request:read 120", alice)
    assert card.tone is Tone.GOOD
    key = await authenticate(gate, secret_of(card))
    assert (key.name, key.scopes, key.rate_limit) == ("ci", (Scope.REQUEST_CREATE, Scope.REQUEST_READ), 120)
    assert key.created_by == "terminal:alice"
    listed = text_of(await say("keys list", alice))
    assert "ci request:create, request:read 120/min" in listed
    assert secret_of(card) not in listed
    assert secret_of(card) not in text_of(await say("audit", alice))


async def test_revoking_works_at_once(gate: Gate, say: Say, alice: Caller) -> None:
    secret = secret_of(await say("keys create ci admin", alice))
    await authenticate(gate, secret)
    assert "is revoked" in (await say("keys revoke ci", alice)).headline
    with pytest.raises(Unauthorized):
        await authenticate(gate, secret)
    assert "revoked" in text_of(await say("keys list", alice))
    assert "There is no active key “ci”" in (await say("keys revoke ci", alice)).headline


async def test_rotating_replaces_the_secret(gate: Gate, say: Say, alice: Caller) -> None:
    old = secret_of(await say("keys create ci request:create 7", alice))
    new = secret_of(await say("keys rotate ci", alice))
    assert (await authenticate(gate, new)).rate_limit == 7
    with pytest.raises(Unauthorized):
        await authenticate(gate, old)
    assert "There is no active key" in (await say("keys rotate nobody", alice)).headline


async def test_no_keys_yet(say: Say, alice: Caller) -> None:
    assert "There are no API keys" in (await say("keys list", alice)).headline


async def test_a_name_is_taken_once(say: Say, alice: Caller) -> None:
    await say("keys create ci admin", alice)
    assert "There is an active key “ci” already" in (await say("keys create ci admin", alice)).headline


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("keys create", "keys create needs NAME"),
        ("keys create ci", "keys create needs SCOPES"),
        ("keys create ci everything", "is not a scope"),
        ("keys create ci admin 0", "rateLimit"),
        ("keys create ci admin often", "not a whole number"),
        ("keys create ci\x07 admin", "printable"),
        ("keys revoke", "keys revoke needs NAME"),
        ("keys rotate \x07", "There is no active key"),
        ("keys rotate \x00", "NUL"),
        ("keys list please", "does not know what to do"),
    ],
)
async def test_wrong_words(say: Say, alice: Caller, line: str, says: str) -> None:
    card = await say(line, alice)
    assert says in card.headline
    assert card.tone is Tone.BAD


@pytest.mark.parametrize("line", LINES)
async def test_keys_are_for_admins(say: Say, bob: Caller, line: str) -> None:
    card = await say(line, bob)
    assert "is for admins" in card.headline
    assert "SLACK_ADMINS" in text_of(card)
