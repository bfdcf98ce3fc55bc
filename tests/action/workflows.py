"""Workflows as GitHub runs them, as far as the guide's need it: jobs in their order, matrices, steps, outputs."""

import asyncio
import itertools
import shutil
from asyncio.subprocess import Process
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from uuid import uuid4

import yaml  # type: ignore[import-untyped]  # it ships no types

from tests.action.expressions import as_text, filled, value_of
from tests.action.listening import masked
from tests.action.runner import Job, Running

OURS = "OWNER/agentgate/action@"
CHECKOUT = "actions/checkout@"
WORKFLOW_KEYS = {"name", True, "permissions", "jobs"}  # YAML 1.1 reads the key `on` as true
JOB_KEYS = {
    "runs-on", "timeout-minutes", "environment", "permissions", "concurrency", "needs", "if", "strategy", "env",
    "outputs", "steps",
}  # fmt: skip
STEP_KEYS = {"id", "name", "if", "uses", "with", "run", "env", "shell"}


@dataclass
class Leg:
    """A job, or one leg of it: how it ended, and what it left."""

    job: Job
    outputs: dict[str, str] = field(default_factory=dict)
    log: str = ""

    @property
    def status(self) -> str:
        return self.job.status

    def has(self, file: str) -> str:
        """Return what a file of the workspace says; nothing where it is not there."""
        path = self.job.workspace / file
        return path.read_text(encoding="utf-8") if path.exists() else ""


@dataclass
class Workflow:
    """A workflow, the repository that its jobs check out, and what expressions of it see."""

    text: str
    folder: Path
    repository: Path
    on_asked: Callable[[str, Leg], Awaitable[None]]
    """Called with every request that a step makes or waits for."""
    secrets: Mapping[str, str]
    variables: Mapping[str, str]
    github: Mapping[str, Any] = field(default_factory=dict)
    inputs: Mapping[str, Any] = field(default_factory=dict)
    started: list[Process] = field(default_factory=list)
    legs: dict[str, list[Leg]] = field(default_factory=dict)

    async def run(self) -> dict[str, list[Leg]]:
        """Run every job when those that it needs are over; return its legs by the job's name."""
        document: dict[Any, Any] = yaml.safe_load(self.text)
        assert document.keys() <= WORKFLOW_KEYS, document.keys()
        waiting: dict[str, Any] = dict(document["jobs"])
        while waiting:
            ready = [name for name, job in waiting.items() if self._needs(job) <= self.legs.keys()]
            assert ready, f"nothing can begin: {waiting.keys()}"
            jobs = {name: waiting.pop(name) for name in ready}
            done = await asyncio.gather(*(self._job(name, job) for name, job in jobs.items()))
            self.legs |= dict(zip(jobs, done, strict=True))
        return self.legs

    def _needs(self, job: Mapping[str, Any]) -> set[str]:
        needs = job.get("needs", [])
        return {needs} if isinstance(needs, str) else set(needs)

    async def _job(self, name: str, job: Mapping[str, Any]) -> list[Leg]:
        assert job.keys() <= JOB_KEYS, job.keys()
        if any(leg.status != "success" for need in self._needs(job) for leg in self.legs[need]):
            return []
        axes = job.get("strategy", {}).get("matrix", {})
        choices: list[Any] = [dict(zip(axes, choice, strict=True)) for choice in itertools.product(*axes.values())]
        matrices = choices if axes else [None]
        return await asyncio.gather(*(self._leg(name, job, at, matrix) for at, matrix in enumerate(matrices)))

    async def _leg(self, name: str, job: Mapping[str, Any], at: int, matrix: Mapping[str, Any] | None) -> Leg:
        folder = self.folder / f"{name}-{at}"
        leg = Leg(Job(folder, github={"JOB": name}, matrix=matrix, job_index=at, started=self.started))
        steps: dict[str, Any] = {}
        leg.job.env = {key: self._filled(word, leg, steps, job) for key, word in job.get("env", {}).items()}
        for step in job["steps"]:
            await self._step(step, leg, steps, job)
        leg.outputs = {key: self._filled(word, leg, steps, job) for key, word in job.get("outputs", {}).items()}
        return leg

    async def _step(self, step: Mapping[str, Any], leg: Leg, steps: dict[str, Any], job: Mapping[str, Any]) -> None:
        assert step.keys() <= STEP_KEYS, step.keys()
        contexts = self._contexts(leg, steps, job)
        condition = str(step.get("if", "success()")).removeprefix("${{").removesuffix("}}")
        wanted = value_of(condition, contexts)
        if "()" not in condition:  # a condition that names no status stands after `success() &&`
            wanted = wanted and leg.status == "success"
        if not wanted:
            return
        if step.get("uses", "").startswith(CHECKOUT):
            shutil.copytree(self.repository, leg.job.workspace, dirs_exist_ok=True)
            return
        running = await self._started(step, leg, contexts)
        ran = await self._watched(running, leg)
        leg.log += masked(ran.printed)
        steps[step.get("id", str(uuid4()))] = {"outputs": ran.outputs, "outcome": "failure" if ran.code else "success"}
        if ran.code:
            leg.job.status = "failure"

    async def _started(self, step: Mapping[str, Any], leg: Leg, contexts: Mapping[str, Any]) -> Running:
        env = {name: filled(as_text(word), contexts) for name, word in step.get("env", {}).items()}
        name = step.get("id", "__run")
        if "run" in step:
            return await leg.job.shell(filled(step["run"], contexts), leg.job.variables(name) | env)
        assert step["uses"].startswith(OURS), step["uses"]
        given = {name: filled(as_text(word), contexts) for name, word in step.get("with", {}).items()}
        return await leg.job.starts(given, step=name, env=env)

    async def _watched(self, running: Running, leg: Leg) -> Any:
        """Wait until a step ends; whatever it asks for is told."""
        assert running.process.stdout is not None
        async for line in running.process.stdout:
            running.printed += line
            if b"Asked for" in line or b"Waiting for" in line:
                await self.on_asked(line.decode().rpartition("/requests/")[2].strip(), leg)
        return await running.end()

    def _filled(self, word: Any, leg: Leg, steps: Mapping[str, Any], job: Mapping[str, Any]) -> str:
        return filled(as_text(word), self._contexts(leg, steps, job))

    def _contexts(self, leg: Leg, steps: Mapping[str, Any], job: Mapping[str, Any]) -> dict[str, Any]:
        needs = {need: {"outputs": self.legs[need][0].outputs} for need in self._needs(job)}
        known = {"secrets": self.secrets, "vars": self.variables, "github": self.github, "inputs": self.inputs}
        return leg.job.contexts(steps=steps, needs=needs, **known)
