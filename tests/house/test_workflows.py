"""Workflows: valid by the published schema, closed to strangers, and made of parts that nobody can swap."""

import re
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml  # type: ignore[import-untyped]  # it ships no types

from tests.house.tree import ROOT, shown

BIN = Path(sys.executable).parent
WORKFLOWS = sorted((ROOT / ".github/workflows").glob("*.yml"))
USES = re.compile(r"uses: *(\S+)(?: +# (\S+))?")
PINNED = re.compile(r"[\w-]+(?:/[\w.-]+)+@[0-9a-f]{40}")
MAKES = re.compile(r"\bmake ([a-z]+)")
PROGRAMS = re.compile(r"(?<![\w/])\.ci/\w+")


def read(path: Path) -> dict[str, Any]:
    """Return a workflow; YAML takes its key `on` for a truth."""
    loaded: dict[Any, Any] = yaml.safe_load(path.read_text(encoding="utf-8"))
    return {"on" if name is True else name: value for name, value in loaded.items()}


def run(*command: str) -> "subprocess.CompletedProcess[str]":
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def test_they_are_valid_by_the_published_schema() -> None:
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    done = run(*check, *map(shown, WORKFLOWS))
    assert done.returncode == 0, f"{done.stdout}{done.stderr} (a tool that is missing comes with `make setup`)"


def test_so_is_our_own_action() -> None:
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-actions")
    done = run(*check, "action/action.yml")
    assert done.returncode == 0, done.stdout + done.stderr


def test_a_mistake_in_a_workflow_is_noticed(tmp_path: Path) -> None:
    wrong = tmp_path / "wrong.yml"
    wrong.write_text(WORKFLOWS[0].read_text(encoding="utf-8").replace("runs-on:", "runs-upon:"), encoding="utf-8")
    check = (sys.executable, "-m", "check_jsonschema", "--builtin-schema", "vendor.github-workflows")
    assert run(*check, str(wrong)).returncode == 1


def test_they_let_no_stranger_do_anything() -> None:
    done = run(str(BIN / "zizmor"), "--offline", "--no-progress", "--quiet", "--strict-collection", ".github", "action")
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_every_action_is_pinned_to_a_commit_and_says_its_version(path: Path) -> None:
    used = USES.findall(path.read_text(encoding="utf-8"))
    assert used
    assert [
        (action, version) for action, version in used if not (PINNED.fullmatch(action) and version[:1] == "v")
    ] == []


def test_one_action_has_one_commit_everywhere() -> None:
    used = {found for path in WORKFLOWS for found in USES.findall(path.read_text(encoding="utf-8"))}
    names = [action.partition("@")[0] for action, _ in used]
    assert len(names) == len(set(names)), sorted(used)


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_nothing_is_granted_to_a_whole_workflow_but_reading(path: Path) -> None:
    workflow = read(path)
    assert set(workflow["permissions"].items()) <= {("contents", "read")}
    assert "pull_request_target" not in workflow["on"]
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 90, name
        assert "secrets." not in str(job), name


@pytest.mark.parametrize("path", WORKFLOWS, ids=lambda path: path.name)
def test_what_they_run_is_there(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    targets = set(re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE))
    assert {name for line in re.findall(r"run: (.*)", text) for name in MAKES.findall(line)} <= targets
    assert [name for name in PROGRAMS.findall(text) if not (ROOT / name).stat().st_mode & 0o100] == []


def test_a_release_publishes_only_what_was_tested_by_whoever_may() -> None:
    release = read(ROOT / ".github/workflows/release.yml")
    jobs = release["jobs"]
    assert release["on"] == {"push": {"tags": ["v*"]}}
    assert {name for name, job in jobs.items() if "id-token" in job.get("permissions", {})} == {"packages", "image"}
    assert {jobs[name]["environment"] for name in ("packages", "image")} == {"release"}
    assert jobs["packages"]["needs"] == jobs["image"]["needs"] == "build"
    steps = [step.get("run", step.get("uses", "")) for step in jobs["build"]["steps"]]
    order = [
        next(number for number, step in enumerate(steps) if word in step)
        for word in ("tools.release", "make dist", "test_package", "upload-artifact")
    ]
    assert order == sorted(order)
    assert not any("checkout" in step.get("uses", "") for step in jobs["packages"]["steps"]), "nothing is built again"
