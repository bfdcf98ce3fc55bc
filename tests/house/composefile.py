"""compose.yaml, read as Compose reads it: variables put in, then YAML. https://docs.docker.com/reference/compose-file/"""

import re
from collections.abc import Mapping
from typing import Any

import yaml  # type: ignore[import-untyped]  # it ships no types

from tests.house.tree import ROOT

VARIABLE = re.compile(r"\$(?:(?P<dollar>\$)|\{(?P<name>[A-Z_]+):-(?P<default>(?:[^{}$]|\$\{[^{}]*\})*)\})")


def source() -> str:
    """Return the file as it stands."""
    return (ROOT / "compose.yaml").read_text(encoding="utf-8")


def variables(text: str) -> dict[str, str]:
    """Return every variable of a text with the default that stands there; fails where two defaults differ."""
    found: dict[str, str] = {}
    for match in VARIABLE.finditer(text):
        if match["name"]:
            assert found.setdefault(match["name"], match["default"]) == match["default"], match["name"]
            for name, default in variables(match["default"]).items():
                assert found.setdefault(name, default) == default, name
    return found


def filled(text: str, given: Mapping[str, str]) -> str:
    """Return the text with its variables put in; one that is empty counts as absent."""

    def value(match: re.Match[str]) -> str:
        if match["dollar"]:
            return "$"
        return given.get(match["name"], "") or filled(match["default"], given)

    return VARIABLE.sub(value, text)


def composed(given: Mapping[str, str] | None = None, *, text: str | None = None) -> dict[str, Any]:
    """Return the file as Compose understands it with these variables."""
    document: dict[str, Any] = yaml.safe_load(filled(text or source(), given or {}))
    return document


def services(given: Mapping[str, str] | None = None, *, text: str | None = None) -> dict[str, dict[str, Any]]:
    """Return the services by name."""
    found: dict[str, dict[str, Any]] = composed(given, text=text)["services"]
    return found
