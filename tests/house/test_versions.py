"""One version, written in one place: the client's. Everything else takes it from there."""

import re
import tomllib
from importlib.metadata import version

import agentgate
import pytest

from gateway.api.openapi import describe
from gateway.api.routes import ROUTES
from tests.house.tree import ROOT, project_files, shown

WRITTEN = "sdk/src/agentgate/_version.py"


@pytest.mark.parametrize("pyproject", ["pyproject.toml", "sdk/pyproject.toml"])
def test_both_packages_take_it_from_the_same_file(pyproject: str) -> None:
    settings = tomllib.loads((ROOT / pyproject).read_text(encoding="utf-8"))
    assert "version" not in settings["project"]
    assert "version" in settings["project"]["dynamic"]
    assert ((ROOT / pyproject).parent / settings["tool"]["hatch"]["version"]["path"]).resolve() == ROOT / WRITTEN


def test_what_is_installed_and_what_is_told_is_that_version() -> None:
    told = {
        "agentgate-client": version("agentgate-client"),
        "agentgate-server": version("agentgate-server"),
        "OpenAPI": describe(ROUTES, public_url="http://localhost:3000")["info"]["version"],
    }
    assert told == dict.fromkeys(told, agentgate.__version__), "run `make setup` after a change of the version"


def test_the_changelog_begins_with_it() -> None:
    newest = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert newest is not None
    assert newest[1] == agentgate.__version__


def test_it_is_written_nowhere_else() -> None:
    of_others = ("constraints", "CHANGELOG.md", "docs/", "tests/")
    places = [
        shown(path)
        for path in project_files()
        if path.suffix in {".py", ".toml", ".yml", ".yaml", ""}
        and not shown(path).startswith(of_others)
        and f'"{agentgate.__version__}"' in path.read_text(encoding="utf-8")
    ]
    assert places == [WRITTEN]
