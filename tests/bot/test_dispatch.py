"""Whatever goes wrong, the answer is a card."""

import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from bot.callers import Caller, Role
from bot.commands import COMMANDS
from bot.dispatch import press, run_command, run_line, suggest
from bot.registry import Kind, command
from gateway.card import Card, Tone, Verb
from gateway.gate import Gate
from models import db
from tests.bot.conftest import Ask_, Say, somebody, text_of


@command("explode", Role.ANYONE)
async def explode(gate: Gate, *, by: Caller) -> Card:
    """Fail in a way nobody thought of."""
    raise ZeroDivisionError


async def test_a_fault_becomes_a_card_with_the_reference_that_the_log_has(gate: Gate, alice: Caller) -> None:
    with structlog.testing.capture_logs() as logged:
        structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("error"))
        card = await run_command(gate, explode, {}, by=alice)
    (entry,) = logged
    assert entry["event"] == "command.crashed"
    assert entry["reference"] in text_of(card)
    assert "ZeroDivisionError" not in text_of(card)


async def test_a_database_that_is_gone_is_said_so(gate: Gate, ask: Ask_, alice: Caller) -> None:
    request = await ask()
    await db.select("ALTER TABLE requests RENAME TO elsewhere")
    for line in ("pending", f"approve {request.code}", f"show {request.code}", "audit"):
        card = await run_line(gate, line, by=alice)
        assert card.headline == "The database does not answer."
        assert "Nothing was changed" in text_of(card)
    assert await suggest(gate, Kind.REQUEST, "", by=alice) == ()


async def test_a_role_is_asked_for_before_the_words_are_read(gate: Gate, bob: Caller) -> None:
    assert "is for admins" in (await run_line(gate, "keys create", by=bob)).headline
    assert "is for admins" in (await press(gate, Verb.RUN, "keys list", by=bob)).headline


async def test_unknown_commands_suggest_the_nearest(say: Say, alice: Caller) -> None:
    card = await say("pendign", alice)
    assert (card.headline, card.tone) == ("There is no command “pendign”; did you mean pending?", Tone.BAD)
    assert "\x1b" not in (await say("\x1b[31mred", alice)).headline


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], max_examples=50)
@given(verb=st.sampled_from(Verb), value=st.text(), reason=st.text())
async def test_no_button_value_breaks_anything(gate: Gate, alice: Caller, verb: Verb, value: str, reason: str) -> None:
    card = await press(gate, verb, value, by=alice, reason=reason)
    assert "not your fault" not in card.headline


LINES = st.builds(
    " ".join,
    st.tuples(
        st.sampled_from([one.name for one in COMMANDS if one.name not in {"try", "keys list"}]),
        st.text(st.characters(), max_size=30) | st.sampled_from(["actor:\ud800", "x \x00", "name:x admin", "0" * 5000]),
    ),
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(line=LINES)
async def test_no_line_breaks_anything(gate: Gate, alice: Caller, line: str) -> None:
    assert "not your fault" not in (await run_line(gate, line, by=alice)).headline


async def test_suggestions_are_for_those_who_may(gate: Gate, ask: Ask_, say: Say, alice: Caller) -> None:
    request = await ask("deploy.prod")
    await say("keys create ci admin", alice)
    await say("people link al slack:U1", alice)
    stranger = somebody("U9", place="slack:C1")
    for kind, typed, expected in (
        (Kind.REQUEST, "", request.shown_code),
        (Kind.REQUEST, "deploy", request.shown_code),
        (Kind.KEY, "c", "ci"),
        (Kind.PERSON, "", "al"),
        (Kind.IDENTITY, "U1", "slack:U1"),
        (Kind.ACTOR, "deploy", "api:deploy-bot"),
        (Kind.ACTION, "prod", "deploy.prod"),
    ):
        assert [one.value for one in await suggest(gate, kind, typed, by=alice)] == [expected]
        assert await suggest(gate, kind, typed, by=stranger) == ()
    assert len(await suggest(gate, Kind.EVENT, "request.", by=stranger)) >= 8
    assert [one.value for one in await suggest(gate, Kind.COMMAND, "who", by=stranger)] == ["whoami"]
    assert await suggest(gate, Kind.TEXT, "", by=alice) == ()


async def test_at_most_25_suggestions(gate: Gate, ask: Ask_, alice: Caller) -> None:
    for _ in range(30):
        await ask()
    assert len(await suggest(gate, Kind.REQUEST, "", by=alice)) == 25
