"""The GitHub Action: what it declares is what the guide says, and it needs nothing but an older Python."""

import ast
import re
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types
from agentgate.cli import exits
from agentgate_action.endings import ExitCode
from agentgate_action.runner import OUTPUTS

from tests.house.tree import CELL, ROOT, python_files, shown
from tools.press.pages import parts_in

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action/action.yml").read_text(encoding="utf-8"))
FILES = [pytest.param(path, id=shown(path)) for path in python_files("action")]
OLDEST = (3, 9)
(STEP,) = ACTION["runs"]["steps"]


def table(heading: str) -> dict[str, list[str]]:
    """Return the rows of the table under a heading: the code in the first cell, with the cells after it."""
    section = (ROOT / "docs/howto/github-action.md").read_text(encoding="utf-8").partition(f"\n## {heading}\n")[2]
    lines = [CELL.split(line)[1:-1] for line in section.partition("\n## ")[0].splitlines() if line.startswith("| `")]
    return {cells[0].strip(" `"): [cell.strip() for cell in cells[1:]] for cells in lines}


def test_the_readme_beside_it_has_every_input_and_output() -> None:
    """`make reference` writes them, and the test of all such pages compares them; here, that they are asked for."""
    readme = (ROOT / "action/README.md").read_text(encoding="utf-8")
    assert {"inputs", "outputs"} <= set(parts_in(readme))
    assert set(re.findall(r"^          ([\w-]+): ", readme, re.MULTILINE)) <= set(ACTION["inputs"])


def test_every_output_is_written() -> None:
    assert {*OUTPUTS, "approved"} == set(ACTION["outputs"])
    for name, declared in ACTION["outputs"].items():
        assert declared["value"] == f"${{{{ steps.{STEP['id']}.outputs.{name} }}}}"


def test_every_exit_code_has_its_row_and_is_the_command_line_s() -> None:
    assert set(table("Exit codes")) == {*(str(int(code)) for code in ExitCode), "130"}
    theirs = {code.name: code.value for code in exits.ExitCode}
    assert {code.name: code.value for code in ExitCode}.items() <= theirs.items()


def test_every_input_reaches_the_program_as_a_variable_and_none_the_script() -> None:
    passed = {value: name for name, value in STEP["env"].items() if name.startswith("INPUT_")}
    assert passed == {
        f"${{{{ inputs.{name} }}}}": f"INPUT_{name.upper().replace('-', '_')}" for name in ACTION["inputs"]
    }
    assert "${{" not in STEP["run"], "what stands there is run"


def test_the_program_takes_the_shell_s_place() -> None:
    """The runner's signals reach the shell alone."""
    assert (STEP["shell"], 'exec "$python" ' in STEP["run"]) == ("bash", True)


@pytest.mark.parametrize("path", FILES)
def test_it_needs_the_standard_library_alone(path: Path) -> None:
    imported = [
        name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        for name in (
            [alias.name for alias in node.names]
            if isinstance(node, ast.Import)
            else [str(node.module)]
            if isinstance(node, ast.ImportFrom) and not node.level
            else []
        )
    ]
    assert {name.partition(".")[0] for name in imported} <= sys.stdlib_module_names


@pytest.mark.parametrize("path", FILES)
def test_it_is_written_in_the_older_python(path: Path) -> None:
    ast.parse(path.read_text(encoding="utf-8"), feature_version=OLDEST)
