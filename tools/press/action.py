"""What the GitHub Action takes and gives, from its `action.yml`."""

from pathlib import Path
from typing import Any

import yaml  # type: ignore[import-untyped]  # it ships no types

from tools.press.markdown import NOTHING, code, table

DECLARED = Path(__file__).parents[2] / "action" / "action.yml"


def inputs() -> str:
    """Return the table of inputs."""
    rows = ([code(name), _default(one), one["description"]] for name, one in _declared("inputs").items())
    return table(("input", "default", "what it is"), rows)


def outputs() -> str:
    """Return the table of outputs."""
    rows = ([code(name), one["description"]] for name, one in _declared("outputs").items())
    return table(("output", "what it is"), rows)


def _default(one: dict[str, Any]) -> str:
    if one.get("required"):
        return "required"
    return code(one["default"]) if "default" in one else NOTHING


def _declared(what: str) -> dict[str, dict[str, Any]]:
    declared: dict[str, dict[str, Any]] = yaml.safe_load(DECLARED.read_text(encoding="utf-8"))[what]
    return declared
