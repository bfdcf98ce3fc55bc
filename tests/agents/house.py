"""A real gate over HTTP, an agent's key, somebody who decides – and the command `agentgate` as a process of its own."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Literal

from agentgate import AsyncAgentGate, Request

from gateway.card import Card
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.notifiers import Receipt
from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.gates import sending

PATIENCE = 30
"""Seconds that a process may take; only a broken one takes them."""


@dataclass
class Finished:
    """What a process left behind."""

    code: int | None
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on its standard output."""
        return json.loads(self.out)


@dataclass
class Running:
    """The command, at work."""

    process: asyncio.subprocess.Process

    async def finished(self, stdin: bytes = b"") -> Finished:
        """Wait for its end."""
        async with asyncio.timeout(PATIENCE):
            out, err = await self.process.communicate(stdin)
        text = [words.decode("utf-8", "backslashreplace") for words in (out, err)]
        return Finished(self.process.returncode, *text)

    def told(self, number: int) -> None:
        """Send it a signal."""
        self.process.send_signal(number)


@dataclass
class Board:
    """Where the requests' cards hang; whoever looks at it sees them arrive."""

    cards: int = 0
    arrived: asyncio.Condition = field(default_factory=asyncio.Condition)

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        async with self.arrived:
            self.cards += 1
            self.arrived.notify_all()
        return {"event": event}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        return {**receipt, "event": event}

    async def until(self, count: int) -> None:
        async with self.arrived:
            await self.arrived.wait_for(lambda: self.cards >= count)


@dataclass
class House:
    """The gate, and who comes to it."""

    gate: Gate
    url: str
    key: NewKey
    person: NewKey
    people: AsyncAgentGate
    board: Board
    home: Path
    started: list[Running] = field(default_factory=list)

    @property
    def environment(self) -> dict[str, str]:
        """What the agent's programs find: nothing of this machine's own settings."""
        kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
        return kept | {"HOME": str(self.home), "AGENTGATE_URL": self.url, "AGENTGATE_API_KEY": self.key.secret}

    async def start(
        self, *words: str | bytes, cwd: Path | None = None, unset: tuple[str, ...] = (), **changes: str
    ) -> Running:
        """Start `agentgate` with these arguments."""
        environment = {name: value for name, value in (self.environment | changes).items() if name not in unset}
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "-m", "agentgate", *words),
            cwd=cwd or self.home,
            env=environment,
            stdin=asyncio.subprocess.PIPE,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.PIPE,
        )
        self.started.append(Running(process))
        return self.started[-1]

    async def run(self, *words: str | bytes, stdin: bytes = b"", **given: Any) -> Finished:
        """Run it to its end."""
        return await (await self.start(*words, **given)).finished(stdin)

    async def rule(self, decision: str = "auto_approve", **match: Any) -> None:
        """Let a policy answer."""
        rules = [{"match": match, "decision": decision}]
        await create_policy(self.gate, PolicyDraft(f"{decision} {match}", rules), by=SYSTEM_START)

    async def requests(self) -> list[Request]:
        """Return what was asked so far, oldest first."""
        return list(await self.people.list())[::-1]

    async def asked(self, count: int = 1) -> list[Request]:
        """Wait until so many requests hang on the board, and return all there are, oldest first."""
        async with asyncio.timeout(PATIENCE):
            await self.board.until(count)
        return await self.requests()

    async def decided(self, decision: Literal["approved", "denied"] = "approved", reason: str = "fine") -> Request:
        """Let somebody answer the newest request, once it is there."""
        return await self.people.decide((await self.asked())[-1], decision, reason=reason)

    async def history(self, request: Request) -> list[str]:
        """Return what happened to a request."""
        return [entry.event_type.removeprefix("request.") for entry in await self.people.audit(request)]


@asynccontextmanager
async def a_house(gate: Gate, home: Path) -> AsyncIterator[House]:
    """Open a gate's API to an agent and to a person; what was started and still runs is killed at the end."""
    agent, person = await a_key(gate, "agent", Scope.REQUEST_CREATE), await a_key(gate, "lea", Scope.ADMIN)
    board = Board()
    gate.notifiers["terminal"] = board
    async with served(gate) as api, sending(gate), AsyncAgentGate(api.url, api_key=person.secret) as people:
        house = House(gate, api.url, agent, person, people, board, home)
        try:
            yield house
        finally:
            for running in house.started:
                if running.process.returncode is None:
                    running.process.kill()
                    await running.process.wait()
