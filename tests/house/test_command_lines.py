"""Every command of the chat and of both command lines has its row, with its options and what it does."""

from collections.abc import Iterator
from typing import Any

import pytest
import typer
from agentgate.cli.app import app as client
from agentgate.cli.exits import MEANINGS

from app.cli import cli as server
from bot.callers import Role
from bot.commands import COMMANDS
from tests.house.tree import ROOT, code_in, documented

PAGE = "reference/cli.md"


def test_every_chat_command_has_its_row() -> None:
    page = documented("reference/commands.md", like=r"[a-z]+( .*)?")
    assert set(page) == {command.usage for command in COMMANDS}


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_chat_command_is_described_as_it_describes_itself(command: Any) -> None:
    who, does = documented("reference/commands.md", like=r"[a-z]+( .*)?")[command.usage]
    assert Role(who) is command.role
    assert does.partition(";")[0] == command.description.partition(";")[0]


def test_every_chat_option_is_described() -> None:
    page = documented("reference/commands.md", like=r"[a-z]+:")
    named = {option.name for command in COMMANDS for option in command.options if option.only_named}
    assert {name.rstrip(":") for name in page} == named


def commands(program: Any, words: tuple[str, ...]) -> Iterator[tuple[str, Any]]:
    """Yield every command of a command line with how it is typed."""
    arguments = [one.metavar or one.name.upper() for one in program.params if one.param_type_name == "argument"]
    inner = getattr(program, "commands", {})
    if not inner or program.callback:
        yield " ".join((*words, *arguments)), program
    for name, command in inner.items():
        yield from commands(command, (*words, name))


CLIENT = dict(commands(typer.main.get_command(client), ("agentgate",)))
SERVER = dict(commands(typer.main.get_command(server), ("agentgate-server",)))


def options_of(command: Any) -> set[str]:
    """Return every spelling of a command's options."""
    options = [one for one in command.params if one.param_type_name == "option"]
    return {spelling for one in options for spelling in (*one.opts, *one.secondary_opts)}


def test_every_command_has_its_row() -> None:
    assert set(documented(PAGE, like=r"agentgate.*")) == set(CLIENT) | set(SERVER)


@pytest.mark.parametrize("typed", [*CLIENT, *SERVER])
def test_a_command_has_the_options_of_its_row(typed: str) -> None:
    command = (CLIENT | SERVER)[typed]
    options, does = documented(PAGE, like=r"agentgate.*")[typed]
    assert code_in(options) == options_of(command)
    assert does == command.help


def test_every_option_is_described() -> None:
    text = (ROOT / "docs" / PAGE).read_text(encoding="utf-8")
    described = {name for name, _ in _rows_of_options()}
    assert described == {option for command in (CLIENT | SERVER).values() for option in options_of(command)}
    assert "--help" in text


def _rows_of_options() -> list[tuple[str, list[str]]]:
    return list(documented(PAGE, like=r"--?[a-z-]+").items())


def test_every_exit_code_has_its_row() -> None:
    page = documented(PAGE, like=r"\d+")
    assert {int(code): meaning for code, (meaning,) in page.items()} == {
        int(code): meaning for code, meaning in MEANINGS.items()
    }
