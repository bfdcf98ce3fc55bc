"""A SQLite file has one server: the second says so, and the first notices when the file is gone."""

import signal
from pathlib import Path

import httpx
import pytest

from tests.stories.server import SERVER, run, serving

pytestmark = pytest.mark.on("sqlite")


def test_a_second_server_on_one_file_ends_with_a_sentence_and_the_first_goes_on(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        second = run([SERVER, "serve"], tmp_path)
        assert httpx.get(f"{server.url}/health?deep=true").status_code == 200
    assert (second.returncode, second.stdout) == (1, "")
    assert second.stderr.count("\n") == 1
    assert "DATABASE_URL" in second.stderr
    assert "another server is running on data/agentgate.db" in second.stderr


def test_after_a_kill_the_next_server_is_let_in(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        server.stop(signal.SIGKILL)
    with serving(tmp_path) as server:
        assert httpx.get(f"{server.url}/health").status_code == 200


def test_a_file_that_is_deleted_under_the_server_is_noticed(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        before = httpx.get(f"{server.url}/health?deep=true").json()
        (tmp_path / "data" / "agentgate.db").unlink()
        after = httpx.get(f"{server.url}/health?deep=true")
    assert before["checks"]["storage"]["status"] == "ok"
    assert (after.status_code, after.json()["checks"]["storage"]["status"]) == (503, "degraded")
    assert "deleted" in after.json()["checks"]["storage"]["message"]
