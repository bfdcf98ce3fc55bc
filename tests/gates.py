"""What every house of the tests is built on: a gate, its outbox, chats that join it, an agent that asks."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from agentgate import AsyncAgentGate

from bot.discord.options import DiscordOptions
from bot.slack.options import SlackOptions
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.notifiers import Notifier
from gateway.outbox import Outbox
from gateway.policies import PolicyDraft, create_policy
from gateway.roster import Roster
from gateway.views import SYSTEM_START

SECRET = b"s" * 32


class Chat(Protocol):
    """What a chat on somebody else's servers brings along."""

    @property
    def options(self) -> SlackOptions | DiscordOptions: ...

    @property
    def notifier(self) -> Notifier: ...

    @property
    def people(self) -> Roster: ...

    async def probe(self) -> str: ...

    async def run(self, gate: Gate) -> None: ...


@dataclass
class Asked:
    """A gate, and an agent that asks it."""

    gate: Gate
    agent: AsyncAgentGate

    async def asks(self, action: str = "deploy.prod", **request: Any) -> Any:
        """Let the agent ask."""
        return await self.agent.request(action, **request)

    async def rule(self, name: str = "rule", **rule: Any) -> None:
        """Save a policy of one rule."""
        rules: list[Mapping[str, Any]] = [{"match": {}, "decision": "route_to_human"} | rule]
        await create_policy(self.gate, PolicyDraft(name, rules), by=SYSTEM_START)


def a_gate(*targets: str | None) -> Gate:
    """Return a gate whose cards go to these targets; chats join it."""
    options = Options(default_targets=tuple(target for target in targets if target), rate_limit_rpm=100_000)
    return Gate(options=options, now=now, secret=SECRET, limiter=MemoryLimiter(now), notifiers={})


@asynccontextmanager
async def joined(gate: Gate, kind: str, chat: Chat) -> AsyncIterator["asyncio.Task[None]"]:
    """Make a chat known to a gate, as the server does at its start, and run it; its task comes out."""
    gate.notifiers[kind], gate.rosters[kind], gate.probes[kind] = chat.notifier, chat.people, chat.probe
    approvers = {**gate.options.trust.approvers, kind: chat.options.trusted}
    gate.options = replace(gate.options, trust=replace(gate.options.trust, approvers=approvers))
    running = asyncio.create_task(chat.run(gate))
    try:
        yield running
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def sending(gate: Gate) -> AsyncIterator[None]:
    """Send what the gate has to tell, when every chat has joined; what is on its way arrives at the end."""
    outbox = Outbox(gate)
    running = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        outbox.stop()
        await running


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def seconds() -> float:
    """Return a time to measure with."""
    return time.perf_counter()
