"""A command as a person approves it: which program, which arguments, where, with which variables."""

import base64
import os
import shutil
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import PurePath
from typing import Any

import typer

LONGEST_NAME = 150
"""Characters of a program's name that go into an action, which has 200 at most."""


@dataclass(frozen=True, slots=True)
class Command:
    """What is asked for and then run: exactly these arguments, through no shell."""

    program: str
    argv: tuple[str, ...]
    cwd: str
    chosen: Mapping[str, str] = field(default_factory=dict)
    """The environment's variables that the approver sees; the others are passed on unseen."""

    @classmethod
    def find(cls, argv: Sequence[str], chosen: Mapping[str, str]) -> "Command | None":
        """Look for the program as it would be run from here; None when there is none that may be run."""
        path = chosen.get("PATH", os.environ.get("PATH"))
        program = shutil.which(argv[0], path=path)
        return cls(os.path.abspath(program), tuple(argv), os.getcwd(), chosen) if program else None

    @property
    def action(self) -> str:
        """What to call it when nobody says otherwise: `run.` and the program's name."""
        name = PurePath(self.argv[0]).name
        usable = name and name.isprintable() and name == name.strip() and len(name) <= LONGEST_NAME
        return f"run.{name}" if usable else "run.command"

    @property
    def environment(self) -> dict[str, str]:
        """All variables that the program gets."""
        return {**os.environ, **self.chosen}

    @property
    def params(self) -> dict[str, Any]:
        """What is shown and covered by the digest; nothing that makes a difference to the program is lost in it."""
        params: dict[str, Any] = {"program": _readable(self.program), "argv": [_readable(word) for word in self.argv]}
        params["cwd"] = _readable(self.cwd)
        if self.chosen:
            params["env"] = dict(self.chosen)
        raw = [os.fsencode(text) for text in (self.program, *self.argv, self.cwd)]
        if not all(_is_text(word) for word in raw):
            # escapes can be read and mistaken; these are the bytes themselves, in the order of the three above
            params["bytes"] = [base64.b64encode(word).decode() for word in raw]
        return params


def chosen_variables(texts: Iterable[str]) -> dict[str, str]:
    """Read `NAME=VALUE`, or `NAME` for what it is now."""
    chosen = {}
    for text in texts:
        name, equals, value = text.partition("=")
        if not equals and name not in os.environ:
            raise typer.BadParameter(f"--env {name}: there is no such variable; write --env {name}=VALUE to set it.")
        chosen[name] = value if equals else os.environ[name]
        if not name or not _is_text(os.fsencode(f"{name}{chosen[name]}")):
            raise typer.BadParameter(f"--env {_readable(text)} cannot be shown: it needs a name, and UTF-8.")
    return chosen


def _is_text(word: bytes) -> bool:
    try:
        word.decode()
    except UnicodeDecodeError:
        return False
    return True


def _readable(text: str) -> str:
    """Return a text of the operating system with what is not UTF-8 as `\\xff`."""
    return os.fsencode(text).decode("utf-8", "backslashreplace")
