"""The slash commands that are made from the list of commands: all of them, as they are described, within the limits."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import discord
import pytest
from discord import app_commands

from bot.commands import COMMANDS
from bot.discord.tree import LONGEST, choices, slash_command
from bot.registry import Command, Kind
from bot.suggest import Suggestion

NAME = re.compile(r"[-_a-z0-9]{1,32}")
SUBCOMMAND, GROUP, TEXT, NUMBER = 1, 2, 3, 4
MOST_OPTIONS = 25
MOST_CHARACTERS = 8000
"""In names, descriptions and choices of one command, as Discord counts them."""


async def nothing(*_: object) -> Sequence[Suggestion]:
    return ()


async def silence(interaction: discord.Interaction, command: Command, texts: Mapping[str, str]) -> None:
    """Answer nothing."""


@pytest.fixture(scope="module")
def root() -> dict[str, Any]:
    """`/agentgate` as it is sent to Discord."""
    tree = app_commands.CommandTree(discord.Client(intents=discord.Intents.none()))
    tree.add_command(slash_command(silence, nothing))
    (payload,) = [dict(command.to_dict(tree)) for command in tree.get_commands()]
    return payload


def parts(part: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Yield a command and all that is below it."""
    yield part
    for one in part.get("options", []):
        yield from parts(one)


def leaf(root: Mapping[str, Any], command: Command) -> Mapping[str, Any]:
    """Return a command's place in the tree."""
    found = root
    for word in command.path:
        (found,) = [one for one in found["options"] if one["name"] == word]
    return found


def test_every_command_is_there_once(root: Mapping[str, Any]) -> None:
    leaves = [one for one in parts(root) if one["type"] == SUBCOMMAND and one is not root]
    assert len(leaves) == len(COMMANDS)
    assert [one["name"] for one in root["options"] if one["type"] == GROUP] == ["keys", "policies", "people"]


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_command_is_described_as_its_function_says(root: Mapping[str, Any], command: Command) -> None:
    found = leaf(root, command)
    assert found["description"] == command.description
    shown = [(one["name"], one["description"], one["required"]) for one in found["options"]]
    assert shown == [(one.name, one.description, one.required) for one in command.options]


def test_everything_is_within_the_limits(root: Mapping[str, Any]) -> None:
    for part in parts(root):
        assert NAME.fullmatch(part["name"])
        assert 1 <= len(part["description"]) <= LONGEST, part["name"]
        assert len(part.get("options", [])) <= MOST_OPTIONS, part["name"]
    assert sum(len(part["name"]) + len(part["description"]) for part in parts(root)) <= MOST_CHARACTERS


def test_required_options_come_first(root: Mapping[str, Any]) -> None:
    for part in parts(root):
        required = [one["required"] for one in part.get("options", []) if "required" in one]
        assert required == sorted(required, reverse=True), part["name"]


def test_options_stand_in_the_order_that_is_promised(root: Mapping[str, Any]) -> None:
    names = {
        command.name: " ".join(one["name"] for one in leaf(root, command)["options"])
        for command in COMMANDS
        if command.options
    }
    assert names["approve"] == names["deny"] == "request reason"
    assert names["show"] == "request"
    assert names["audit"] == "event actor action request from to"
    assert names["keys create"] == "name scopes rate"


def test_values_are_typed_and_completed(root: Mapping[str, Any]) -> None:
    for command in COMMANDS:
        for option, shown in zip(command.options, leaf(root, command)["options"], strict=True):
            assert shown["type"] == (NUMBER if option.kind is Kind.NUMBER else TEXT)
            if option.kind in {Kind.REQUEST, Kind.KEY, Kind.POLICY, Kind.PERSON, Kind.EVENT}:
                assert shown["autocomplete"] is True
            if option.kind is Kind.URGENCY:
                assert [one["value"] for one in shown["choices"]] == ["low", "normal", "high", "critical"]


def test_it_is_for_servers_only_and_for_every_member(root: Mapping[str, Any]) -> None:
    assert root["contexts"] == [0]
    assert root["integration_types"] == [0]
    assert root["default_member_permissions"] == discord.Permissions(use_application_commands=True).value


def test_suggestions_are_cut_to_what_discord_takes() -> None:
    long = Suggestion("k7qm-3vtx", "k" * 300)
    too_long, empty = Suggestion("v" * (LONGEST + 1), "never mind"), Suggestion("", "nothing")
    (made,) = choices([too_long, empty, long])
    assert made.value == "k7qm-3vtx"
    assert made.name == "k" * (LONGEST - 1) + "…"
    assert len(choices([Suggestion(str(number), "one") for number in range(40)])) == 25
