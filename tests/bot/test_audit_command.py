"""Searching the audit trail from chat."""

import pytest

from bot.callers import Caller, Role
from bot.dispatch import press
from gateway.card import Card, Table, Verb
from gateway.gate import Gate
from tests.bot.conftest import Ask_, Say, somebody, text_of
from tests.clock import Clock


def rows(card: Card) -> list[tuple[str, ...]]:
    return [row for section in card.sections if isinstance(section, Table) for row in section.rows]


async def test_everything_newest_first(ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask()
    await say(f"deny {request.code} too late", alice)
    card = await say("audit", alice)
    assert card.headline == "4 entries in the audit trail."
    assert [row[1] for row in rows(card)] == ["request.decided", "request.denied", "request.pending", "request.created"]
    assert "too late" in text_of(card)
    assert f"{request.shown_code} deploy.prod" in text_of(card)


async def test_filters_narrow_it(ask: Ask_, say: Say, alice: Caller, bob: Caller) -> None:
    first, second = await ask("a"), await ask("b")
    await say(f"approve {first.code}", alice)
    await say(f"deny {second.code}", bob)
    for line, count in {
        "audit event:approved": 1,
        "audit event:request.created": 2,
        "audit actor:terminal:bob": 2,
        "audit action:a": 4,
        f"audit request:{second.code}": 4,
        f"audit request:{second.id} actor:terminal:bob event:denied": 1,
        "audit actor:terminal:carol": 0,
    }.items():
        assert len(rows(await say(line, alice))) == count, line


async def test_dates_bound_it(ask: Ask_, say: Say, alice: Caller, clock: Clock) -> None:
    await ask("old")
    clock.advance(days=10)
    await ask("new")
    clock.advance(hours=1)
    assert {row[3][10:] for row in rows(await say("audit from:7d", alice))} == {"new"}
    assert {row[3][10:] for row in rows(await say("audit to:7d", alice))} == {"old"}
    assert rows(await say("audit from:30m", alice)) == []
    assert rows(await say(f"audit from:{clock():%Y-%m-%d} to:{clock():%Y-%m-%d} action:old", alice)) == []


async def test_pages_go_by_buttons_and_keep_the_question(
    gate: Gate, ask: Ask_, say: Say, alice: Caller, clock: Clock
) -> None:
    for _ in range(12):
        await ask("say “hi there”")
    await ask("other")
    card = await say("audit event:created action:'say “hi there”' from:7d", alice)
    assert card.headline == "12 entries in the audit trail, 10 shown."
    (older,) = card.buttons
    assert (older.verb, older.label) == (Verb.RUN, "Older")
    clock.advance(days=7)
    second = await press(gate, older.verb, older.value, by=alice)
    assert len(rows(second)) == 2
    assert [button.label for button in second.buttons] == ["Newest"]
    again = await press(gate, Verb.RUN, second.buttons[0].value, by=alice)
    assert rows(again) == rows(card)


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("audit event:exploded", "is not an event"),
        ("audit request:nonsense", "There is no request"),
        ("audit request:aaaa-aaaa", "There is no request"),
        ("audit from:soon", "is not a date"),
        ("audit actor:\ud800", "half a character"),
        ("audit action:a\x00", "NUL"),
        ("audit everything", "does not know what to do"),
        ("audit after:nonsense", "cursor"),
    ],
)
async def test_wrong_questions(say: Say, alice: Caller, line: str, says: str) -> None:
    assert says in (await say(line, alice)).headline


async def test_it_is_for_auditors(say: Say, bob: Caller) -> None:
    card = await say("audit", bob)
    assert "audit is for auditors" in card.headline
    assert "SLACK_AUDITORS" in text_of(card)
    assert "Nothing" in (await say("audit", somebody("U1", Role.AUDITOR))).headline


async def test_what_people_wrote_is_shown_as_text_and_clipped_with_a_count(ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask()
    await say(f"deny {request.code} \u202e{'x' * 300}", alice)
    said = text_of(await say("audit", alice))
    assert "\\u202exxx" in said
    assert "more" in said
    assert "x" * 200 not in said
