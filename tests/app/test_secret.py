"""The server's secret: given, or made once and kept."""

import stat
from pathlib import Path

import pytest

from app.secret import secret_of
from app.settings import SettingsError, read_settings
from tests.race import started_together

KEPT = "gate.db.secret"


@pytest.fixture(autouse=True)
def _in_a_file(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "data" / "gate.db"))


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    return tmp_path / "data" / KEPT


def test_a_given_one_is_used_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch, kept: Path) -> None:
    monkeypatch.setenv("AGENTGATE_SECRET_KEY", "given-" * 5)
    assert secret_of(read_settings()) == b"given-" * 5
    assert not kept.parent.exists()


def test_in_memory_each_start_has_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DATABASE_URL", ":memory:")
    first, second = secret_of(read_settings()), secret_of(read_settings())
    assert len(first) == len(second) == 32
    assert first != second
    assert list(tmp_path.iterdir()) == []


def test_it_is_made_once_kept_and_nobody_else_may_read_it(kept: Path) -> None:
    first = secret_of(read_settings())
    assert len(first) >= 32
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    assert kept.read_bytes() == first
    assert secret_of(read_settings()) == first
    assert [path.name for path in kept.parent.iterdir()] == [KEPT]


def test_each_database_has_its_own(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    first = secret_of(read_settings())
    monkeypatch.setenv("DATABASE_URL", str(tmp_path / "data" / "other.db"))
    assert secret_of(read_settings()) != first


def test_starts_at_once_agree(kept: Path) -> None:
    program = (
        "import sys; from app.secret import secret_of; from app.settings import read_settings\n"
        "settings = read_settings(); print('ready', flush=True); sys.stdin.readline()\n"
        "print(secret_of(settings).decode())"
    )
    assert set(started_together(program, count=4)) == {kept.read_text()}
    assert [path.name for path in kept.parent.iterdir()] == [KEPT]


@pytest.mark.parametrize("damaged", [b"", b"\n", b"short", b"\xff\xfe" * 40, "ü".encode() * 40])
def test_a_damaged_file_is_refused_and_left_alone(kept: Path, damaged: bytes) -> None:
    kept.parent.mkdir()
    kept.write_bytes(damaged)
    with pytest.raises(SettingsError, match=f"{KEPT} does not hold a secret; restore it from a back-up"):
        secret_of(read_settings())
    assert kept.read_bytes() == damaged


def test_a_file_edited_by_hand_may_end_with_a_line_break(kept: Path) -> None:
    kept.parent.mkdir()
    kept.write_bytes(b"x" * 40 + b"\n")
    assert secret_of(read_settings()) == b"x" * 40


def test_what_cannot_be_read_or_written_is_said_with_a_way_out(kept: Path) -> None:
    kept.mkdir(parents=True)
    with pytest.raises(SettingsError, match="set AGENTGATE_SECRET_KEY, or make the folder writable"):
        secret_of(read_settings())
    kept.rmdir()
    kept.parent.rmdir()
    kept.parent.write_text("a file where the folder should be")
    with pytest.raises(SettingsError, match="set AGENTGATE_SECRET_KEY"):
        secret_of(read_settings())
