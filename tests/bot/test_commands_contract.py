"""What every command keeps, so that every platform can offer it."""

import re
from typing import Annotated

import pytest

from bot.callers import Caller, Role
from bot.commands import COMMANDS
from bot.registry import Command, Kind, Reason, RequestRef, command
from gateway.card import Card
from gateway.gate import Gate

DISCORD_NAME = re.compile(r"[a-z][a-z-]{0,31}")
LONGEST_DESCRIPTION = 100
TABLE = """
pending | show REQUEST | approve REQUEST [reason] | deny REQUEST [reason]
audit [event: actor: action: request: from: to:]
keys list | keys create NAME SCOPES [rate] | keys revoke NAME | keys rotate NAME
policies list | policies show NAME | policies enable NAME | policies disable NAME
policies try ACTION [params] [urgency: asker:]
people list | people link PERSON ACTOR | people unlink ACTOR
try | status | whoami | help [command]
"""

each_command = pytest.mark.parametrize("one", COMMANDS, ids=lambda one: one.name)


def test_the_list_is_what_was_promised() -> None:
    promised = [usage.strip() for usage in re.split(r"[|\n]", TABLE) if usage.strip()]
    assert [one.usage for one in COMMANDS] == promised, "a command was added, changed or moved: is TABLE to say so?"


@each_command
def test_names_and_descriptions_fit_every_platform(one: Command) -> None:
    assert len(one.path) <= 2
    assert all(DISCORD_NAME.fullmatch(word) for word in one.path)
    assert 1 <= len(one.description) <= LONGEST_DESCRIPTION
    for option in one.options:
        assert DISCORD_NAME.fullmatch(option.name)
        assert 1 <= len(option.description) <= LONGEST_DESCRIPTION


@each_command
def test_required_options_come_first(one: Command) -> None:
    required = [option.required for option in one.options]
    assert required == sorted(required, reverse=True)


@each_command
def test_a_group_is_never_a_command_itself(one: Command) -> None:
    assert all(other.path[0] != one.name for other in COMMANDS if other is not one)


def test_names_are_unique() -> None:
    names = [one.name for one in COMMANDS]
    assert len(names) == len(set(names))


def test_nobody_is_offered_the_cursor() -> None:
    audit = next(one for one in COMMANDS if one.name == "audit")
    assert [option.name for option in audit.options] == ["event", "actor", "action", "request", "from", "to"]
    assert audit.parameters[-1].kind is Kind.CURSOR


def test_the_signature_is_the_usage() -> None:
    @command("wave", Role.ANYONE)
    async def wave(
        gate: Gate, request: RequestRef, times: int = 1, why: Reason = "", *, hat: str | None = None, by: Caller
    ) -> Card:
        """Wave at a request.

        With a hat if you have one.

        Args:
            request: Which one
            times: How often
            why: What for
            hat: Which hat
        """
        return Card("Waved.")

    assert wave.usage == "wave REQUEST [times] [why] [hat:]"
    assert (wave.description, wave.explanation) == ("Wave at a request", "With a hat if you have one.")
    kinds = [(option.name, option.kind, option.description) for option in wave.options]
    assert kinds == [
        ("request", Kind.REQUEST, "Which one"),
        ("times", Kind.NUMBER, "How often"),
        ("why", Kind.REASON, "What for"),
        ("hat", Kind.TEXT, "Which hat"),
    ]


def test_a_command_must_say_what_it_does() -> None:
    async def mute(gate: Gate, *, by: Caller) -> Card:
        return Card("")

    with pytest.raises(ValueError, match="no docstring"):
        command("mute", Role.ANYONE)(mute)


def test_an_option_must_be_described() -> None:
    async def vague(gate: Gate, what: Annotated[str, Kind.KEY], *, by: Caller) -> Card:
        """Do something."""
        return Card(what)

    with pytest.raises(ValueError, match="does not describe what"):
        command("vague", Role.ANYONE)(vague)
