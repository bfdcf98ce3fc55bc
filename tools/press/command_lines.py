"""Both command lines, from the programs that read them."""

from collections.abc import Iterator
from typing import Any

import typer
from agentgate.cli.app import app as client
from agentgate.cli.exits import MEANINGS

from app.cli import cli as server
from tools.press.markdown import anchor, clause, code, table

PROGRAMS = {"agentgate": client, "agentgate-server": server}


def commands(name: str) -> Iterator[tuple[tuple[str, ...], Any]]:
    """Yield every command of a program, with the words it is called by."""
    yield from _within(typer.main.get_command(PROGRAMS[name]), (name,))


def _within(command: Any, words: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any]]:
    inner = getattr(command, "commands", {})
    if not inner or command.callback:
        yield words, command
    for name, one in inner.items():
        yield from _within(one, (*words, name))


def usage(words: tuple[str, ...], command: Any) -> str:
    """Return how a command is typed, without its options."""
    return " ".join((*words, *(_metavar(one) for one in command.params if one.param_type_name == "argument")))


def _metavar(argument: Any) -> str:
    return str(argument.metavar or argument.name.upper())


def program(name: str) -> str:
    """Return the table of a program's commands."""
    rows = (
        [_linked(usage(words, one), words) if one.params else code(usage(words, one)), clause(one.help)]
        for words, one in commands(name)
    )
    return table(("command", "what it does"), rows)


def _linked(typed: str, words: tuple[str, ...]) -> str:
    return f"[{code(typed)}](#{anchor(_heading(words))})"


def _heading(words: tuple[str, ...]) -> str:
    return " ".join(words) if len(words) > 1 else f"{words[0]} itself"


def options(name: str) -> str:
    """Return a section for each command that takes something: how it is typed, and what each part means."""
    return "\n\n".join(_section(words, one) for words, one in commands(name) if one.params)


def _section(words: tuple[str, ...], command: Any) -> str:
    rows = [[_spelled(one), clause(one.help)] for one in command.params]
    said = f"{code(usage(words, command))}: {clause(command.help)}."
    return f"### {_heading(words)}\n\n{said}\n\n{table(('part', 'meaning'), rows)}"


def _spelled(one: Any) -> str:
    if one.param_type_name == "argument":
        return code(_metavar(one))
    return code(*one.opts, *one.secondary_opts) + (f" {one.metavar}" if one.metavar else "")


def exits() -> str:
    """Return the table of the client's exit codes."""
    return table(("code", "what it means"), ([code(str(int(one))), meaning] for one, meaning in MEANINGS.items()))
