"""What compose.yaml starts and what the page about self-hosting types, without an engine: the same commands, here.

Where the page calls `docker compose exec`, a small program in its place runs the words after the service's name.
"""

import os
import re
import shlex
import shutil
import socket
import subprocess
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.house.composefile import services, source
from tests.house.tree import ROOT
from tests.platforms.postgres import Postgres, _programs
from tests.platforms.redis import RedisServer, running_redis
from tests.stories.server import BIN, SERVER, Server, environment, run, serving

PATIENCE = 60
PASSWORD = "p@ss/w:rd %25\\ $x"
"""Chosen by somebody who likes characters that mean something elsewhere."""
CODE = re.compile(r"[2-9a-z]{4}-[2-9a-z]{4}")
DOCKER = """#!/bin/sh
case "$1 $2" in "compose exec") shift 2 ;; *) exit 0 ;; esac
while case "$1" in -T) ;; -e) case "$2" in *=*) export "$2" ;; esac; shift ;; *) false ;; esac; do shift; done
shift
exec "$@"
"""


@dataclass(frozen=True, slots=True)
class Stack:
    """The services, with the addresses of this test's own servers in place of their names."""

    folder: Path
    secrets: Path
    postgres: Postgres
    port: str
    services: dict[str, dict[str, Any]]

    @property
    def inside(self) -> dict[str, str]:
        """Return the gateway's environment; it listens where the engine would have published it."""
        given: dict[str, str] = self.services["gateway"]["environment"]
        unset = {"ADMIN_API_KEY": "", "AGENTGATE_SECRET_KEY": ""}
        return {**given, "HOST": "127.0.0.1", "PORT": self.port, **unset}

    @property
    def key(self) -> dict[str, str]:
        """Return what the server reads from the folder of secrets, given by the environment here."""
        return {"AGENTGATE_SECRET_KEY": (self.secrets / "AGENTGATE_SECRET_KEY").read_text()}

    @property
    def path(self) -> str:
        """Return where programs are found: the page's, ours, the database's, the machine's."""
        folders = (self.folder / "bin", BIN, (_programs() / "initdb").resolve().parent)
        return os.pathsep.join((*map(str, folders), os.environ["PATH"]))

    def make_secrets(self, **given: str) -> None:
        """Run the service that makes them, in a volume that is there."""
        self.secrets.mkdir(exist_ok=True)
        service = self.services["secrets"]
        words = [*service["entrypoint"], *service["command"]]
        done = run(words, self.folder, **service["environment"] | given, PATH=self.path)
        assert done.returncode == 0, done.stderr

    def type(self, block: str, **given: str) -> "subprocess.Popen[str]":
        """Type a block of the page into a shell."""
        of_postgres = {"PGHOST": str(self.postgres.folder), "PGPORT": str(self.postgres.port)}
        return subprocess.Popen(
            ["sh", "-euc", block.replace("/run/secrets", str(self.secrets))],
            cwd=self.folder,
            env=environment(self.folder, **self.inside, **of_postgres, PATH=self.path) | given,
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
        )

    def typed(self, block: str, **given: str) -> str:
        """Type a block, wait for its end and return what it printed."""
        with self.type(block, **given) as typing:
            said, _ = typing.communicate(timeout=PATIENCE)
            assert typing.returncode == 0, said
        return said


def blocks(heading: str) -> list[str]:
    """Return what a section of the page says to type."""
    page = (ROOT / "docs/howto/self-host.md").read_text(encoding="utf-8")
    section = page.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    return re.findall(r"^```sh\n(.*?)^```$", section, re.MULTILINE | re.DOTALL)


@pytest.fixture(scope="module")
def redis() -> Iterator[RedisServer]:
    with running_redis() as server:
        yield server


@pytest.fixture
def stack(tmp_path: Path, postgres: Postgres, redis: RedisServer) -> Stack:
    """The services before their first start: an empty database, whose owner has a difficult password."""
    postgres.run("DROP DATABASE IF EXISTS agentgate WITH (FORCE)")
    postgres.run("DROP ROLE IF EXISTS agentgate")
    postgres.run(f"CREATE ROLE agentgate LOGIN SUPERUSER PASSWORD '{PASSWORD}'")
    postgres.run("CREATE DATABASE agentgate OWNER agentgate")
    secrets = tmp_path / "secrets"
    text = source().replace("/run/secrets", str(secrets))
    text = text.replace("postgres:5432", f"127.0.0.1:{postgres.port}").replace("redis:6379", f"127.0.0.1:{redis.port}")
    (tmp_path / "bin").mkdir()
    (tmp_path / "bin" / "docker").write_text(DOCKER)
    (tmp_path / "bin" / "docker").chmod(0o755)
    with socket.create_server(("127.0.0.1", 0)) as door:
        port = str(door.getsockname()[1])
    return Stack(tmp_path, secrets, postgres, port, services({"PORT": port}, text=text))


def test_secrets_are_made_once_and_kept(stack: Stack) -> None:
    stack.make_secrets()
    made = {path.name: (path.read_text(), oct(path.stat().st_mode)[-3:]) for path in stack.secrets.iterdir()}
    assert {name: mode for name, (_, mode) in made.items()} == {
        "AGENTGATE_SECRET_KEY": "600", "POSTGRES_PASSWORD": "640", "pgpass": "600",
    }  # fmt: skip
    password, key = made["POSTGRES_PASSWORD"][0], made["AGENTGATE_SECRET_KEY"][0]
    assert re.fullmatch(r"[\w-]{43}", password)
    assert re.fullmatch(r"[\w-]{43}", key)
    assert password != key
    assert made["pgpass"][0].endswith(f":{password}")
    stack.make_secrets(POSTGRES_PASSWORD="another, too late")
    assert {path.name: path.read_text() for path in stack.secrets.iterdir()} == {
        name: text for name, (text, _) in made.items()
    }


def test_the_database_is_well_when_it_takes_connections(stack: Stack) -> None:
    asks = stack.services["postgres"]["healthcheck"]["test"]
    assert asks[0] == "CMD"
    stack.typed(f"PGPORT={stack.postgres.port} {shlex.join(asks[1:])}")


def test_nothing_is_served_before_the_database_is_up_to_date(stack: Stack) -> None:
    stack.make_secrets(POSTGRES_PASSWORD=PASSWORD)
    refused = run([SERVER, "serve"], stack.folder, **stack.inside | stack.key)
    assert refused.returncode == 1
    assert "run `agentgate-server migrate` first" in refused.stderr


@pytest.fixture
def serving_stack(stack: Stack) -> Iterator[tuple[Stack, Server]]:
    """The services as `docker compose up` brings them up."""
    stack.make_secrets(POSTGRES_PASSWORD=PASSWORD)
    migrate = [SERVER, *stack.services["migrate"]["command"]]
    assert run(migrate, stack.folder, **stack.inside | stack.key).returncode == 0
    with serving(stack.folder, **stack.inside | stack.key) as server:
        yield stack, server


def test_the_page_leads_to_a_first_approval_and_back_from_a_loss(serving_stack: tuple[Stack, Server]) -> None:
    stack, server = serving_stack
    here = {"AGENTGATE_URL": server.url, **stack.key}
    (first_keys,) = blocks("2. Make the first keys")
    admin, agent = re.findall(r"agk_[\w-]{43}", stack.typed(f"{first_keys}\necho $AGENTGATE_API_KEY", **here))[::-1]
    here["AGENTGATE_API_KEY"] = admin
    ask, answer = blocks("3. The first request")
    with stack.type(ask.replace("agk_…", agent), **here) as asking:
        code = _code_from(asking)
        assert code in stack.typed(answer.replace("k7qm-3vtx", code), **here)
        assert asking.wait(PATIENCE) == 0

    keep, restore = blocks("Back up and restore")
    stack.typed(keep, **here)
    assert {(stack.folder / name).stat().st_mode & 0o777 for name in ("agentgate.dump", "agentgate.secret")} == {0o600}
    stack.typed("agentgate keys create made-later request:create", **here)
    assert server.stop() == 0

    stack.typed(restore, **here)
    shutil.rmtree(stack.secrets)
    stack.make_secrets(POSTGRES_PASSWORD=PASSWORD)
    with serving(stack.folder, **stack.inside) as server:
        here["AGENTGATE_URL"] = server.url
        assert "approved" in stack.typed(f"agentgate status {code}", **here)
        assert "made-later" not in stack.typed("agentgate keys list", **here)


def _code_from(asking: "subprocess.Popen[str]") -> str:
    """Read what a waiting agent says until it names the code of its request."""
    assert asking.stdout is not None
    said = []
    for line in asking.stdout:
        said.append(line)
        found = CODE.search(line)
        if found:
            return found[0]
    raise AssertionError("".join(said))
