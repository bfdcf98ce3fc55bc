"""Where a database is."""

from pathlib import Path

import pytest

from models.address import parse_address


@pytest.mark.parametrize(
    ("url", "path"),
    [
        ("data/agentgate.db", "data/agentgate.db"),
        ("/var/lib/gate.db", "/var/lib/gate.db"),
        ("sqlite:///var/lib/gate.db", "/var/lib/gate.db"),
        ("sqlite:////var/lib/gate.db", "/var/lib/gate.db"),
        ("sqlite://data/gate.db", "data/gate.db"),
        ("sqlite://with%20space.db", "with space.db"),
    ],
)
def test_a_file(url: str, path: str) -> None:
    address = parse_address(url)
    assert (address.is_sqlite, address.path) == (True, Path(path))


@pytest.mark.parametrize("url", [":memory:", "sqlite://:memory:", "sqlite:///:memory:"])
def test_memory(url: str) -> None:
    address = parse_address(url)
    assert (address.is_sqlite, address.path, str(address)) == (True, None, ":memory:")


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql(scheme: str) -> None:
    address = parse_address(f"{scheme}://gate:pw@db:5432/gate")
    assert (address.is_sqlite, address.path) == (False, None)
    assert str(address) == "PostgreSQL, gate on db:5432"


@pytest.mark.parametrize("url", ["", "data/", "sqlite://", "sqlite:///", "mysql://x/y", "http://x", "asyncpg://x"])
def test_anything_else_is_refused(url: str) -> None:
    with pytest.raises(ValueError, match=r"names no file|is not a database AgentGate knows"):
        parse_address(url)
