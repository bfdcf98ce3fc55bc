"""The limits of slash commands: the most that is taken, and one more refused with its place."""

from typing import Any

import discord
import pytest
from discord.http import Route

from tests.platforms.discord import FakeDiscord
from tests.platforms.discord.limits.commands import wrong_with_commands
from tests.platforms.discord_py import EchoClient

Json = dict[str, Any]


def command(*options: Json, **parts: Any) -> list[Json]:
    return [{"name": "gate", "description": "d", "options": list(options), **parts}]


def option(name: str = "o", kind: int = 3, **parts: Any) -> Json:
    return {"type": kind, "name": name, "description": "d", **parts}


def options(count: int) -> list[Json]:
    return [option(f"o{number}") for number in range(count)]


def chosen(count: int, name: int = 100, value: int = 100) -> list[Json]:
    return [{"name": "n" * name, "value": "v" * value}] * count


def sized(characters: int) -> list[Json]:
    """Return a command of so many characters: 7 907 and one description that fits."""
    first = option("a", description="d" * 100, choices=chosen(25))
    return command(first, option("b", description="d" * (characters - 7_907), choices=chosen(14)))


TAKEN = {
    "name 32, description 100": command(name="n" * 32, description="d" * 100),
    "a name of other letters": command(name="ärger-字_o'1"),
    "25 options": command(*options(25)),
    "a group and a command": command(option("a", 1, options=options(25)), option("b", 2, options=[option("c", 1)])),
    "25 choices": command(option(choices=chosen(25))),
    "required first": command(option("a", required=True), option("b")),
    "suggested": command(option("a", 4, autocomplete=True)),
    "8000 characters": sized(8_000),
    "100 commands": [{"name": f"c{number}", "description": "d"} for number in range(100)],
}
REFUSED: dict[str, tuple[list[Json], str]] = {
    "name 33": (command(name="n" * 33), "0.name: BASE_TYPE_BAD_LENGTH"),
    "no name": (command(name=""), "0.name: BASE_TYPE_BAD_LENGTH"),
    "a space in it": (command(name="a b"), "0.name: STRING_TYPE_REGEX"),
    "capitals": (command(name="Gate"), "0.name: APPLICATION_COMMAND_INVALID_NAME"),
    "description 101": (command(description="d" * 101), "0.description: BASE_TYPE_BAD_LENGTH"),
    "no description": (command(description=""), "0.description: BASE_TYPE_REQUIRED"),
    "26 options": (command(*options(26)), "0.options: BASE_TYPE_MAX_LENGTH"),
    "an option's description 101": (
        command(option(description="d" * 101)),
        "0.options.0.description: BASE_TYPE_BAD_LENGTH",
    ),
    "type 12": (command(option(kind=12)), "0.options.0.type: NUMBER_TYPE_MAX"),
    "required last": (
        command(option("a"), option("b", required=True)),
        "0.options: APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID",
    ),
    "option twice": (
        command(option(), option()),
        "0.options.1.name: APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS",
    ),
    "commands beside options": (
        command(option("a", 1), option("b")),
        "0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "a group in a group": (
        command(option("a", 2, options=[option("b", 2, options=[option("c", 1)])])),
        "0.options.0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "a command in a command": (
        command(option("a", 1, options=[option("b", 1)])),
        "0.options.0.options: APPLICATION_COMMAND_OPTIONS_TYPE_INVALID",
    ),
    "an empty group": (command(option("a", 2)), "0.options.0.options: BASE_TYPE_BAD_LENGTH"),
    "26 choices": (
        command(option(choices=chosen(26, 1, 1))),
        "0.options.0.choices: BASE_TYPE_MAX_LENGTH",
    ),
    "choice 101": (
        command(option(choices=chosen(1, 101))),
        "0.options.0.choices.0.name: BASE_TYPE_BAD_LENGTH",
    ),
    "choices and suggestions": (
        command(option(autocomplete=True, choices=chosen(1))),
        "0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
    ),
    "a suggested user": (
        command(option(kind=6, autocomplete=True)),
        "0.options.0.autocomplete: APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID",
    ),
    "twice": (command() * 2, "1: APPLICATION_COMMANDS_DUPLICATE_NAME"),
    "8001 characters": (sized(8_001), "0: APPLICATION_COMMAND_TOO_LARGE"),
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_most_is_taken(name: str) -> None:
    assert wrong_with_commands(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_one_more_is_refused_with_its_place(name: str) -> None:
    body, complaint = REFUSED[name]
    assert [str(note) for note in wrong_with_commands(body)] == [complaint]


async def test_all_of_it_on_the_wire(fake: FakeDiscord, rest: EchoClient) -> None:
    route = Route("PUT", "/applications/{application_id}/commands", application_id=fake.application_id)
    for body in TAKEN.values():
        await rest.http.request(route, json=body)
    standing = fake.commands[""]
    for body, _ in REFUSED.values():
        with pytest.raises(discord.HTTPException) as refusal:
            await rest.http.request(route, json=body)
        assert refusal.value.code == 50035
    assert fake.commands[""] is standing


async def test_there_may_be_a_hundred(fake: FakeDiscord, rest: EchoClient) -> None:
    route = Route("PUT", "/applications/{application_id}/commands", application_id=fake.application_id)
    with pytest.raises(discord.HTTPException) as refusal:
        await rest.http.request(route, json=[{"name": f"c{number}", "description": "d"} for number in range(101)])
    assert refusal.value.code == 30032
    with pytest.raises(discord.HTTPException) as refusal:
        await rest.http.request(route, json={})
    assert refusal.value.code == 50035
