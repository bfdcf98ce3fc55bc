"""Somebody who follows a page from its first line: a folder with the project in it, a server, a shell, a Python."""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path
from threading import Event

import httpx
import pexpect
from dotenv import dotenv_values

from tests.docs.blocks import Block
from tests.house.tree import ROOT
from tests.stories.server import BIN, PATIENCE, STYLE, Terminal, environment

MAKE = ("make", "--silent", "--old-file=.venv/runs", "--old-file=.venv/develops")
"""The Makefile's own targets, without installing anew what they need."""
KEY = re.compile(r"agk_…")
ADMINS = "the admin key"
CODE = "k7qm-3vtx"
"""The code that pages show in place of the one that comes."""
CARD = r"([2-9a-z]{4}-[2-9a-z]{4}) · [0-9a-f]{12}"
LOCAL = "localhost:3000"
REFUSED = "✘"
"""What a card of the chat begins with where something could not be done, or was denied."""
PYTHON = Path(__file__).with_name("interpreter.py")


@dataclass
class Session:
    """What has been done so far on a page. `given` is what its services know and the page cannot: addresses, tokens."""

    folder: Path
    given: dict[str, str] = field(default_factory=dict)
    written: dict[str, str] = field(default_factory=dict)
    """What stands on the page in place of something that only this place has."""
    exported: dict[str, str] = field(default_factory=dict)
    answered: set[str] = field(default_factory=set)
    url: str = ""
    admin: str = ""
    agent: str = ""
    terminal: Terminal | None = None
    interpreter: "subprocess.Popen[str] | None" = None

    def environment(self, block: Block) -> dict[str, str]:
        """Return what a shell of this person knows."""
        path = os.pathsep.join((str(BIN), os.environ["PATH"]))
        key = self.admin if "as admin" in block.hows else self.agent
        ours = {"AGENTGATE_URL": self.url, "AGENTGATE_API_KEY": key, "ADMIN_API_KEY": self.admin}
        return _bare(self.folder) | {"PATH": path} | self.given | ours | self._exported(block)

    def _exported(self, block: Block) -> dict[str, str]:
        return {} if "as admin" in block.hows else self.exported

    def start(self, command: tuple[str, ...] = (*MAKE, "run")) -> None:
        """Start the server in a terminal, and read the keys that a first start shows."""
        child = pexpect.spawn(
            command[0], [*command[1:]], cwd=str(self.folder), env=self._servers(), encoding="utf-8",
            codec_errors="replace", dimensions=(60, 160), timeout=PATIENCE,
        )  # fmt: skip
        self.terminal = Terminal(child)
        child.logfile_read = self.terminal.record
        self.url = self.terminal.url
        shown = self.terminal.sees(rf"admin key  {STYLE}(agk_\S{{43}})|❯")[1]
        self.admin = shown or self.exported["AGENTGATE_API_KEY"]
        if shown:
            self.agent = str(self.terminal.sees(rf"agent key  {STYLE}(agk_\S{{43}})")[1])
            self.terminal.sees("❯")

    def _servers(self) -> dict[str, str]:
        """Return the environment of the server: a free port, whatever else the page says stands in `.env`."""
        path = {"PATH": os.pathsep.join((str(BIN), os.environ["PATH"]))}
        free = {"HOST": "127.0.0.1", "PORT": "0", "RATE_LIMIT_RPM": "100000"}
        return _bare(self.folder) | path | free | self.given | self.exported

    def typed(self, block: Block) -> str:
        """Return a block as this person types it: with their own keys, codes and addresses."""
        text = "\n".join(self._keyed(line, block) for line in block.lines)
        for shown, meant in {**self.written, LOCAL: self.url.removeprefix("http://")}.items():
            text = text.replace(shown, meant)
        return text.replace(CODE, self.latest()) if CODE in text else text

    def _keyed(self, line: str, block: Block) -> str:
        key = self.admin if ADMINS in line or "as admin" in block.hows else self.agent
        return KEY.sub(key, line)

    def latest(self) -> str:
        """Return the code of the request that was made last; an agent makes one where none is."""
        url = f"{self.url}/api/requests"
        known = httpx.get(f"{url}?limit=1", headers={"Authorization": f"Bearer {self.admin}"}).json()["requests"]
        if known:
            return str(known[0]["code"])
        asked = httpx.post(url, json={"action": "deploy.prod"}, headers={"Authorization": f"Bearer {self.agent}"})
        return str(asked.json()["code"])

    def save(self, block: Block) -> None:
        """Keep a block as the file that its page names; tokens and addresses are those that there are."""
        if block.language == "dotenv":
            known = {name: self.given.get(name, value) for name, value in _variables(block).items()}
            with (self.folder / ".env").open("a") as file:
                file.write("".join(f"{name}={value}\n" for name, value in known.items()))
        elif block.file:
            (self.folder / block.file).write_text(block.text)

    def shell(self, block: Block) -> "subprocess.Popen[str]":
        """Start a block in a shell that knows what the blocks before it exported."""
        script = f"{self.typed(block)}\nenv -0 > .exported\n"
        return subprocess.Popen(
            ["bash", "-euo", "pipefail", "-c", f"make() {{ {' '.join(MAKE)} \"$@\"; }}\n{script}"],
            cwd=self.folder, env=self.environment(block), text=True, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
        )  # fmt: skip

    def remember(self) -> None:
        """Keep what the last block exported."""
        file = self.folder / ".exported"
        if file.exists():
            pairs = (pair.partition("=") for pair in file.read_text().split("\0") if pair)
            self.exported = {name: value for name, _, value in pairs if name in EXPORTED}
            file.unlink()

    def python(self, block: Block) -> "subprocess.Popen[str]":
        """Start the block in the page's own interpreter: names of the blocks before it are known."""
        if self.interpreter is None:
            self.interpreter = subprocess.Popen(
                [sys.executable, str(PYTHON)], cwd=self.folder, env=self.environment(block), text=True,
                stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.STDOUT,
            )  # fmt: skip
        assert self.interpreter.stdin is not None
        self.interpreter.stdin.write(json.dumps({"where": str(block), "text": self.typed(block)}) + "\n")
        self.interpreter.stdin.flush()
        return self.interpreter

    def answer(self, words: str, until: Event) -> None:
        """Answer every card that appears in the chat, until there is nobody left who could ask."""
        assert self.terminal is not None
        while not until.is_set():
            with suppress(pexpect.TIMEOUT):
                self.terminal.child.expect(CARD, timeout=0.1)
                found = self.terminal.child.match
                assert isinstance(found, re.Match)
                if found[1] not in self.answered:  # what came of it is a card too
                    self.answered.add(found[1])
                    for line in words.replace(CODE, found[1]).splitlines():
                        self.terminal.types(line)

    def say(self, block: Block) -> None:
        """Type a block into the chat, line by line, and wait for what is answered to each."""
        assert self.terminal is not None
        for line in self.typed(block).splitlines():
            self.terminal.types(line)
            mark = self.terminal.sees("[●✔○▸✘]")[0]
            assert mark != REFUSED or line.startswith("deny"), f"{block}: {line} is refused"
            self.terminal.sees("❯")


EXPORTED = frozenset({"AGENTGATE_API_KEY", "AGENTGATE_URL", "AGENTGATE_SECRET_KEY", "DATABASE_URL"})


def _bare(folder: Path) -> dict[str, str]:
    """Return an environment in which nothing is set."""
    return {name: value for name, value in environment(folder).items() if name in {"HOME", "LANG", "PATH", "TERM"}}


def _variables(block: Block) -> dict[str, str]:
    return {name: value or "" for name, value in dotenv_values(stream=StringIO(block.text)).items()}


@contextmanager
def following(folder: Path, given: dict[str, str], written: dict[str, str]) -> Iterator[Session]:
    """Lay the project into a folder, and end whatever was started there."""
    for name in (
        "Makefile",
        ".venv",
        ".env.example",
        "constraints.txt",
        "pyproject.toml",
        "sdk",
        "docs",
        "compose.yaml",
    ):
        (folder / name).symlink_to(ROOT / name)
    (folder / "deploy.sh").write_text("#!/bin/sh\necho deployed\n")
    (folder / "deploy.sh").chmod(0o755)
    session = Session(folder, given, written)
    try:
        yield session
    finally:
        if session.terminal is not None:
            session.terminal.child.close(force=True)
        if session.interpreter is not None:
            session.interpreter.kill()
            session.interpreter.communicate()
