"""The real server as a real process, with or without a terminal."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

import pexpect

from tests.databases import settings_for

BIN = Path(sys.executable).parent
SERVER = str(BIN / "agentgate-server")
CLIENT = str(BIN / "agentgate")
ADMIN_KEY = "agk_admin-for-the-stories"
RUNNING = re.compile(r"running at (http://\S+)")
PATIENCE = 30
STYLE = r"(?:\x1b\[[0-9;?]*[A-Za-z])*"
"""What a terminal is told about colour between two characters."""


def environment(folder: Path, **settings: str) -> dict[str, str]:
    """Return an environment in which only these settings count."""
    ours = {"PATH": os.environ["PATH"], "HOME": str(folder), "LANG": "C.UTF-8", "TERM": "xterm-256color"}
    given = {"HOST": "127.0.0.1", "PORT": "0", "ADMIN_API_KEY": ADMIN_KEY, "RATE_LIMIT_RPM": "100000"}
    given |= settings_for(folder) | settings
    return ours | {name: value for name, value in given.items() if value}


@dataclass
class Server:
    """A server without a terminal."""

    process: subprocess.Popen[str]
    url: str
    printed: str

    def stop(self, number: int = signal.SIGINT, *, within: float = 10) -> int:
        """Send a signal and return the exit code."""
        self.process.send_signal(number)
        return self.process.wait(timeout=within)

    def rest(self) -> str:
        """Return what it printed after its start; only after its end."""
        return self.process.stdout.read() if self.process.stdout else ""


@contextmanager
def serving(folder: Path, **settings: str) -> Iterator[Server]:
    """Start a server in a folder; it is ended with the block, however it got there."""
    log = folder / "server.log"
    with (
        log.open("a") as errors,
        subprocess.Popen(
            [SERVER, "serve"],
            cwd=folder,
            env=environment(folder, **settings),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=errors,
        ) as process,
    ):
        try:
            yield Server(process, *_started(process, log))
        finally:
            process.kill()


def _started(process: "subprocess.Popen[str]", log: Path) -> tuple[str, str]:
    """Read what the server prints until it runs; return where, and what it said."""
    assert process.stdout is not None
    said = ""
    for line in process.stdout:
        said += line
        found = RUNNING.search(line)
        if found:
            return found[1], said
    raise AssertionError(f"the server did not start: {said}{log.read_text()}")


@dataclass
class Terminal:
    """A person's terminal with the local chat in it: keys go in, a screen comes out."""

    child: "pexpect.spawn[str]"
    record: StringIO = field(default_factory=StringIO)

    @property
    def everything(self) -> str:
        """Return all that was shown and read so far."""
        return self.record.getvalue()

    def sees_the_end(self) -> None:
        """Read on until the server is gone."""
        self.child.expect(pexpect.EOF, timeout=PATIENCE)

    def sees(self, pattern: str) -> "re.Match[str]":
        """Wait until this shows, after what was seen before, and return the match."""
        self.child.expect(pattern, timeout=PATIENCE)
        found = self.child.match
        assert isinstance(found, re.Match)
        return found

    def types(self, line: str) -> None:
        """Type a line."""
        self.child.send(line + "\r")

    @property
    def url(self) -> str:
        """Return where the server says it is."""
        return str(self.sees(rf"running at {STYLE}(http://[\w.:]+)")[1])


@contextmanager
def in_a_terminal(folder: Path, *, name: str = "alice", **settings: str) -> Iterator[Terminal]:
    """Start a server in a terminal of its own."""
    child = pexpect.spawn(
        SERVER, ["serve", "--as", name], cwd=str(folder), env=environment(folder, **settings), encoding="utf-8",
        codec_errors="replace", dimensions=(60, 160), timeout=PATIENCE,
    )  # fmt: skip
    try:
        terminal = Terminal(child)
        child.logfile_read = terminal.record
        yield terminal
    finally:
        child.close(force=True)


def run(command: list[str], folder: Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    """Run a command to its end."""
    return subprocess.run(
        command,
        cwd=folder,
        env=environment(folder, **settings),
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
        stdin=subprocess.DEVNULL,
    )
