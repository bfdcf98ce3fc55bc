"""docs/howto/sdk.md, block by block: each runs as it stands there, at a gate where somebody answers."""

import os
import subprocess
import sys
from pathlib import Path

import pytest
from agentgate.testing import FakeGate

from tests.docs.blocks import Block, blocks_of

PAGE = "docs/howto/sdk.md"
BLOCKS = [block for block in blocks_of(PAGE) if block.language == "python" and block.words.startswith("tests/sdk/")]
PROGRAMS = [block for block in BLOCKS if "def test_" not in block.text]
TESTS = [block for block in BLOCKS if "def test_" in block.text]


def run(block: Block) -> None:
    exec(compile(block.text, str(block), "exec"), {"__name__": "__main__"})  # noqa: S102 -- our own page


@pytest.mark.parametrize("block", PROGRAMS, ids=str)
def test_a_block_runs_where_somebody_approves(
    block: Block, fake_gate: FakeGate, capsys: pytest.CaptureFixture[str]
) -> None:
    fake_gate.denies(when=lambda request: request.params.get("path") == "b.log", reason="still needed")
    fake_gate.approves(by="slack:ULEA")
    run(block)
    assert fake_gate.asked
    assert all(request.is_final for request in fake_gate.asked)
    said = capsys.readouterr().out
    if "b.log" in block.text and "stays" in block.text:
        assert "a.log may go" in said
        assert "b.log stays: file.delete was denied by slack:U0SOMEBODY: still needed" in said


def test_the_first_block_tells_each_ending(fake_gate: FakeGate, capsys: pytest.CaptureFixture[str]) -> None:
    fake_gate.denies(times=1, reason="not on a Friday").leaves_pending(times=1).approves(by="slack:ULEA")
    for _ in range(3):
        run(PROGRAMS[0])
    fake_gate.goes_away(calls=None)
    assert capsys.readouterr().out.splitlines() == [
        "No: not on a Friday, says slack:U0SOMEBODY",
        "Yes, says slack:ULEA",
    ]
    assert [request.status for request in fake_gate.asked] == ["denied", "cancelled", "approved"]


@pytest.mark.parametrize("block", TESTS, ids=str)
def test_its_tests_pass(block: Block, tmp_path: Path) -> None:
    (tmp_path / "test_mine.py").write_text(block.text)
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTGATE_", "PYTEST_"))}
    without = [f"-pno:{plugin}" for plugin in ("cacheprovider", "asyncio", "hypothesispytest")]
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *without],
        cwd=tmp_path,
        env=clean,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4 passed" in done.stdout
