"""AgentGate with a Slack beside it: the real chat, outbox, API and SDK, and people who click."""

import asyncio
import contextlib
import time
from collections.abc import AsyncIterator, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from agentgate import AsyncAgentGate

from bot.slack.app import SlackChat
from bot.slack.options import SlackOptions
from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from gateway.outbox import Outbox
from gateway.permission import Trust
from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.platforms.slack import Channel, FakeSlack, Message, User

SECRET = b"s" * 32
APPROVE = "agentgate:approve:now:0"
APPROVE_ASKING = "agentgate:approve:ask:0"
DENY = "agentgate:deny:ask:1"
DETAILS = "agentgate:details:now:2"


@dataclass
class House:
    """A gate that people decide in from Slack."""

    slack: FakeSlack
    gate: Gate
    agent: AsyncAgentGate
    ops: Channel
    ada: User
    bob: User

    async def asks(self, action: str = "deploy.prod", **request: Any) -> Any:
        """Let the agent ask."""
        return await self.agent.request(action, **request)

    async def card(self) -> Message:
        """Return the next card in #ops."""
        return await self.slack.next_message(self.ops)

    async def rule(self, name: str = "rule", **rule: Any) -> None:
        """Save a policy of one rule."""
        rules: list[Mapping[str, Any]] = [{"match": {}, "decision": "route_to_human"} | rule]
        await create_policy(self.gate, PolicyDraft(name, rules), by=SYSTEM_START)

    async def shows(self, message: Message, words: str, *, within: float = 5) -> None:
        """Wait until a card says something."""
        await self.slack.until(lambda: words in message.visible_text(), within=within)


@dataclass
class Workspace:
    """Who is there before AgentGate comes."""

    slack: FakeSlack
    ada: User
    bob: User
    ops: Channel


@asynccontextmanager
async def a_workspace() -> AsyncIterator[Workspace]:
    """Open a Slack with two people and #ops."""
    async with FakeSlack() as slack:
        ada, bob = slack.user("ada"), slack.user("bob")
        yield Workspace(slack, ada, bob, slack.channel("ops", ada, bob))


@asynccontextmanager
async def a_house(
    place: Workspace, *, api_clients: str = "agent", per_second: float = 50, is_up: bool = True, **options: Any
) -> AsyncIterator[House]:
    """Run AgentGate beside a workspace, on the open database, until the block ends; all goes faster than in life."""
    given: dict[str, Any] = {"default_channel": place.ops.id} | options
    chat = SlackChat(
        SlackOptions(
            bot_token=place.slack.app.bot_token,
            app_token=place.slack.app.app_token,
            api_url=place.slack.base_url,
            **given,
        ),
        per_second=per_second,
        ping_seconds=0.5,
    )
    gate = make_gate(chat)
    before = len(place.slack.sockets)
    async with _running(gate, chat), served(gate) as api:
        key = await a_key(gate, api_clients, Scope.REQUEST_CREATE)
        if is_up:
            await place.slack.until(lambda: len(place.slack.sockets) > before, within=10)
        async with AsyncAgentGate(api.url, api_key=key.secret) as agent:
            yield House(place.slack, gate, agent, place.ops, place.ada, place.bob)


def make_gate(chat: SlackChat) -> Gate:
    """Build a gate whose only chat is Slack."""
    target = chat.options.default_target
    gate = Gate(
        options=Options(
            default_targets=(target,) if target else (),
            rate_limit_rpm=100_000,
            trust=Trust(approvers={"slack": chat.options.trusted}),
        ),
        now=now,
        secret=SECRET,
        limiter=MemoryLimiter(now),
        notifiers={"slack": chat.notifier},
    )
    gate.rosters["slack"] = chat.people
    gate.probes["slack"] = chat.probe
    return gate


@asynccontextmanager
async def _running(gate: Gate, chat: SlackChat) -> AsyncIterator[None]:
    outbox = Outbox(gate)
    sending, listening = asyncio.create_task(outbox.run()), asyncio.create_task(chat.run(gate))
    try:
        yield
    finally:
        outbox.stop()
        await sending
        listening.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await listening


def now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


def seconds() -> float:
    """Return a time to measure with."""
    return time.perf_counter()
