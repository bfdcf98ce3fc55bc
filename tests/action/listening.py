"""How a runner understands a step: commands among the lines it prints, and the files it writes.

The rules are those of github.com/actions/runner: ActionCommand.cs and FileCommandManager.cs.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field

REGISTERED = {
    "add-mask", "add-matcher", "add-path", "debug", "echo", "endgroup", "error", "group", "notice", "remove-matcher",
    "save-state", "set-env", "set-output", "stop-commands", "warning",
}  # fmt: skip
NEW = re.compile(r"\s*::(?P<name>[\w-]+)(?: (?P<properties>[^:]*(?::(?!:)[^:]*)*))?::(?P<data>.*)")
OLD = re.compile(r"##\[(?P<name>[\w-]+)(?: (?P<properties>[^\]]*))?\](?P<data>.*)")
"""The older form is a command anywhere in a line."""
LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True)
class Command:
    """A command that a runner carries out."""

    name: str
    data: str
    properties: dict[str, str] = field(default_factory=dict)


def command_in(line: str) -> Command | None:
    """Return the command that a line is, if it is one."""
    for form, joint in ((NEW.match(line), ","), (OLD.search(line), ";")):
        if form and form["name"] in REGISTERED:
            pairs = (pair.partition("=") for pair in (form["properties"] or "").split(joint) if "=" in pair)
            return Command(form["name"], _unescaped(form["data"]), {name: _unescaped(word) for name, _, word in pairs})
    return None


def _unescaped(text: str) -> str:
    for code, character in (("%0D", "\r"), ("%0A", "\n"), ("%3A", ":"), ("%2C", ","), ("%25", "%")):
        text = text.replace(code, character)
    return text


def commands_in(printed: str) -> list[Command]:
    """Return the commands among the lines that a step printed."""
    return [command for line in LINE_END.split(printed) if (command := command_in(line))]


def masked(printed: str) -> str:
    """Return what people see in the log: without what a command before said is secret, and without commands."""
    seen, secrets = [], []
    for line in LINE_END.split(printed):
        command = command_in(line)
        if command and command.name == "add-mask":
            secrets.append(command.data)
            continue
        for secret in secrets:
            line = line.replace(secret, "***")
        seen.append(line)
    return "\n".join(seen)


def outputs_in(written: str) -> dict[str, str]:
    """Return what a step wrote into its file for outputs; fails where a runner would."""
    return dict(_entries(written))


def _entries(written: str) -> Iterator[tuple[str, str]]:
    lines = iter(written.split("\n"))
    for line in lines:
        if not line:
            continue
        name, joint, rest = re.fullmatch(r"(.*?)(=|<<)(.*)", line).groups()  # type: ignore[union-attr]  # else a runner fails too
        if joint == "=":
            yield name, rest
            continue
        value = []
        while (inner := next(lines)) != rest:
            value.append(inner)
        yield name, "\n".join(value)
