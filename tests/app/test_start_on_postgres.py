"""Starting on a PostgreSQL: migrated first, waited for when it is not there yet, refused in one sentence."""

import re
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from pathlib import Path

import httpx
import pytest

from app.database import open_database
from app.settings import Settings, SettingsError
from tests.databases import SECRET
from tests.platforms.postgres import Postgres, running_postgres
from tests.stories.server import ADMIN_KEY, RUNNING, SERVER, environment, run, serving

pytestmark = pytest.mark.on("postgres")


@pytest.fixture(scope="module")
def server() -> Iterator[Postgres]:
    """A server of one's own, to stop and start."""
    with running_postgres() as server:
        yield server


def migrated(folder: Path, url: str) -> "subprocess.CompletedProcess[str]":
    return run([SERVER, "migrate"], folder, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET)


@contextmanager
def beginning(command: str, folder: Path, url: str) -> Iterator["subprocess.Popen[str]"]:
    """Start a command whose words can be read one by one; it is ended with the block."""
    with subprocess.Popen(
        [SERVER, command], cwd=folder, env=environment(folder, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET),
        text=True, stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as process:  # fmt: skip
        try:
            yield process
        finally:
            process.kill()


def waits(process: "subprocess.Popen[str]") -> str:
    """Read until it says that it waits for the database; return the line."""
    assert process.stderr is not None
    said = ""
    for line in process.stderr:
        said += line
        if "database.waited_for" in line:
            return line
    raise AssertionError(f"it did not wait: {said}")


def test_it_is_migrated_first_and_as_often_as_one_likes(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.make_database("first")
    refused = run([SERVER, "serve"], tmp_path, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET)
    assert (refused.returncode, refused.stdout) == (1, "")
    assert refused.stderr == (
        f"agentgate-server: DATABASE_URL: PostgreSQL, first on 127.0.0.1:{postgres.port} is not up to date;"
        " run `agentgate-server migrate` first\n"
    )
    first, second, third = (migrated(tmp_path, url) for _ in range(3))
    assert [one.returncode for one in (first, second, third)] == [0, 0, 0]
    assert "applied 0001_initial" in first.stdout
    assert "nothing to do" in second.stdout
    with serving(tmp_path, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET) as server:
        asked = httpx.get(f"{server.url}/api/requests", headers={"Authorization": f"Bearer {ADMIN_KEY}"})
    assert asked.status_code == 200


def test_every_replica_needs_the_same_secret(postgres: Postgres, tmp_path: Path) -> None:
    refused = run([SERVER, "serve"], tmp_path, DATABASE_URL=postgres.url("postgres"), AGENTGATE_SECRET_KEY="")
    assert refused.returncode == 1
    assert "AGENTGATE_SECRET_KEY is required with PostgreSQL" in refused.stderr


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [("p%40ss", 'password authentication failed for user "gate"'), ("/nowhere", 'database "nowhere" does not exist')],
)
def test_a_no_is_not_waited_for(postgres: Postgres, tmp_path: Path, command: str, wrong: str, sentence: str) -> None:
    url = postgres.url("nowhere").replace(wrong, "guess") if wrong.startswith("p") else postgres.url("nowhere")
    began = time.monotonic()
    refused = run([SERVER, command], tmp_path, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET)
    assert time.monotonic() - began < 30
    assert refused.returncode == 1
    assert refused.stderr.startswith("agentgate-server: DATABASE_URL: PostgreSQL, nowhere on 127.0.0.1:")
    assert sentence in refused.stderr
    assert refused.stderr.count("\n") == 1


def test_a_server_that_is_not_there_yet_is_waited_for(server: Postgres, tmp_path: Path) -> None:
    url = server.make_database("late")
    server.stop()
    with beginning("migrate", tmp_path, url) as migrating:
        line = waits(migrating)
        assert f"late on 127.0.0.1:{server.port}" in line
        assert re.search("refused|Connect call failed", line)
        server.start()
        assert migrating.stdout is not None
        assert "applied 0001_initial" in migrating.stdout.read()
        assert migrating.wait(60) == 0
    server.crash()
    with beginning("serve", tmp_path, url) as serving:
        waits(serving)
        server.start()
        assert serving.stdout is not None
        assert any(RUNNING.search(said) for said in serving.stdout)


async def test_patience_has_an_end() -> None:
    settings = Settings(DATABASE_URL="postgres://gate:hunter2@127.0.0.1:9/gate", AGENTGATE_SECRET_KEY=SECRET)
    began = time.monotonic()
    with pytest.raises(
        SettingsError, match=re.escape("DATABASE_URL: PostgreSQL, gate on 127.0.0.1:9 cannot be")
    ) as end:
        async with open_database(settings, patience=timedelta(seconds=1.5)):
            pass
    assert 1.5 <= time.monotonic() - began < 30
    assert "hunter2" not in str(end.value)
