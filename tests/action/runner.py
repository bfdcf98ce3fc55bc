"""The Action as a runner runs it: `action.yml` is read, its step's script given to bash, with a runner's environment.

https://docs.github.com/en/actions/reference/workflows-and-actions/variables
"""

import asyncio
import json
import os
import re
import signal
import sys
from asyncio.subprocess import DEVNULL, PIPE, STDOUT, Process
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from types import MappingProxyType
from typing import Any
from uuid import uuid4

import yaml  # type: ignore[import-untyped]  # it ships no types

from tests.action.expressions import filled
from tests.action.listening import Command, commands_in, masked, outputs_in
from tests.house.tree import ROOT

ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action/action.yml").read_text(encoding="utf-8"))
NOTHING: Mapping[str, Any] = MappingProxyType({})
PATIENCE = 60
SIGTERM_AFTER, KILL_AFTER = 7.5, 2.5
"""How long a runner waits for a step that it has asked to end."""


@dataclass(frozen=True)
class Ran:
    """What came of a step."""

    code: int
    printed: str
    outputs: dict[str, str]
    summary: str

    @property
    def commands(self) -> list[Command]:
        """Return the commands that the runner was given, without the mask."""
        return [command for command in commands_in(self.printed) if command.name != "add-mask"]

    @property
    def log(self) -> str:
        """Return what people see."""
        return masked(self.printed)

    @property
    def said(self) -> str:
        """Return the annotation; fails where there is more than one."""
        (command,) = self.commands
        return f"{command.name}: {command.data}"


@dataclass
class Job:
    """A job on a runner of its own: what its steps have in common."""

    folder: Path
    github: dict[str, str] = field(default_factory=dict)
    """Variables that differ from those of any run, by their names without `GITHUB_`."""
    event: Mapping[str, Any] = field(default_factory=dict)
    matrix: Mapping[str, Any] | None = None
    job_index: int = 0
    check_run: int | None = None
    names_files: bool = True
    """Whether this runner names each step's files by a UUID; act and its like do not."""
    env: Mapping[str, str] = field(default_factory=dict)
    status: str = "success"
    started: list[Process] = field(default_factory=list)
    """Every step of this job, and of jobs made from it."""

    def __post_init__(self) -> None:
        self.workspace = self.folder / "work"
        self.files = self.folder / "_temp" / "_runner_file_commands"
        self.workspace.mkdir(parents=True, exist_ok=True)
        self.files.mkdir(parents=True, exist_ok=True)
        (self.folder / "event.json").write_text(json.dumps(dict(self.event)), encoding="utf-8")

    def variables(self, step: str) -> dict[str, str]:
        """Return the environment that a runner gives to a step; its files are there, and empty."""
        end = f"_{uuid4()}" if self.names_files else ""
        files = {kind: self.files / f"{kind}{end}" for kind in ("set_output", "set_env", "step_summary")}
        for file in files.values():
            file.write_bytes(b"")
        run = {
            "ACTION": step, "ACTOR": "octocat", "EVENT_NAME": "push", "JOB": "deploy", "REF": "refs/heads/main",
            "REF_NAME": "main", "REF_TYPE": "branch", "REPOSITORY": "acme/shop", "RUN_ATTEMPT": "1", "RUN_ID": "4242",
            "SERVER_URL": "https://github.com", "SHA": "1a2b3c4d5e6f" * 3 + "abcd", "WORKFLOW": "Release",
        } | self.github  # fmt: skip
        paths = {
            "ACTION_PATH": ROOT / "action", "ENV": files["set_env"], "EVENT_PATH": self.folder / "event.json",
            "OUTPUT": files["set_output"], "STEP_SUMMARY": files["step_summary"], "WORKSPACE": self.workspace,
        }  # fmt: skip
        ours = {"PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}", "HOME": str(self.folder)}
        system = {
            "CI": "true",
            "GITHUB_ACTIONS": "true",
            "RUNNER_OS": "Linux",
            "RUNNER_TEMP": str(self.folder / "_temp"),
        }
        named = {f"GITHUB_{name}": str(value) for name, value in (run | paths).items()}
        return ours | system | named | dict(self.env)

    def contexts(self, **more: Any) -> dict[str, Any]:
        """Return what expressions may look into."""
        strategy = {"job-index": self.job_index, "fail-fast": True}
        job = {"status": self.status, "check_run_id": self.check_run}
        shared = {"matrix": self.matrix, "strategy": strategy, "job": job, "env": dict(self.env)}
        return shared | {"github": {}, "runner": {"os": "Linux"}, "steps": {}, "inputs": {}} | more

    async def starts(
        self, given: Mapping[str, str], *, step: str = "__acme_gate", env: Mapping[str, str] = NOTHING
    ) -> "Running":
        """Start the Action with these inputs."""
        inputs = {name: declared.get("default", "") for name, declared in ACTION["inputs"].items()}
        assert given.keys() <= inputs.keys(), f"the Action has no input {given.keys() - inputs.keys()}"
        (only,) = ACTION["runs"]["steps"]
        contexts = self.contexts(inputs=inputs | dict(given))
        own = {name: filled(str(value), contexts) for name, value in only["env"].items()}
        mapping = {name: one["value"] for name, one in ACTION["outputs"].items()}
        return await self.shell(only["run"], self.variables(step) | dict(env) | own, step=only["id"], mapping=mapping)

    async def shell(
        self, script: str, env: Mapping[str, str], *, step: str = "", mapping: Mapping[str, str] | None = None
    ) -> "Running":
        """Run a script as `shell: bash` does."""
        file = self.folder / "_temp" / f"{uuid4()}.sh"
        file.write_text(script, encoding="utf-8")
        process = await asyncio.create_subprocess_exec(
            "bash", "--noprofile", "--norc", "-e", "-o", "pipefail", str(file),
            cwd=self.workspace, env=env, stdin=DEVNULL, stdout=PIPE, stderr=STDOUT, start_new_session=True,
        )  # fmt: skip
        self.started.append(process)
        return Running(self, process, dict(env), step, mapping)

    async def over(self) -> None:
        """End what a test has left running."""
        for process in self.started:
            if process.returncode is None:
                os.killpg(process.pid, signal.SIGKILL)
                await process.communicate()


@dataclass
class Running:
    """A step under way."""

    job: Job
    process: Process
    env: dict[str, str]
    step: str
    mapping: Mapping[str, str] | None
    printed: bytes = b""

    async def prints(self, words: str) -> str:
        """Read on until the step has printed these words; return all that it printed so far."""
        assert self.process.stdout is not None
        async with asyncio.timeout(PATIENCE):
            while words.encode() not in self.printed:
                line = await self.process.stdout.readline()
                assert line, f"it ended without {words!r}: {self.printed.decode()}"
                self.printed += line
        return self.printed.decode()

    async def asks(self) -> str:
        """Read on until the step has asked; return the request's id."""
        found = re.search(r"/requests/(req_\w+)\n", await self.prints("Asked for"))
        assert found
        return found[1]

    async def end(self, *, within: float = PATIENCE) -> Ran:
        """Wait until the step has ended; return what came of it."""
        async with asyncio.timeout(within):
            rest, _ = await self.process.communicate()
        return self._what_came(self.process.returncode, self.printed + rest)

    def _what_came(self, code: int | None, printed: bytes) -> Ran:
        """Return what the step's caller sees: of an action, the outputs that it declares."""
        assert code is not None
        assert self._file("GITHUB_ENV") == "", "no step of ours sets variables of the job"
        outputs = outputs_in(self._file("GITHUB_OUTPUT"))
        if self.mapping is not None:
            contexts = self.job.contexts(steps={self.step: {"outputs": outputs}})
            outputs = {name: filled(value, contexts) for name, value in self.mapping.items()}
        return Ran(code, printed.decode(), outputs, self._file("GITHUB_STEP_SUMMARY"))

    def _file(self, name: str) -> str:
        return Path(self.env[name]).read_bytes().decode()

    async def cancelled(self, first: signal.Signals = signal.SIGINT) -> Ran:
        """End the step as a runner does when its job is cancelled: the shell alone hears of it."""
        waits = {signal.SIGINT: SIGTERM_AFTER, signal.SIGTERM: KILL_AFTER}
        for number in list(waits)[list(waits).index(first) :]:
            self.process.send_signal(number)
            try:
                async with asyncio.timeout(waits[number]):
                    await self.process.wait()
            except TimeoutError:
                continue
            return await self.end()
        os.killpg(self.process.pid, signal.SIGKILL)
        return await self.end()
