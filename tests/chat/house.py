"""AgentGate with one chat beside it, or several: the real chats, outbox, API and SDK."""

import asyncio
import contextlib
from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, replace
from typing import Any, Protocol

from agentgate import AsyncAgentGate

from bot.discord.options import DiscordOptions
from bot.slack.options import SlackOptions
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.notifiers import Notifier
from gateway.outbox import Outbox
from gateway.people import link_person
from gateway.policies import PolicyDraft, create_policy
from gateway.roster import Roster
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import Api, served
from tests.chat.surface import Person, Place
from tests.conftest import a_key
from tests.slack.house import SECRET, now


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
class House:
    """A gate, and an agent that asks."""

    gate: Gate
    agent: AsyncAgentGate
    asker: str
    """Who the agent is, like `api:agent`."""
    api: Api

    async def asks(self, action: str = "deploy.prod", **request: Any) -> Any:
        """Let the agent ask."""
        return await self.agent.request(action, **request)

    async def rule(self, name: str = "rule", **rule: Any) -> None:
        """Save a policy of one rule."""
        rules: list[Mapping[str, Any]] = [{"match": {}, "decision": "route_to_human"} | rule]
        await create_policy(self.gate, PolicyDraft(name, rules), by=SYSTEM_START)

    async def links(self, person: str, *identities: Person | str) -> None:
        """Say that these identities are one person's."""
        for one in identities:
            identity = one if isinstance(one, str) else one.actor
            await link_person(self.gate, person, identity, by=SYSTEM_START)


@asynccontextmanager
async def a_house(*places: Place, agent: str = "agent", is_up: bool = True, **options: Any) -> AsyncIterator[House]:
    """Run AgentGate beside these places, on the open database, until the block ends; cards go to all of them.

    `options` are settings of the chats; `approvers`, `auditors` and `admins` name people; `agent` is the asker's key.
    """
    targets = tuple(place.target for place in places)
    gate = Gate(
        options=Options(default_targets=targets, rate_limit_rpm=100_000),
        now=now,
        secret=SECRET,
        limiter=MemoryLimiter(now),
        notifiers={},
    )
    async with AsyncExitStack() as stack:
        for place in places:
            await stack.enter_async_context(place.enters(gate, is_up=is_up, **options))
        await stack.enter_async_context(_sending(gate))
        api = await stack.enter_async_context(served(gate))
        key = await a_key(gate, agent, Scope.REQUEST_CREATE)
        asking = await stack.enter_async_context(AsyncAgentGate(api.url, api_key=key.secret))
        yield House(gate, asking, f"api:{agent}", api)


@asynccontextmanager
async def joined(gate: Gate, kind: str, chat: Chat) -> AsyncIterator[None]:
    """Make a chat known to a gate, as the server does at its start, and run it."""
    gate.notifiers[kind], gate.rosters[kind], gate.probes[kind] = chat.notifier, chat.people, chat.probe
    approvers = {**gate.options.trust.approvers, kind: chat.options.trusted}
    gate.options = replace(gate.options, trust=replace(gate.options.trust, approvers=approvers))
    running = asyncio.create_task(chat.run(gate))
    try:
        yield
    finally:
        running.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await running


@asynccontextmanager
async def _sending(gate: Gate) -> AsyncIterator[None]:
    outbox = Outbox(gate)
    sending = asyncio.create_task(outbox.run())
    try:
        yield
    finally:
        outbox.stop()
        await sending


def with_ids(options: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return settings in which people's names have become their ids."""
    return {name: frozenset(ids.get(one, one) for one in value) for name, value in options.items()}
