"""What waits for somebody, and everything about one request."""

from bot.callers import Caller, Role
from bot.dispatch import press
from gateway.card import Card, Entry, Tone, Verb
from gateway.gate import Gate
from gateway.people import link_person
from gateway.views import SYSTEM_START, Actor
from tests.bot.conftest import Ask_, Say, a_policy, somebody, text_of
from tests.clock import Clock


def codes(card: Card) -> list[str]:
    return [section.title for section in card.sections if isinstance(section, Entry)]


async def test_nothing_waits(say: Say, alice: Caller) -> None:
    card = await say("pending", alice)
    assert (card.headline, card.tone) == ("Nothing waits for you.", Tone.QUIET)


async def test_the_newest_comes_first_with_its_buttons(ask: Ask_, say: Say, alice: Caller) -> None:
    older, newer = await ask("email.send", context={"reason": "to the customer"}), await ask("deploy.prod")
    card = await say("pending", alice)
    assert card.headline == "2 requests wait for you."
    assert codes(card) == [newer.shown_code, older.shown_code]
    assert "to the customer" in text_of(card)
    first = card.sections[0]
    assert isinstance(first, Entry)
    assert [(button.verb, button.value) for button in first.buttons] == [
        (Verb.APPROVE, newer.id),
        (Verb.DENY, newer.id),
        (Verb.DETAILS, newer.id),
    ]


async def test_many_are_paged_by_buttons(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    asked = [(await ask()).shown_code for _ in range(12)]
    card = await say("pending", alice)
    seen = codes(card)
    assert "there are older ones" in card.headline
    while older := next((button for button in card.buttons if button.label == "Older"), None):
        assert older.verb is Verb.RUN
        card = await press(gate, older.verb, older.value, by=alice)
        seen += codes(card)
    assert seen == asked[::-1]
    assert [button.value for button in card.buttons] == ["pending"]


async def test_only_what_waits_for_this_person_is_listed(
    gate: Gate, ask: Ask_, say: Say, alice: Caller, bob: Caller, clock: Clock
) -> None:
    await a_policy(
        gate,
        {"match": {"action": "for.lead"}, "decision": "route_to_human", "approvers": ["slack:ULEAD"]},
        {"match": {"action": "for.two"}, "decision": "route_to_human", "approvalsNeeded": 2},
        {"match": {"action": "read"}, "decision": "auto_approve"},
    )
    await ask("soon.gone")
    clock.advance(hours=2)
    for_lead, for_two = await ask("for.lead"), await ask("for.two")
    await ask("read")
    own = await ask("own", by=bob.actor)
    await link_person(gate, "bobby", "slack:UBOB", by=SYSTEM_START)
    await link_person(gate, "bobby", "terminal:bob", by=SYSTEM_START)
    by_himself_elsewhere = await ask("elsewhere", by=Actor("slack", "UBOB"))
    await say(f"approve {for_two.code}", bob)
    assert codes(await say("pending", bob)) == []
    assert codes(await say("pending", alice)) == [by_himself_elsewhere.shown_code, own.shown_code, for_two.shown_code]
    assert codes(await say("pending", somebody("ULEAD"))) == [for_lead.shown_code]


async def test_a_vote_counts_for_every_identity_of_a_person(gate: Gate, ask: Ask_, say: Say, bob: Caller) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "approvalsNeeded": 2})
    request = await ask()
    await say(f"approve {request.code}", Caller(Actor("cli", "bob"), frozenset({Role.APPROVER})))
    assert codes(await say("pending", bob)) == [request.shown_code]
    await link_person(gate, "bobby", "cli:bob", by=SYSTEM_START)
    await link_person(gate, "bobby", "terminal:bob", by=SYSTEM_START)
    assert codes(await say("pending", bob)) == []
    assert (await press(gate, Verb.APPROVE, request.id, by=bob)).headline == "Your first answer stands: 1 of 2."


async def test_a_stranger_is_told_how_to_become_an_approver(ask: Ask_, say: Say, mallory: Caller) -> None:
    await ask()
    card = await say("pending", mallory)
    assert card.tone is Tone.BAD
    assert "for approvers" in card.headline


async def test_a_cursor_that_nobody_gave_is_refused(say: Say, alice: Caller) -> None:
    assert "cursor" in (await say("pending after:nonsense", alice)).headline
    assert "does not know what to do" in (await say("pending nonsense", alice)).headline


async def test_show_has_everything_and_the_history(ask: Ask_, say: Say, alice: Caller, bob: Caller) -> None:
    request = await ask(params={"env": "prod", "apiToken": "s3cret"}, context={"ticket": "OPS-7"})
    await say(f"deny {request.code} not today", bob)
    said = text_of(await say(f"show {request.code}", alice))
    for expected in (
        "env: prod",
        "OPS-7",
        request.digest,
        request.id,
        "request.created by api:deploy-bot",
        "not today",
    ):
        assert expected in said
    assert "s3cret" not in said


async def test_show_of_a_waiting_request_has_buttons(ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask()
    assert [button.verb for button in (await say(f"show {request.id}", alice)).buttons] == [Verb.APPROVE, Verb.DENY]


async def test_show_is_for_approvers_and_whom_the_rule_names(gate: Gate, ask: Ask_, say: Say, mallory: Caller) -> None:
    await a_policy(gate, {"match": {}, "decision": "route_to_human", "approvers": ["slack:ULEAD"]})
    request = await ask(params={"to": "somebody"})
    refused = await say(f"show {request.code}", mallory)
    assert "for approvers" in refused.headline
    assert "somebody" not in text_of(refused)
    assert "somebody" in text_of(await say(f"show {request.code}", somebody("ULEAD")))
    assert "somebody" in text_of(await say(f"show {request.code}", somebody("U7", Role.APPROVER)))


async def test_show_of_nothing(say: Say, alice: Caller) -> None:
    assert "show needs REQUEST" in (await say("show", alice)).headline
    assert "There is no request" in (await say("show aaaa-aaaa", alice)).headline


async def test_agent_text_stays_text(ask: Ask_, say: Say, alice: Caller) -> None:
    nasty = "\x1b[31m<!channel> \u202eevil *bold* [red]"
    request = await ask("a.b", params={nasty: nasty}, context={"reason": nasty})
    for line in ("pending", f"show {request.code}"):
        said = text_of(await say(line, alice))
        assert "\\u001b[31m<!channel> \\u202eevil *bold* [red]" in said
        assert "\x1b" not in said
        assert "\u202e" not in said
