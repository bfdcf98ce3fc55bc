"""The image's own commands, run in a scratch folder: what they install serves, says how it is, and stops when told.

Left out is what belongs to an engine: fetching packages (`make setup` does that with the same hashes), stripping and
adding a user.
"""

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import sysconfig
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from tests.house.dockerfile import Instruction, context, dockerfile
from tests.house.packages import python_with_pip
from tests.house.tree import ROOT, shown

PATIENCE = 60
INSTRUCTIONS = dockerfile()
OURS = re.compile(r"python -m venv|python -m pip .* \./sdk \.|DATABASE_URL=\S+ agentgate-server")
"""The commands that need no engine."""


def last(name: str) -> Instruction:
    """Return the instruction that counts."""
    return [one for one in INSTRUCTIONS if one.name == name][-1]


@dataclass(frozen=True, slots=True)
class Scratch:
    """A folder in place of the image's file system."""

    root: Path

    @property
    def programs(self) -> Path:
        """Return where the image has its programs."""
        return self.root / "opt" / "agentgate" / "bin"

    @property
    def workdir(self) -> Path:
        """Return where the image starts its programs."""
        return self.root / last("WORKDIR").words.lstrip("/")

    def environment(self, **settings: str) -> dict[str, str]:
        """Return what a process of the image sees; no package can be fetched."""
        path = f"{self.programs}{os.pathsep}{os.environ['PATH']}"
        return {"PATH": path, "HOME": str(self.root), "LANG": "C.UTF-8", "PIP_NO_INDEX": "1", **settings}

    def start(self, words: list[str], **settings: str) -> "subprocess.Popen[str]":
        """Start a program of the image where the image would."""
        program = str(self.programs / words[0])
        return subprocess.Popen(
            [program, *words[1:]],
            cwd=self.workdir,
            env=self.environment(**settings),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def run(self, command: str) -> None:
        """Run a command as the engine would, by a shell."""
        command = command.replace("/opt/", f"{self.root}/opt/")
        command = re.sub(r"^python ", f"{python_with_pip()} ", command)
        done = subprocess.run(
            ["sh", "-c", command],
            cwd=self.root / "build",
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"


@pytest.fixture(scope="module")
def scratch(tmp_path_factory: pytest.TempPathFactory) -> Scratch:
    """What the image's commands make of what the engine would be given."""
    scratch = Scratch(tmp_path_factory.mktemp("image"))
    scratch.workdir.mkdir()
    for path in context():
        place = scratch.root / "build" / shown(path)
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, place)
    for command in (command for one in INSTRUCTIONS if one.name == "RUN" for command in one.commands):
        if OURS.match(command):
            scratch.run(command)
        if " -m venv " in command:
            _lend_packages(scratch)
    return scratch


def _lend_packages(scratch: Scratch) -> None:
    """Let the new environment use what is installed here, in place of fetching it again."""
    version = f"python{sys.version_info.major}.{sys.version_info.minor}"
    site = scratch.programs.parent / "lib" / version / "site-packages"
    (site / "lent.pth").write_text(sysconfig.get_path("purelib") + "\n")


@pytest.fixture
def port() -> str:
    with socket.create_server(("127.0.0.1", 0)) as door:
        return str(door.getsockname()[1])


@pytest.fixture
def server(scratch: Scratch, port: str) -> Iterator["subprocess.Popen[str]"]:
    """The server as the image starts it."""
    words = [*last("ENTRYPOINT").exec_form, *last("CMD").exec_form]
    with scratch.start(words, HOST="127.0.0.1", PORT=port) as process:
        try:
            assert process.stdout is not None
            said = next((line for line in process.stdout if "running at" in line), "")
            assert said.endswith(f":{port}\n"), said
            yield process
        finally:
            process.kill()


def is_healthy(scratch: Scratch, **settings: str) -> bool:
    """Ask as the engine asks."""
    with scratch.start(last("HEALTHCHECK").exec_form, **settings) as asking:
        return asking.wait(PATIENCE) == 0


def test_what_is_installed_stands_by_itself(scratch: Scratch) -> None:
    """It is a copy, not a link to this folder, and has no pip."""
    question = (
        "import app, gateway, models.migrations, agentgate; print(app.__file__, gateway.__file__, agentgate.__file__)"
    )
    with scratch.start(["python", "-c", question]) as asking:
        said, _ = asking.communicate(timeout=PATIENCE)
    assert said.count(str(scratch.programs.parent)) == 3, said
    assert str(ROOT) not in said
    assert list(scratch.programs.glob("pip*")) == []


def test_it_is_healthy_while_it_serves_on_the_port_it_was_given(
    scratch: Scratch, port: str, server: "subprocess.Popen[str]"
) -> None:
    assert is_healthy(scratch, PORT=port)
    server.send_signal(signal.SIGTERM)
    assert server.wait(PATIENCE) == 0
    assert not is_healthy(scratch, PORT=port)


def test_everything_that_a_first_start_keeps_is_in_one_folder(
    scratch: Scratch, server: "subprocess.Popen[str]"
) -> None:
    assert [entry.name for entry in scratch.workdir.iterdir()] == ["data"]
    assert {entry.name for entry in (scratch.workdir / "data").iterdir()} >= {"agentgate.db", "agentgate.db.secret"}
