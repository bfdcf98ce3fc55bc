"""Approving and denying by typed words and by buttons."""

from bot.callers import Caller, Role
from bot.dispatch import press, why_not
from gateway import browse
from gateway.card import Tone, Verb
from gateway.gate import Gate
from gateway.people import link_person
from gateway.views import SYSTEM_START, Actor
from models.words import Status
from tests.bot.conftest import Ask_, Say, a_policy, somebody, text_of
from tests.clock import Clock

QUORUM = {"match": {}, "decision": "route_to_human", "approvalsNeeded": 2}


async def test_approving_names_the_request_the_approver_and_the_reason(ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask()
    card = await say(f"approve {request.shown_code} looks good", alice)
    assert card.headline == f"{request.shown_code} is approved."
    assert card.tone is Tone.GOOD
    assert "terminal:alice" in text_of(card)
    assert "looks good" in text_of(card)
    assert request.shown_code in (card.footer or "")
    after = await browse.load(request.id)
    assert (after.status, after.decided_by, after.decision_reason) == (Status.APPROVED, "terminal:alice", "looks good")


async def test_denying_keeps_the_reason_as_it_was_typed(ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask()
    card = await say(f"/agentgate deny {request.code} don't – it's Friday", alice)
    assert (card.headline, card.tone) == (f"{request.shown_code} is denied.", Tone.BAD)
    assert (await browse.load(request.id)).decision_reason == "don't – it's Friday"


async def test_the_second_answer_is_told_who_was_first(ask: Ask_, say: Say, alice: Caller, bob: Caller) -> None:
    request = await ask()
    await say(f"approve {request.code} it is fine", bob)
    card = await say(f"deny {request.code}", alice)
    assert card.headline == f"{request.shown_code} was already approved by terminal:bob."
    assert "it is fine" in text_of(card)
    assert [button.verb for button in card.buttons] == [Verb.DETAILS]
    assert (await browse.load(request.id)).status is Status.APPROVED


async def test_a_late_answer_is_told_that_time_ran_out(ask: Ask_, say: Say, alice: Caller, clock: Clock) -> None:
    request = await ask()
    clock.advance(hours=2)
    assert "has expired" in (await say(f"approve {request.code}", alice)).headline


async def test_a_quorum_counts_each_person_once(gate: Gate, ask: Ask_, say: Say, alice: Caller, bob: Caller) -> None:
    await a_policy(gate, QUORUM)
    request = await ask()
    first = await say(f"approve {request.code}", alice)
    assert first.headline == "Your approval counts: 1 of 2."
    assert f"{request.shown_code} waits for 1 more." in text_of(first)
    again = await say(f"approve {request.code}", alice)
    assert again.headline == "Your first answer stands: 1 of 2."
    last = await say(f"approve {request.code}", bob)
    assert last.headline == f"{request.shown_code} is approved."


async def test_nobody_approves_what_they_asked(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask(by=Actor("slack", "U1"))
    card = await say(f"approve {request.code}", somebody("U1", Role.APPROVER))
    assert "somebody else has to decide it" in card.headline
    await link_person(gate, "al", "slack:U1", by=SYSTEM_START)
    await link_person(gate, "al", "terminal:alice", by=SYSTEM_START)
    assert "somebody else has to decide it" in (await say(f"approve {request.code}", alice)).headline


async def test_who_may_not_decide_is_told_who_can(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "approvers": ["slack:ULEAD"]})
    request = await ask()
    card = await say(f"deny {request.code}", alice)
    assert card.headline == f"Only slack:ULEAD may decide {request.shown_code}."
    assert (await browse.load(request.id)).status is Status.PENDING


async def test_whom_a_rule_names_needs_no_role(gate: Gate, ask: Ask_, say: Say) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "approvers": ["slack:ULEAD"]})
    request = await ask()
    assert (await say(f"approve {request.code}", somebody("ULEAD"))).tone is Tone.GOOD


async def test_a_stranger_decides_nothing(ask: Ask_, say: Say, mallory: Caller) -> None:
    request = await ask()
    card = await say(f"approve {request.code}", mallory)
    assert card.tone is Tone.BAD
    assert "cannot be decided here" in card.headline


async def test_a_required_reason_is_asked_for(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "requireReason": True})
    request = await ask()
    card = await say(f"approve {request.code}", alice)
    assert card.headline == f"{request.shown_code} needs a reason: say why."
    assert "approve k7qm-3vtx agreed" in text_of(card)


async def test_unknown_and_malformed_requests(say: Say, alice: Caller) -> None:
    assert "There is no request “aaaa-aaaa”" in (await say("approve aaaa-aaaa", alice)).headline
    assert "neither an id" in (await say("deny \u202enonsense", alice)).headline
    assert "\u202e" not in (await say("deny \u202enonsense", alice)).headline
    missing = await say("approve", alice)
    assert missing.headline.startswith("approve needs REQUEST")
    assert "Usage: approve REQUEST [reason]" in text_of(missing)


async def test_buttons_do_what_they_say(gate: Gate, ask: Ask_, alice: Caller) -> None:
    first, second = await ask(), await ask()
    assert (await press(gate, Verb.DETAILS, first.id, by=alice)).request_id == first.id
    assert (await press(gate, Verb.APPROVE, first.id, by=alice)).headline.endswith("is approved.")
    denied = await press(gate, Verb.DENY, second.id, by=alice, reason='reason:x "as" typed')
    assert 'reason:x "as" typed' in text_of(denied)
    assert (await press(gate, Verb.RUN, "whoami", by=alice)).headline == "This is who you are."


async def test_what_cannot_be_answered_is_said_before_a_reason_is_asked(
    gate: Gate, ask: Ask_, say: Say, alice: Caller, bob: Caller, mallory: Caller, clock: Clock
) -> None:
    await a_policy(gate, QUORUM)
    request = await ask()
    assert await why_not(gate, request.id, by=alice) is None
    assert "cannot be decided here" in text_of(await why_not(gate, request.id, by=mallory) or await say("", alice))
    await say(f"approve {request.code}", alice)
    repeated = await why_not(gate, request.id, by=alice)
    assert repeated is not None
    assert repeated.headline == "Your first answer stands: 1 of 2."
    clock.advance(hours=2)
    late = await why_not(gate, request.id, by=bob)
    assert late is not None
    assert "has expired" in late.headline
