"""AgentGate with a Slack beside it: the real chat, outbox, API and SDK, and people who click."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agentgate import AsyncAgentGate

from bot.slack.app import SlackChat
from bot.slack.options import SlackOptions
from models.words import Scope
from tests.api.served import served
from tests.conftest import a_key
from tests.gates import Asked, a_gate, joined, sending
from tests.platforms.slack import Channel, FakeSlack, Message, User

APPROVE = "agentgate:approve:now:0"
APPROVE_ASKING = "agentgate:approve:ask:0"
DENY = "agentgate:deny:ask:1"
DETAILS = "agentgate:details:now:2"


@dataclass
class House(Asked):
    """A gate that people decide in from Slack."""

    slack: FakeSlack
    ops: Channel
    ada: User
    bob: User
    listening: asyncio.Task[None]
    """What is cancelled when the server stops."""

    async def card(self) -> Message:
        """Return the next card in #ops."""
        return await self.slack.next_message(self.ops)

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
    gate = a_gate(chat.options.default_target)
    before = len(place.slack.sockets)
    async with joined(gate, "slack", chat) as listening, sending(gate), served(gate) as api:
        key = await a_key(gate, api_clients, Scope.REQUEST_CREATE)
        if is_up:
            await place.slack.until(lambda: len(place.slack.sockets) > before, within=10)
        async with AsyncAgentGate(api.url, api_key=key.secret) as agent:
            yield House(gate, agent, place.slack, place.ops, place.ada, place.bob, listening)
