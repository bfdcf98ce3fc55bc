"""A served gateway, a job whose key opens it, and a person who decides."""

import asyncio
from collections.abc import AsyncIterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import Actor
from models.words import Decision
from tests.action.runner import Job, Ran, Running
from tests.api.served import Api, served

LEA = Actor("terminal", "lea")


@dataclass
class Scene:
    """A gateway, and a job that may ask it."""

    gate: Gate
    as_agent: httpx.AsyncClient
    url: str
    key: str
    job: Job

    async def starts(self, **given: str) -> Running:
        """Start the Action with what it cannot do without; `_` stands for `-` in the names of inputs."""
        needed = {"url": self.url, "api-key": self.key, "action": "deploy.prod"}
        return await self.job.starts(needed | {name.replace("_", "-"): word for name, word in given.items()})

    async def runs(self, **given: str) -> Ran:
        """Run the Action to its end."""
        return await (await self.starts(**given)).end()

    async def decides(self, request_id: str, decision: Decision, reason: str | None = None) -> None:
        """Let Lea decide."""
        await decide(self.gate, request_id, decision, by=LEA, reason=reason)

    async def until_somebody_waits(self) -> None:
        """Look until a call waits for a decision."""
        async with asyncio.timeout(30):
            while "agentgate_waiters 1.0" not in (await self.as_agent.get("/metrics")).text:
                pass

    async def look(self, request_id: str) -> dict[str, Any]:
        """Return a request as the API shows it."""
        found: dict[str, Any] = (await self.as_agent.get(f"/api/requests/{request_id}")).json()
        return found

    def another(self, name: str, **changes: Any) -> "Scene":
        """Return the same gateway and another job, on a runner of its own."""
        return replace(self, job=replace(self.job, folder=self.job.folder.with_name(name), **changes))


@pytest.fixture
async def api(gate: Gate) -> AsyncIterator[Api]:
    async with served(gate) as api:
        yield api


@pytest.fixture
async def job(tmp_path: Path) -> AsyncIterator[Job]:
    job = Job(tmp_path / "runner")
    yield job
    await job.over()


@pytest.fixture
def scene(api: Api, agent: NewKey, job: Job) -> Scene:
    return Scene(api.gate, api.client(agent), api.url, agent.secret, job)
