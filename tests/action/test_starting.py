"""The step starts with whatever Python a runner has, and with nothing that the workflow's files bring along."""

import shutil
import sys

import pytest

from tests.action.runner import Job

WRONG = {"url": "", "api-key": "", "action": ""}
"""Enough to see that the program has started."""
OLD = "#!/bin/sh\nexit 1\n"
"""A Python that says of itself that it is too old."""


def path_with(job: Job, *names: str, **scripts: str) -> str:
    """Make a folder of programs: these names are Python itself, and the others are scripts."""
    folder = job.folder / "bin"
    folder.mkdir()
    bash = shutil.which("bash")
    assert bash is not None
    (folder / "bash").symlink_to(bash)
    for name in names:
        (folder / name).write_text(f'#!{bash}\nexec "{sys.executable}" "$@"\n')
        (folder / name).chmod(0o755)
    for name, script in scripts.items():
        (folder / name).write_text(script)
        (folder / name).chmod(0o755)
    return str(folder)


@pytest.mark.parametrize("name", ["python3", "python"])
async def test_it_takes_the_python_that_is_there(job: Job, name: str) -> None:
    ran = await (await job.starts(WRONG, env={"PATH": path_with(job, name)})).end()
    assert (ran.code, ran.said.startswith("error: `action` is missing")) == (2, True)


async def test_it_passes_over_a_python_that_is_too_old(job: Job) -> None:
    ran = await (await job.starts(WRONG, env={"PATH": path_with(job, "python", python3=OLD)})).end()
    assert ran.code == 2


async def test_without_a_python_it_says_which_step_brings_one(job: Job) -> None:
    ran = await (await job.starts(WRONG, env={"PATH": path_with(job, python3=OLD)})).end()
    assert ran.code == 1
    assert "actions/setup-python" in ran.said
    assert ran.outputs["approved"] == ""


async def test_modules_of_the_workspace_are_not_taken_for_python_s(job: Job) -> None:
    (job.workspace / "json.py").write_text(f"open({str(job.folder / 'owned')!r}, 'w')\n")
    (job.workspace / "agentgate_action.py").write_text(f"open({str(job.folder / 'owned')!r}, 'w')\n")
    ran = await (await job.starts(WRONG, env={"PYTHONPATH": str(job.workspace)})).end()
    assert ran.code == 2
    assert "owned" not in {path.name for path in job.folder.iterdir()}


async def test_what_was_not_asked_is_said_on_the_run_s_page(job: Job) -> None:
    ran = await (await job.starts(WRONG)).end()
    assert ran.summary.startswith("### AgentGate: not asked\n\n<code>")
