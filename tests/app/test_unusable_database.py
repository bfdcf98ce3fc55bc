"""A database that cannot be used ends the start with one sentence that names the variable."""

import os
import subprocess
import sys
from pathlib import Path

import pytest


@pytest.mark.parametrize("command", ["serve", "migrate"])
@pytest.mark.parametrize("kind", ["folder", "no database"])
def test_the_start_ends_at_once_and_says_why(tmp_path: Path, command: str, kind: str) -> None:
    path = tmp_path / "gate.db"
    if kind == "folder":
        path.mkdir()
    else:
        path.write_text("this is no database\n" * 100)
    environment = os.environ | {"DATABASE_URL": str(path), "PORT": "0"}
    ended = subprocess.run(
        [sys.executable, "-m", "app", command],
        cwd=tmp_path,
        env=environment,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=30,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("agentgate-server: DATABASE_URL: ")
    assert ended.stderr.count("\n") == 1
    assert ended.stdout == ""
