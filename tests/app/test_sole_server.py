"""One server to a SQLite file, and what it notices about the file."""

import os
import re
from pathlib import Path

import pytest

from app.settings import SettingsError
from app.sole_server import alone_on, file_probe
from gateway.errors import Unavailable
from models.db import parse_address


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "gate.db"
    path.write_bytes(b"")
    return path


ANOTHER = re.compile(r"DATABASE_URL: another server is running on .*gate\.db")


def test_the_second_is_told_of_the_first_and_let_in_after_it(file: Path) -> None:
    address = parse_address(str(file))
    with alone_on(address), pytest.raises(SettingsError, match=ANOTHER), alone_on(address):
        pass
    with alone_on(address):
        assert file.with_name("gate.db.serving").exists()


def test_another_way_to_the_same_file_leads_to_the_same_lock(file: Path) -> None:
    elsewhere = file.with_name("link.db")
    elsewhere.symlink_to(file)
    with alone_on(parse_address(str(file))), pytest.raises(SettingsError), alone_on(parse_address(str(elsewhere))):
        pass


@pytest.mark.parametrize("url", [":memory:", "postgres://gate@db.example/gate"])
def test_where_there_is_no_file_there_is_no_lock(url: str, tmp_path: Path) -> None:
    with alone_on(parse_address(url)), alone_on(parse_address(url)):
        assert list(tmp_path.iterdir()) == []


def test_a_folder_that_cannot_be_made_is_said() -> None:
    nowhere = parse_address("/proc/nothing/x.db")
    with pytest.raises(SettingsError, match=r"DATABASE_URL: /proc/nothing/x\.db cannot be opened"), alone_on(nowhere):
        pass


async def test_a_file_that_is_there_with_room_around_it_is_well(file: Path) -> None:
    assert "MB free" in await file_probe(file, least_free=1)()


async def test_a_file_that_was_deleted_is_noticed(file: Path) -> None:
    probe = file_probe(file, least_free=1)
    os.unlink(file)
    with pytest.raises(Unavailable, match="deleted"):
        await probe()


async def test_a_file_that_was_replaced_is_noticed(file: Path) -> None:
    probe = file_probe(file, least_free=1)
    file.with_name("backup.db").touch()
    os.replace(file.with_name("backup.db"), file)
    with pytest.raises(Unavailable, match="replaced"):
        await probe()


async def test_a_disk_without_room_is_noticed(file: Path) -> None:
    with pytest.raises(Unavailable, match=r"only \d+ MB are free"):
        await file_probe(file, least_free=2**63)()
