"""Every command of the chat and of both command lines has its row, with its options and what it does."""

import re
from collections.abc import Iterator
from typing import Any

import pytest
import typer
from agentgate.cli.app import app as client
from agentgate.cli.exits import MEANINGS

from app.cli import cli as server
from bot.callers import Role
from bot.commands import COMMANDS
from tests.house.tree import code_in, documented, page_text, rows_of

PAGE = "reference/cli.md"


def test_every_chat_command_has_its_row() -> None:
    page = documented("reference/commands.md", like=r"[a-z]+( .*)?")
    assert set(page) == {command.usage for command in COMMANDS}, "run `make reference`"


@pytest.mark.parametrize("command", COMMANDS, ids=lambda command: command.name)
def test_a_chat_command_is_described_as_it_describes_itself(command: Any) -> None:
    who, does = documented("reference/commands.md", like=r"[a-z]+( .*)?")[command.usage]
    assert Role(who) is command.role
    assert does.partition(";")[0] == command.description.partition(";")[0]


def test_everything_that_a_chat_command_takes_is_described() -> None:
    page = page_text("reference/commands.md").partition("## What commands take")[2]
    described = {(word, of) for word, (by, what) in rows_of(page) for of in code_in(by) if what}
    assert described == {
        (f"{one.name}:" if one.only_named else one.usage, command.name)
        for command in COMMANDS
        for one in command.options
    }


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


def groups(program: Any) -> Iterator[Any]:
    """Yield a command line and every group of commands in it."""
    if hasattr(program, "commands"):
        yield program
        for command in program.commands.values():
            yield from groups(command)


@pytest.mark.parametrize("group", list(groups(typer.main.get_command(client))), ids=lambda group: group.name)
def test_a_list_of_commands_cuts_no_sentence_short(group: Any) -> None:
    listed = group.get_help(group.context_class(group, terminal_width=80)).partition("Commands:")[2]
    assert next(iter(group.commands)) in listed
    assert [line for line in listed.splitlines() if line.endswith("...")] == []


def options_of(command: Any) -> set[str]:
    """Return every spelling of a command's options."""
    options = [one for one in command.params if one.param_type_name == "option"]
    return {spelling for one in options for spelling in (*one.opts, *one.secondary_opts)}


def test_every_command_has_its_row() -> None:
    assert set(documented(PAGE, like=r"agentgate.*")) == set(CLIENT) | set(SERVER)


@pytest.mark.parametrize("typed", [*CLIENT, *SERVER])
def test_a_command_has_the_options_of_its_row(typed: str) -> None:
    command = (CLIENT | SERVER)[typed]
    (does,) = documented(PAGE, like=r"agentgate.*")[typed]
    assert does.casefold() == command.help.rstrip(".").casefold()
    described = {option: meaning for option, (meaning,) in rows_of(section_of(typed)) if option.startswith("-")}
    assert set(described) == options_of(command)
    assert [option for option, meaning in described.items() if not meaning] == []


def section_of(typed: str) -> str:
    """Return what the page says of a command; empty where that takes nothing."""
    parts = re.split(r"^### (.+)$", page_text(PAGE), flags=re.MULTILINE)
    sections = dict(zip(parts[1::2], parts[2::2], strict=True))
    name = re.sub(r" [A-Z].*", "", typed)
    return sections.get(name if " " in name else f"{name} itself", "")


@pytest.mark.parametrize("typed", [*CLIENT, *SERVER])
def test_a_command_has_the_arguments_of_its_row(typed: str) -> None:
    described = {word: meaning for word, (meaning,) in rows_of(section_of(typed)) if not word.startswith("-")}
    assert list(described) == re.findall(r" ([A-Z]\S*)", typed)
    assert all(described.values())


def test_every_exit_code_has_its_row() -> None:
    page = documented(PAGE, like=r"\d+")
    assert {int(code): meaning for code, (meaning,) in page.items()} == {
        int(code): meaning for code, meaning in MEANINGS.items()
    }
