"""The first admin key, made by whoever runs the server: once, alone on standard output."""

import re
import subprocess
from pathlib import Path

import httpx
import pytest

from tests.platforms.postgres import Postgres
from tests.stories.server import SERVER, environment, run, serving

BOOTSTRAP = [SERVER, "bootstrap"]
KEY = re.compile(r"agk_[\w-]{43}")


def bootstrap(folder: Path, *options: str) -> "subprocess.CompletedProcess[str]":
    """Run it where no key is given by a setting."""
    return run([*BOOTSTRAP, *options], folder, ADMIN_API_KEY="")


def names_of_keys(url: str, key: str) -> set[str]:
    """Return the names of a server's active keys."""
    listed = httpx.get(f"{url}/api/api-keys", headers={"Authorization": f"Bearer {key}"})
    assert listed.status_code == 200, listed.text
    return {shown["name"] for shown in listed.json()["keys"] if shown["active"]}


def test_the_key_stands_alone_on_standard_output_and_opens_everything(tmp_path: Path) -> None:
    made = bootstrap(tmp_path)
    assert made.returncode == 0, made.stderr
    assert KEY.fullmatch(made.stdout.rstrip("\n"))
    assert made.stdout.count("\n") == 1
    assert made.stdout.strip() not in made.stderr
    assert "first-admin" in made.stderr
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        assert names_of_keys(server.url, made.stdout.strip()) == {"first-admin"}
        server.stop()
        assert not KEY.search(server.printed + server.rest())


def test_a_second_one_is_refused_and_says_how_all_the_same(tmp_path: Path) -> None:
    first, second = bootstrap(tmp_path), bootstrap(tmp_path, "--name", "another")
    assert second.returncode == 1
    assert second.stdout == ""
    assert "--force" in second.stderr
    assert "first-admin" in second.stderr
    assert not KEY.search(second.stderr)
    forced = bootstrap(tmp_path, "--force")
    assert forced.returncode == 0
    assert forced.stdout != first.stdout
    assert "first-admin-2" in forced.stderr


def test_the_key_has_the_name_that_is_given_and_a_taken_one_is_said(tmp_path: Path) -> None:
    made, again = bootstrap(tmp_path, "--name", "root"), bootstrap(tmp_path, "--name", "root", "--force")
    assert "“root”" in made.stderr
    assert (again.returncode, again.stdout) == (1, "")
    assert "“root”" in again.stderr
    wrong = bootstrap(tmp_path, "--name", " ", "--force")
    assert (wrong.returncode, wrong.stdout) == (1, "")
    assert "name" in wrong.stderr
    assert "Traceback" not in wrong.stderr


@pytest.mark.parametrize("named", [True, False])
def test_of_five_at_once_one_makes_a_key(tmp_path: Path, named: bool) -> None:
    starts = [
        subprocess.Popen(
            [*BOOTSTRAP, *(["--name", f"key-{number}"] if named else [])],
            cwd=tmp_path,
            env=environment(tmp_path, ADMIN_API_KEY=""),
            text=True,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
        )
        for number in range(5)
    ]
    ended = [(start.communicate(timeout=60), start.returncode) for start in starts]
    (key,) = [said[0].strip() for said, code in ended if code == 0]
    assert all(code in {0, 1} for _, code in ended)
    assert ["--force" in said[1] for said, code in ended if code == 1] == [True] * 4
    with serving(tmp_path, ADMIN_API_KEY="") as server:
        assert len(names_of_keys(server.url, key)) == 1


def test_a_key_made_beside_a_running_server_works_there_at_once(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        assert bootstrap(tmp_path).returncode == 1
        made = bootstrap(tmp_path, "--force")
        assert names_of_keys(server.url, made.stdout.strip()) >= {"env-admin", "first-admin"}


def test_a_database_in_memory_has_no_use_for_a_key(tmp_path: Path) -> None:
    ended = run(BOOTSTRAP, tmp_path, DATABASE_URL=":memory:", ADMIN_API_KEY="")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert "DATABASE_URL" in ended.stderr


def test_a_database_that_cannot_be_used_is_one_sentence(tmp_path: Path) -> None:
    ended = run(BOOTSTRAP, tmp_path, DATABASE_URL="/proc/nothing/x.db", ADMIN_API_KEY="")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "DATABASE_URL" in ended.stderr


@pytest.mark.on("postgres")
def test_a_postgresql_that_is_not_migrated_is_one_sentence(tmp_path: Path, postgres: Postgres) -> None:
    ended = run(BOOTSTRAP, tmp_path, DATABASE_URL=postgres.make_database("fresh_for_bootstrap"), ADMIN_API_KEY="")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.count("\n") == 1
    assert "agentgate-server migrate" in ended.stderr
