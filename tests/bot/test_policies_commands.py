"""Looking at policies from chat, switching and trying them."""

import pytest

from bot.callers import Caller
from gateway.card import Tone
from gateway.gate import Gate
from tests.bot.conftest import Ask_, Say, a_policy, text_of

LINES = ("policies list", "policies show prod", "policies enable prod", "policies disable prod", "policies try a")
TO_TWO = {
    "match": {"action": {"$glob": "deploy.*"}, "params.env": "prod"},
    "decision": "route_to_human",
    "approvalsNeeded": 2,
    "requireReason": True,
    "approvers": ["slack:ULEAD", "person:alice"],
    "channels": ["slack:#prod"],
}


async def test_there_are_none_yet(say: Say, alice: Caller) -> None:
    assert "a human decides everything" in (await say("policies list", alice)).headline


async def test_list_and_show(gate: Gate, say: Say, alice: Caller) -> None:
    await a_policy(gate, TO_TWO)
    await a_policy(gate, {"match": {"note": "\u202e"}, "decision": "auto_deny"}, name="first", priority=1)
    listed = text_of(await say("policies list", alice))
    assert listed.index("1 first 1 on") < listed.index("10 prod 1 on")
    assert '"$glob": "deploy.*"' in text_of(await say("policies show prod", alice))
    assert '"\\u202e"' in text_of(await say("policies show first", alice))


async def test_a_long_name_is_found_like_a_short_one(gate: Gate, say: Say, alice: Caller) -> None:
    name = "n" * 100
    await a_policy(gate, TO_TWO, name=name)
    assert (await say(f"policies show {name}", alice)).headline == "A policy."
    assert "There is no policy" in (await say(f"policies show {name}n", alice)).headline


async def test_switching_changes_what_happens(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    await a_policy(gate, {"match": {}, "decision": "auto_approve"}, name="open")
    assert (await ask()).decided_by == "policy:open"
    assert (await say("policies disable open", alice)).headline == "The policy is off."
    assert (await ask()).decided_by is None
    assert (await say("policies enable open", alice)).headline == "The policy is on."
    assert (await ask()).decided_by == "policy:open"


async def test_try_explains_the_answer_and_what_came_before(gate: Gate, say: Say, alice: Caller) -> None:
    await a_policy(gate, {"match": {"urgency": "low"}, "decision": "auto_approve"}, TO_TWO)
    said = text_of(await say("policies try deploy.api env=prod", alice))
    for expected in (
        "wait for a human",
        "policy prod, rule 2",
        "slack:ULEAD or person:alice",
        "slack:#prod",
        "required",
    ):
        assert expected in said
    assert "prod, rule 1 (auto_approve): urgency is “normal”, which does not meet $eq “low”" in said


async def test_try_tells_every_outcome(gate: Gate, say: Say, alice: Caller) -> None:
    for outcome in ("auto_approve", "auto_deny", "route_to_agent"):
        await a_policy(gate, {"match": {"action": outcome}, "decision": outcome}, name=outcome)
    assert (await say("policies try auto_approve", alice)).tone is Tone.GOOD
    assert (await say("policies try auto_deny", alice)).tone is Tone.BAD
    assert "another agent" in (await say("policies try route_to_agent", alice)).headline
    assert "no policy matches" in text_of(await say("policies try other", alice))


async def test_try_takes_json_urgency_and_asker(gate: Gate, say: Say, alice: Caller) -> None:
    match = {"params.n": {"$gt": 5}, "urgency": "high", "requestedBy": "api:ci"}
    await a_policy(gate, {"match": match, "decision": "auto_approve"})
    card = await say('policies try pay {"n": 6, "to": {"name": "x"}} urgency:high asker:api:ci', alice)
    assert card.tone is Tone.GOOD
    assert "n is 5, which does not meet" in text_of(await say("policies try pay n=5 urgency:high", alice))


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("policies show nothing", "There is no policy “nothing”"),
        ("policies enable nothing", "There is no policy “nothing”"),
        ("policies disable \x00", "NUL"),
        ("policies disable \ud800", "half a character"),
        ("policies show \u202e", "There is no policy “\\u202e”"),
        ("policies show", "policies show needs NAME"),
        ("policies try", "policies try needs ACTION"),
        ("policies try pay {oops", "not JSON"),
        ("policies try pay oops", "not name=value"),
        ('policies try pay {"n": NaN}', "not finite"),
        ('policies try pay {"n": "\\ud800"}', "half a character"),
    ],
)
async def test_wrong_words(say: Say, alice: Caller, line: str, says: str) -> None:
    card = await say(line, alice)
    assert says in card.headline
    assert card.tone is Tone.BAD


@pytest.mark.parametrize("line", LINES)
async def test_policies_are_for_admins(say: Say, bob: Caller, line: str) -> None:
    assert "is for admins" in (await say(line, bob)).headline
