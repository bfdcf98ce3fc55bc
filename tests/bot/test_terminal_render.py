"""Every card can be shown on every terminal, and nothing in it is taken for markup."""

from datetime import UTC, datetime
from io import StringIO
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from rich.cells import cell_len
from rich.console import Console

from bot.terminal.buttons import KEPT, Buttons
from bot.terminal.render import card_view, greeting_view, outcome_view
from gateway.card import Block, Button, Card, Entry, Facts, Note, Quote, Section, Table, Tone, Verb
from gateway.cards import details_card, request_card
from gateway.views import PolicyDecision, RequestView
from models.words import Outcome, Status, Urgency

NOW = datetime(2026, 1, 31, 12, 0, tzinfo=UTC)
NASTY = "\x1b[31m[red]not red[/red]\x1b[0m \u202egnp.exe\u202c \x07 :smile: \ud800 \x00 é 漢字 👩‍👩‍👧"


def drawn(card: Card, *, width: int = 80, colour: bool = False) -> str:
    console = Console(
        file=StringIO(), width=width, force_terminal=True, no_color=not colour, color_system="standard", markup=False
    )
    with console.capture() as captured:
        console.print(card_view(card, number=Buttons().number))
    return captured.get()


def plain(card: Card, *, width: int = 80) -> str:
    console = Console(file=StringIO(), width=width, force_terminal=False, color_system=None)
    with console.capture() as captured:
        console.print(card_view(card, number=Buttons().number))
    return captured.get()


def a_request(**changes: Any) -> RequestView:
    fields: dict[str, Any] = {
        "id": "req_01k2zzzzzzzzzzzzzzzzzzzzzz",
        "code": "k7qm3vtx",
        "action": "deploy.prod",
        "params": {"env": "prod"},
        "context": {},
        "digest": "sha256:" + "ab" * 32,
        "status": Status.PENDING,
        "urgency": Urgency.HIGH,
        "requested_by": "api:deploy-bot",
        "asker_key_id": None,
        "created_at": NOW,
        "updated_at": NOW,
        "expires_at": None,
        "decided_at": None,
        "decided_by": None,
        "decided_by_type": None,
        "decision_reason": None,
        "approvals_needed": 1,
        "require_reason": False,
        "approvals": (),
        "policy_decision": PolicyDecision(Outcome.ROUTE_TO_HUMAN),
        "targets": (),
        "escalated_at": None,
        "confirmed_at": None,
        "result": None,
    }
    return RequestView(**{**fields, **changes})


def a_card(**changes: Any) -> Card:
    return request_card(a_request(**changes), now=NOW, public_url="http://localhost:3000")


@pytest.mark.parametrize("width", [20, 40, 80, 200])
def test_the_code_stands_unbroken_at_any_width(width: int) -> None:
    lines = plain(a_card(params={"x": NASTY * 50}), width=width).splitlines()
    assert any("k7qm-3vtx" in line for line in lines)
    assert all(cell_len(line) <= width for line in lines)


def test_the_code_in_an_outcome_stands_unbroken() -> None:
    decided = a_card(status=Status.DENIED, decided_by="slack:U1", decided_at=NOW, decision_reason=NASTY)
    console = Console(file=StringIO(), width=40, color_system=None)
    with console.capture() as captured:
        console.print(outcome_view(decided))
    said = captured.get()
    for expected in ("k7qm-3vtx", "deploy.prod", "slack:U1", "\\u202e"):
        assert expected in said


def test_nasty_text_is_shown_and_never_obeyed() -> None:
    said = drawn(a_card(action=NASTY, params={NASTY: NASTY, "big": "x" * 100_000}, context={"reason": NASTY}))
    assert "[red]not red[/red]" in said
    assert ":smile:" in said
    assert "\\u001b[31m" in said
    assert "more characters, see the full view" in said
    for hidden in ("\x1b[31m", "\u202e", "\x07", "\x00", "\ud800"):
        assert hidden not in said


def test_everything_of_100_kb_can_be_looked_at() -> None:
    card = details_card(a_request(params={"big": "x y" * 33_000}), now=NOW, public_url="http://localhost:3000")
    assert plain(card).replace("\n", "").count("y") >= 33_000


def test_urgency_and_outcome_are_said_in_words() -> None:
    said = plain(a_card(urgency=Urgency.CRITICAL))
    assert "critical" in said
    assert "Waiting for approval" in said


def test_colour_can_be_switched_off() -> None:
    card = a_card()
    assert "\x1b[33m" in drawn(card, colour=True).replace("\x1b[1;33m", "\x1b[33m")
    assert "33m" not in drawn(card, colour=False)


def test_numbers_go_on_over_cards_and_old_ones_are_forgotten() -> None:
    buttons = Buttons()
    press = Button(Verb.RUN, "x", "whoami")
    assert [buttons.number(press) for _ in range(KEPT + 2)] == list(range(1, KEPT + 3))
    assert buttons.find(2) is None
    assert buttons.find(3) is press
    assert buttons.find(0) is None


def test_a_table_without_room_keeps_every_value() -> None:
    table = Table(
        ("Name", "Scopes", "State"), (("ci", "request:create, request:read", "active"), ("old", "", "revoked"))
    )
    wide, narrow = plain(Card("Keys.", sections=(table,)), width=80), plain(Card("Keys.", sections=(table,)), width=30)
    for said in (wide, narrow):
        assert all(value in said for value in ("ci", "request:create,", "revoked"))
    assert "Scopes" in narrow
    assert plain(Card("None.", sections=(Table((), ()), Table(("A",), ())))).strip()


def test_the_greeting_names_you_and_what_waits() -> None:
    console = Console(file=StringIO(), width=80, color_system=None)
    with console.capture() as captured:
        console.print(greeting_view("terminal:al[red]ice\x1b", "2 requests wait for you."))
    for expected in ("terminal:al[red]ice\\u001b", "2 requests wait for you.", "help lists"):
        assert expected in captured.get()


TEXT = st.text(max_size=80)
BUTTONS = st.lists(st.builds(Button, st.sampled_from(Verb), TEXT, TEXT, st.booleans()), max_size=4).map(tuple)
LINES = st.lists(TEXT, max_size=4).map(tuple)


@st.composite
def tables(draw: st.DrawFn) -> Table:
    width = draw(st.integers(0, 5))
    row = st.lists(TEXT, min_size=width, max_size=width).map(tuple)
    return Table(draw(row), draw(st.lists(row, max_size=4).map(tuple)))


SECTIONS: st.SearchStrategy[Section] = st.one_of(
    st.builds(Facts, st.lists(st.tuples(TEXT, TEXT), max_size=4).map(tuple)),
    st.builds(Quote, TEXT, TEXT, st.none() | TEXT),
    st.builds(Block, TEXT, LINES, st.none() | TEXT),
    st.builds(Note, TEXT),
    st.builds(Entry, TEXT, LINES, BUTTONS),
    tables(),
)
CARDS = st.builds(
    Card, TEXT, st.sampled_from(Tone), st.lists(SECTIONS, max_size=5).map(tuple), BUTTONS, st.none() | TEXT, st.none()
)


@given(card=CARDS, width=st.integers(10, 130))
def test_every_card_can_be_drawn(card: Card, width: int) -> None:
    lines = plain(card, width=width).splitlines()
    assert all(line.startswith("▌") for line in lines if line)
    assert all(cell_len(line) <= width for line in lines)
    outcome_view(card)
