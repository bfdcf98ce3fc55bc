"""The doctor, on what a server needs beside its chats: settings, database, secret."""

import json
import sqlite3
from pathlib import Path

import pexpect
import pytest

from models import db
from tests.stories.server import SERVER, environment, run, serving

pytestmark = pytest.mark.on("sqlite")


def problems(folder: Path, **settings: str) -> dict[str, str]:
    """Return what the doctor finds wrong, with what it means; checks that the exit code agrees."""
    done = run([SERVER, "doctor", "--json"], folder, **settings)
    assert done.stderr == ""
    wrong = {one["part"]: one for one in json.loads(done.stdout)["findings"] if not one["ok"]}
    assert done.returncode == (1 if wrong else 0)
    assert all(one["remedy"] for one in wrong.values())
    return {part: one["meaning"] for part, one in wrong.items()}


def test_before_the_first_start_all_is_well_and_nothing_is_made(tmp_path: Path) -> None:
    assert problems(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []


def test_beside_a_running_server_all_is_well(tmp_path: Path) -> None:
    with serving(tmp_path):
        assert problems(tmp_path) == {}


def test_every_wrong_setting_is_told_with_its_sentence(tmp_path: Path) -> None:
    found = problems(tmp_path, PORT="x", LOG_LEVEL="loud", RATE_LIMIT_RMP="5", ADMIN_API_KEY="hunter2")
    assert set(found) == {"PORT", "LOG_LEVEL", "ADMIN_API_KEY", "RATE_LIMIT_RMP", "everything else"}
    assert "hunter2" not in str(found)


def test_half_a_section_is_told(tmp_path: Path) -> None:
    found = problems(tmp_path, SLACK_BOT_TOKEN="xoxb-1")
    assert found["settings"].startswith("SLACK_APP_TOKEN is missing")


def test_a_misspelt_name_is_a_problem(tmp_path: Path) -> None:
    assert set(problems(tmp_path, RATE_LIMIT_RMP="5")) == {"RATE_LIMIT_RMP"}


def test_a_name_that_other_programs_use_too_is_a_hint(tmp_path: Path) -> None:
    done = run([SERVER, "doctor"], tmp_path, PUBLIC_URL="https://example.com", SECRET_KEY="hunter2")
    assert done.returncode == 0
    assert "PUBLIC_URL\tok\tnot a setting of AgentGate" in done.stdout
    assert "its name is AGENTGATE_SECRET_KEY" in done.stdout
    assert "hunter2" not in done.stdout


def test_a_file_that_is_no_database(tmp_path: Path) -> None:
    (tmp_path / "gate.db").write_text("nothing that SQLite wrote" * 100)
    assert "cannot be used" in problems(tmp_path, DATABASE_URL="gate.db")["DATABASE_URL"]


def test_a_file_that_another_program_holds(tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    with sqlite3.connect(path, isolation_level=None) as other:
        other.execute("BEGIN EXCLUSIVE")
        done = run([SERVER, "doctor"], tmp_path, DATABASE_URL=str(path))
    assert done.returncode == 1
    assert "locked\tend the other program" in done.stdout


def test_a_folder_that_cannot_be_made(tmp_path: Path) -> None:
    (tmp_path / "data").write_text("a file")
    assert "cannot be made" in problems(tmp_path)["DATABASE_URL"]


@pytest.mark.parametrize("host", ["127.0.0.1:9", "nowhere.invalid"])
def test_a_database_that_cannot_be_reached(tmp_path: Path, host: str) -> None:
    found = problems(tmp_path, DATABASE_URL=f"postgres://gate:hunter2@{host}/gate", AGENTGATE_SECRET_KEY="s" * 32)
    assert len(found) == 1
    assert "hunter2" not in str(found)


async def test_a_database_to_be_migrated_is_left_alone(tmp_path: Path) -> None:
    path = tmp_path / "gate.db"
    await db.open_database(db.parse_address(str(path)))
    await db.select("CREATE TABLE older (id)")
    await db.close_database()
    done = run([SERVER, "doctor"], tmp_path, DATABASE_URL=str(path))
    assert "brought up to date by the next start" in done.stdout
    assert done.returncode == 0


def test_a_secret_that_is_gone_or_damaged_or_open_to_all(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.stop()
    kept = tmp_path / "data" / "agentgate.db.secret"
    secret = kept.read_bytes()
    kept.chmod(0o644)
    assert "everybody" in problems(tmp_path)["AGENTGATE_SECRET_KEY"]
    kept.write_bytes(b"short")
    assert "does not hold a secret" in problems(tmp_path)["AGENTGATE_SECRET_KEY"]
    kept.unlink()
    assert "is missing" in problems(tmp_path)["AGENTGATE_SECRET_KEY"]
    kept.write_bytes(secret)
    kept.chmod(0o600)
    assert problems(tmp_path) == {}


def test_a_database_that_everybody_can_read_is_a_hint(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.stop()
    database = tmp_path / "data" / "agentgate.db"
    assert "everybody" not in run([SERVER, "doctor"], tmp_path).stdout
    database.chmod(0o644)
    done = run([SERVER, "doctor"], tmp_path)
    assert done.returncode == 0
    assert "everybody on this machine can read it, so `chmod 600" in done.stdout


def test_a_terminal_shows_a_table(tmp_path: Path) -> None:
    child = pexpect.spawn(
        SERVER, ["doctor"], cwd=str(tmp_path), encoding="utf-8", dimensions=(60, 200), timeout=30,
        env=environment(tmp_path, RATE_LIMIT_RMP="5"),
    )  # fmt: skip
    child.expect("how to mend it")
    child.expect("RATE_LIMIT_RMP")
    child.expect("did you mean RATE_LIMIT_RPM")
    child.expect(pexpect.EOF)
    child.close()
    assert child.exitstatus == 1
