"""One version, wherever it is written."""

import re
import tomllib

import agentgate

from gateway.api.openapi import describe
from gateway.api.routes import ROUTES
from tests.house.tree import ROOT


def version_in(pyproject: str) -> str:
    """Return the version that a pyproject.toml declares."""
    declared: str = tomllib.loads((ROOT / pyproject).read_text(encoding="utf-8"))["project"]["version"]
    return declared


def test_every_version_is_the_same() -> None:
    changelog = re.search(r"^## \[(\d+\.\d+\.\d+)\]", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.MULTILINE)
    assert changelog is not None
    assert {
        "pyproject.toml": version_in("pyproject.toml"),
        "sdk/pyproject.toml": version_in("sdk/pyproject.toml"),
        "sdk": agentgate.__version__,
        "OpenAPI": describe(ROUTES, public_url="http://localhost:3000")["info"]["version"],
    } == dict.fromkeys(("pyproject.toml", "sdk/pyproject.toml", "sdk", "OpenAPI"), changelog[1])
