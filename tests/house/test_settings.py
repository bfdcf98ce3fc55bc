"""Every setting stands in `.env.example` and in the reference, with its default and what it is for."""

from typing import Any

from app.settings import CLIENT_NAMES, Settings
from models.postgres_url import FOR_THE_DRIVER, FOR_THE_SERVER, LIMITS, parse_postgres
from tests.house.tree import documented
from tests.house.variables import EXAMPLE, exemplified

FIELDS = {str(field.alias): field for field in Settings.model_fields.values()}


def as_text(default: Any) -> str:
    """Return a default as it is written in an environment; empty when there is none."""
    if isinstance(default, bool):
        return str(default).lower()
    return "" if default in (None, ()) else str(default)


def test_the_example_lists_every_setting() -> None:
    lines = [(meaning, name, default) for name, (meaning, default) in exemplified().items() if name in FIELDS]
    assert lines == [(field.description, name, as_text(field.default)) for name, field in FIELDS.items()]


def test_the_example_sets_nothing() -> None:
    """Copied and unchanged it is the same as none; a line that is taken out of its comment says what is chosen."""
    lines = EXAMPLE.read_text(encoding="utf-8").splitlines()
    assert [line for line in lines if line and not line.startswith("#")] == []


def test_every_parameter_of_a_postgresql_address_has_its_row() -> None:
    page = documented("reference/settings.md", like=r"[a-z_]+")
    assert set(page) == FOR_THE_DRIVER | FOR_THE_SERVER | LIMITS.keys()
    place = parse_postgres("postgres://db/gate")
    for name in LIMITS:
        assert page[name][0] == f"`{getattr(place, name):g}`", name


def test_every_setting_has_its_row() -> None:
    page = documented("reference/settings.md", like=r"[A-Z_]+")
    assert set(page) == set(FIELDS) | CLIENT_NAMES
    for name, field in FIELDS.items():
        default, meaning = page[name]
        assert default == (f"`{as_text(field.default)}`" if as_text(field.default) else "–"), name
        assert meaning == field.description, name
