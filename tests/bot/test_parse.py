"""Typed words become arguments, or a sentence that says how to type them."""

from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from bot import words
from bot.commands import COMMANDS
from bot.lookup import LONGEST_LINE, command_words, find
from bot.parse import arguments, read_all
from bot.values import UsageError
from models.words import Scope, Urgency

NOW = datetime(2026, 3, 10, 12, 0, tzinfo=UTC)
NAMES = [command.name for command in COMMANDS]


def parse(line: str) -> tuple[str, dict[str, Any]]:
    command = find(command_words(line), COMMANDS)
    return command.name, arguments(command, line, now=NOW)


@pytest.mark.parametrize(
    ("line", "name", "expected"),
    [
        ("pending", "pending", {}),
        ("  PENDING ", "pending", {}),
        ("/agentgate pending", "pending", {}),
        ("agentgate pending", "pending", {}),
        ("/pending", "pending", {}),
        ("approve k7qm-3vtx", "approve", {"request": "k7qm-3vtx"}),
        ("approve #k7qm-3vtx", "approve", {"request": "k7qm-3vtx"}),
        ("approve `k7qm-3vtx`", "approve", {"request": "k7qm-3vtx"}),
        ("approve request:k7qm-3vtx looks fine", "approve", {"request": "k7qm-3vtx", "reason": "looks fine"}),
        ("keys revoke ci", "keys revoke", {"name": "ci"}),
        ("keys revoke “my key”", "keys revoke", {"name": "my key"}),
        (
            "keys create ci request:create 60",
            "keys create",
            {"name": "ci", "scopes": (Scope.REQUEST_CREATE,), "rate": 60},
        ),
        (
            "keys create rate:60 scopes:admin name:ci",
            "keys create",
            {"name": "ci", "scopes": (Scope.ADMIN,), "rate": 60},
        ),
        ("keys create admin name:ci", "keys create", {"name": "ci", "scopes": (Scope.ADMIN,)}),
        (
            "keys create ci request:create, Request:Read",
            "keys create",
            {"name": "ci", "scopes": (Scope.REQUEST_CREATE, Scope.REQUEST_READ)},
        ),
        ("people link alice slack:U1", "people link", {"person": "alice", "actor": "slack:U1"}),
        ("people link actor:slack:U1 alice", "people link", {"person": "alice", "actor": "slack:U1"}),
        ("audit actor:slack:U1 event:approved", "audit", {"actor": "slack:U1", "event": "request.approved"}),
        ("audit event: key.created", "audit", {"event": "key.created"}),
        ("audit Event:key.created", "audit", {"event": "key.created"}),
        ("help keys create", "help", {"command": "keys create"}),
        ("policies try deploy urgency:HIGH", "policies try", {"action": "deploy", "urgency": Urgency.HIGH}),
    ],
)
def test_lines_mean_what_they_look_like(line: str, name: str, expected: dict[str, Any]) -> None:
    assert parse(line) == (name, expected)


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("deny k7qm-3vtx too risky", "too risky"),
        ('deny k7qm-3vtx "too risky"', "too risky"),
        ("deny k7qm-3vtx “too risky”", "too risky"),
        ("deny k7qm-3vtx ‘it’s too risky’", "it’s too risky"),
        ("deny k7qm-3vtx don't, it's 5\" too long", "don't, it's 5\" too long"),
        ('deny k7qm-3vtx he said "no" twice', 'he said "no" twice'),
        ('deny k7qm-3vtx "unfinished', '"unfinished'),
        ("deny k7qm-3vtx reason:too risky today", "too risky today"),
        ("deny reason:“too risky” k7qm-3vtx", "too risky"),
        ("deny k7qm-3vtx reason: too risky", "too risky"),
        ("deny k7qm-3vtx note: see request:42 and reason:x", "note: see request:42 and reason:x"),
        ("deny k7qm-3vtx first\nsecond  line", "first\nsecond  line"),
    ],
)
def test_a_reason_is_the_rest_of_the_line_as_it_was_typed(line: str, reason: str) -> None:
    assert parse(line) == ("deny", {"request": "k7qm-3vtx", "reason": reason})


@pytest.mark.parametrize(
    ("text", "since"),
    [
        ("2026-01-31", datetime(2026, 1, 31, tzinfo=UTC)),
        ("2026-01-31T14:05", datetime(2026, 1, 31, 14, 5, tzinfo=UTC)),
        ("2026-01-31T14:05:00+02:00", datetime(2026, 1, 31, 12, 5, tzinfo=UTC)),
        ("7d", NOW - timedelta(days=7)),
        ("12h", NOW - timedelta(hours=12)),
        ("30m", NOW - timedelta(minutes=30)),
        ("2W", NOW - timedelta(weeks=2)),
    ],
)
def test_dates_are_days_moments_or_how_long_ago(text: str, since: datetime) -> None:
    assert parse(f"audit from:{text}") == ("audit", {"from_": since})


def test_a_day_counts_to_its_end() -> None:
    assert parse("audit to:2026-01-31")[1] == {"to": datetime(2026, 2, 1, tzinfo=UTC)}


@pytest.mark.parametrize(
    ("typed", "params"),
    [
        ('{"env": "prod", "n": 1}', {"env": "prod", "n": 1}),
        ("{“env”: “prod”}", {"env": "prod"}),
        ("env=prod amount=5 dry=true x=null", {"env": "prod", "amount": 5, "dry": True, "x": None}),
        ('note="two words" params.n="5"', {"note": "two words", "n": "5"}),
        ("url=https://example.com/?a=b", {"url": "https://example.com/?a=b"}),
    ],
)
def test_params_are_json_or_pairs(typed: str, params: dict[str, Any]) -> None:
    assert parse(f"policies try deploy {typed}")[1] == {"action": "deploy", "params": params}


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("aprove k7qm-3vtx", "did you mean approve?"),
        ("reject k7qm-3vtx", "did you mean deny?"),
        ("xyzzy", "help lists the commands"),
        ("k7qm-3vtx", "show k7qm-3vtx"),
        ("keys", "list, create, revoke, rotate"),
        ("keys crate ci", "did you mean create?"),
        ("approve", "approve needs REQUEST"),
        ('approve ""', "approve needs REQUEST"),
        ("keys create ci", "keys create needs SCOPES"),
        ("keys create ci request:creat", "did you mean request:create?"),
        ("keys create ci ,", "give at least one of"),
        ("keys create ci admin many", "is not a whole number"),
        ("keys revoke ci cd", "does not know what to do with “cd”"),
        ("policies show staging is free", "does not know what to do with “is”. If NAME has spaces, put it in quotes."),
        ("keys revoke “ci", "never closed"),
        ("keys revoke name:“ci", "never closed"),
        ("audit evnt:approved", "did you mean event?"),
        ("audit event:", "needs a value"),
        ("audit event: actor:x", "needs a value"),
        ("audit event:aproved", "did you mean"),
        ("audit event:approved event:denied", "given twice"),
        ("audit from:yesterday", "is not a date"),
        ("audit to:9999-12-31", "is not a date"),
        ("policies try deploy {", "not JSON"),
        ("policies try deploy " + '{"a":' * 3000, "not JSON"),
        ("policies try deploy prod", "is not name=value"),
        ("policies try deploy urgency:huge", "low, normal, high, critical"),
        ("x" * (LONGEST_LINE + 1), "the most that is read"),
    ],
)
def test_every_mistake_has_a_sentence(line: str, says: str) -> None:
    with pytest.raises(UsageError) as caught:
        parse(line)
    assert says in caught.value.sentence
    assert "\n" not in caught.value.sentence


def test_a_mistake_in_the_options_shows_the_usage() -> None:
    with pytest.raises(UsageError) as caught:
        parse("deny")
    assert caught.value.usage == "deny REQUEST [reason]"


COLONS = st.sampled_from([f"{option.name}:" for command in COMMANDS for option in command.parameters])
PIECES = st.one_of(
    st.text(max_size=20), COLONS, st.sampled_from(['"', "“", "’", ",", " ", "\n", "k7qm-3vtx", "7d", "{", "="])
)


@given(st.one_of(st.text(), st.lists(PIECES).map("".join)))
@example("\x00")
@example("/agentgate")
@example("keys create a " + "٣")
def test_no_line_breaks_the_parser(line: str) -> None:
    with suppress(UsageError):
        parse(line)


@given(st.sampled_from(NAMES), st.lists(PIECES).map("".join))
def test_no_arguments_break_any_command(name: str, rest: str) -> None:
    with suppress(UsageError):
        parse(f"{name} {rest}")


@given(st.sampled_from(COMMANDS), st.data())
def test_no_value_from_a_platform_breaks_any_option(command: Any, data: st.DataObject) -> None:
    texts = {option.name: data.draw(st.text(max_size=30)) for option in command.parameters}
    with suppress(UsageError):
        read_all(command, texts, now=NOW)


@given(st.text(alphabet="abc \"'“`:=", min_size=1))
def test_what_a_button_types_is_read_as_it_was_meant(text: str) -> None:
    typed = words.split(f"audit action:{words.quoted(text)} after:x")
    if all(f"{mark} " not in f"{text} " for mark in "\"“'`"):
        assert (typed[1].option, typed[1].value, typed[2].text) == ("action", text, "after:x")


@given(st.text())
def test_words_are_where_they_say(line: str) -> None:
    ends = 0
    for word in words.split(line):
        assert word.start >= ends
        assert not line[ends : word.start].strip()
        ends = word.end
    assert not line[ends:].strip()
