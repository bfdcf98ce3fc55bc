"""The package as it is released: built, looked into, installed where there is nothing but httpx, and used."""

import asyncio
import json
import os
import shutil
import subprocess
import sys
import tarfile
import zipfile
from email import message_from_bytes
from email.message import Message
from importlib.metadata import distribution
from pathlib import Path

import agentgate
import pytest

from gateway.gate import Gate
from gateway.keys import NewKey
from tests.api.served import served
from tests.house.packages import closure, python_with_pip
from tests.house.tree import ROOT

CLIENT = ROOT / "sdk"
VERSION = agentgate.__version__
PROGRAM = """
import asyncio, os, sys
from agentgate import AgentGate, AsyncAgentGate, Forbidden, WaitTimeout, __file__, __version__

with AgentGate() as gate:
    asked = gate.request("deploy.prod", {"version": __version__})
    try:
        gate.wait(asked, timeout=0.1)
    except WaitTimeout:
        print(gate.cancel(asked).status, __version__, __file__)

async def list_all():
    async with AsyncAgentGate() as gate:
        try:
            await gate.list()
        except Forbidden:
            print("forbidden", sorted({name.partition(".")[0] for name in sys.modules} & {"typer", "rich", "mcp"}))

asyncio.run(list_all())
"""


def run(*command: str | Path, **settings: str) -> "subprocess.CompletedProcess[str]":
    quiet = {"PATH": "/usr/bin:/bin", "PIP_NO_INDEX": "1", "PIP_DISABLE_PIP_VERSION_CHECK": "1", "LANG": "C.UTF-8"}
    return subprocess.run(command, env=quiet | settings, capture_output=True, text=True, check=False, timeout=100)


def succeeds(*command: str | Path, **settings: str) -> str:
    done = run(*command, **settings)
    assert done.returncode == 0, f"{command}\n{done.stdout}{done.stderr}"
    return done.stdout


GIVEN = os.environ.get("AGENTGATE_DIST")
"""A release tests the very packages that it publishes."""
HOST, REPOSITORY = "https://git.example.com", "gate/agentgate"


@pytest.fixture(scope="module")
def dist(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Both packages, built as `make dist` builds them: the wheel from the source package."""
    if GIVEN:
        return ROOT / GIVEN
    dist = tmp_path_factory.mktemp("dist")
    builder = (sys.executable, "-m", "build", "--no-isolation", "--outdir", dist, CLIENT)
    succeeds(*builder, GITHUB_SERVER_URL=HOST, GITHUB_REPOSITORY=REPOSITORY)
    return dist


@pytest.fixture(scope="module")
def wheel(dist: Path) -> Path:
    return dist / f"agentgate_client-{VERSION}-py3-none-any.whl"


class Empty:
    """A virtual environment with the wheel in it, and of everything else what is lent to it."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        succeeds(sys.executable, "-m", "venv", "--without-pip", folder)
        self.folder = folder
        self.python = folder / "bin/python"
        self.agentgate = folder / "bin/agentgate"
        self._site = folder / f"lib/python{sys.version_info.major}.{sys.version_info.minor}/site-packages"
        succeeds(python_with_pip(), "-m", "pip", "--python", self.python, "install", "-q", "--no-deps", wheel)

    def lend(self, requirement: str) -> None:
        """Copy what is installed here for a requirement, and nothing more, in place of fetching it again."""
        for name in closure(requirement) - {"agentgate-client"}:
            for file in distribution(name).files or ():
                source, target = Path(str(file.locate())), self._site / file
                if ".." not in file.parts and file.suffix != ".pyc":  # no programs, and nothing that was compiled
                    target.parent.mkdir(parents=True, exist_ok=True)
                    shutil.copyfile(source, target)


@pytest.fixture(scope="module")
def empty(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Empty:
    empty = Empty(tmp_path_factory.mktemp("empty") / "venv", wheel)
    empty.lend("agentgate-client")
    return empty


@pytest.fixture(scope="module")
def with_extras(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Empty:
    environment = Empty(tmp_path_factory.mktemp("extras") / "venv", wheel)
    environment.lend("agentgate-client[cli]")
    return environment


def metadata(wheel: Path) -> Message:
    with zipfile.ZipFile(wheel) as opened:
        return message_from_bytes(opened.read(f"agentgate_client-{VERSION}.dist-info/METADATA"))


def test_the_wheel_holds_the_package_its_types_and_the_licence(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as opened:
        names = set(opened.namelist())
    code = {path.relative_to(CLIENT / "src").as_posix() for path in (CLIENT / "src").rglob("*.py")}
    info = f"agentgate_client-{VERSION}.dist-info"
    others = {"agentgate/py.typed", f"{info}/METADATA", f"{info}/WHEEL", f"{info}/RECORD", f"{info}/entry_points.txt"}
    assert names == code | others | {f"{info}/licenses/LICENSE"}


def test_the_source_package_builds_the_wheel_and_holds_no_tests(dist: Path) -> None:
    with tarfile.open(dist / f"agentgate_client-{VERSION}.tar.gz") as opened:
        names = {name.partition("/")[2] for name in opened.getnames()}
    assert "src/agentgate/py.typed" in names
    top = {name for name in names if "/" not in name and not name.startswith(".")}
    assert top == {"README.md", "LICENSE", "PKG-INFO", "hatch_build.py", "pyproject.toml"}
    assert [name for name in names if "test_" in name] == []


def test_the_metadata_is_complete(wheel: Path) -> None:
    told = metadata(wheel)
    assert (told["Name"], told["Version"], told["License-Expression"]) == ("agentgate-client", VERSION, "MIT")
    assert told["License-File"] == "LICENSE"
    assert (told["Requires-Python"], told["Description-Content-Type"]) == (">=3.11", "text/markdown")
    assert {f"Programming Language :: Python :: 3.{minor}" for minor in (11, 12, 13, 14)} <= set(
        told.get_all("Classifier") or ()
    )
    assert "Typing :: Typed" in (told.get_all("Classifier") or ())
    assert "human-in-the-loop" in str(told["Keywords"])
    assert {line.split(";")[0].strip() for line in told.get_all("Requires-Dist") or () if "extra" not in line} == {
        "httpx"
    }
    assert str(told.get_payload()).startswith("# agentgate-client")


def test_its_links_lead_to_where_it_was_built(wheel: Path) -> None:
    links = dict(line.split(", ") for line in metadata(wheel).get_all("Project-URL") or ())
    host, repository = (
        (os.environ["GITHUB_SERVER_URL"], os.environ["GITHUB_REPOSITORY"]) if GIVEN else (HOST, REPOSITORY)
    )
    assert links["Source"] == f"{host}/{repository}"
    assert all(link.startswith(links["Source"]) for link in links.values())


def test_its_licence_is_the_project_s() -> None:
    assert (CLIENT / "LICENSE").read_text() == (ROOT / "LICENSE").read_text()


async def test_with_httpx_alone_it_asks_a_real_gate(gate: Gate, agent: NewKey, empty: Empty, tmp_path: Path) -> None:
    async with served(gate) as api:
        where = {"AGENTGATE_URL": api.url, "AGENTGATE_API_KEY": agent.secret}
        (tmp_path / "program.py").write_text(PROGRAM)
        said = await asyncio.to_thread(succeeds, empty.python, "-I", tmp_path / "program.py", **where)
    cancelled, forbidden = said.splitlines()
    assert cancelled.startswith(f"cancelled {VERSION} {empty.folder}/")
    assert forbidden == "forbidden []"


def test_without_its_extra_the_command_line_says_what_is_missing(empty: Empty) -> None:
    done = run(empty.agentgate, "--version")
    assert done.returncode != 0
    assert 'pip install "agentgate-client[cli]"' in done.stderr


def test_the_command_line_works_from_the_wheel(with_extras: Empty) -> None:
    assert succeeds(with_extras.agentgate, "--version") == f"agentgate {VERSION}\n"
    assert succeeds(with_extras.python, "-m", "agentgate", "--version") == f"agentgate {VERSION}\n"


def test_the_mcp_server_works_from_the_wheel(wheel: Path, tmp_path: Path) -> None:
    environment = Empty(tmp_path / "venv", wheel)
    environment.lend("agentgate-client[cli,mcp]")
    hello = {"protocolVersion": "2025-06-18", "capabilities": {}, "clientInfo": {"name": "test", "version": "1"}}
    line = json.dumps({"jsonrpc": "2.0", "id": 1, "method": "initialize", "params": hello}) + "\n"
    done = subprocess.run(
        [environment.agentgate, "mcp"], input=line, capture_output=True, text=True, check=True, timeout=100
    )
    assert json.loads(done.stdout)["result"]["serverInfo"]["version"] == VERSION
