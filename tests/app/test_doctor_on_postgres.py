"""The doctor, on a PostgreSQL: where it is, how it is, and what to do when it is not well."""

import json
from pathlib import Path
from typing import Any

import pytest

from tests.databases import SECRET, migrated_template
from tests.platforms.postgres import Postgres
from tests.stories.server import SERVER, run

pytestmark = pytest.mark.on("postgres")


def finding(folder: Path, url: str) -> dict[str, Any]:
    """Return what the doctor says of the database; checks that the exit code agrees, and that no password is shown."""
    done = run([SERVER, "doctor", "--json"], folder, DATABASE_URL=url, AGENTGATE_SECRET_KEY=SECRET)
    assert done.stderr == ""
    assert "p@ss" not in done.stdout
    assert "p%40ss" not in done.stdout
    found: list[dict[str, Any]] = json.loads(done.stdout)["findings"]
    assert done.returncode == (0 if all(one["ok"] for one in found) else 1)
    return next(one for one in found if one["part"] == "DATABASE_URL")


def test_all_is_well(postgres: Postgres, tmp_path: Path) -> None:
    said = finding(tmp_path, postgres.make_database("healthy", template=migrated_template()))
    assert (said["ok"], said["remedy"]) == (True, "")
    assert f"healthy on 127.0.0.1:{postgres.port}, version 1" in said["meaning"]
    assert " ms, up to date and writable" in said["meaning"]


def test_one_that_is_not_migrated(postgres: Postgres, tmp_path: Path) -> None:
    said = finding(tmp_path, postgres.make_database("unmigrated"))
    assert "migrations are missing" in said["meaning"]
    assert "agentgate-server migrate" in said["remedy"]


def test_a_wrong_password(postgres: Postgres, tmp_path: Path) -> None:
    said = finding(tmp_path, postgres.url("postgres").replace("p%40ss", "guess"))
    assert 'password authentication failed for user "gate"' in said["meaning"]
    assert "password" in said["remedy"]


def test_one_that_takes_no_writes(postgres: Postgres, tmp_path: Path) -> None:
    url = postgres.make_database("copied", template=migrated_template())
    said = finding(tmp_path, f"{url}?options=-c%20default_transaction_read_only=on")
    assert "read-only" in said["meaning"]
    assert "primary" in said["remedy"]


def test_nobody_listens(tmp_path: Path) -> None:
    said = finding(tmp_path, "postgres://gate:p%40ss@127.0.0.1:9/gate")
    assert "127.0.0.1" in said["meaning"]
    assert "start it" in said["remedy"]
