"""AgentGate with one chat beside it, or several: the real chats, outbox, API and SDK."""

from collections.abc import AsyncIterator, Mapping
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from typing import Any

from agentgate import AsyncAgentGate

from gateway.people import link_person
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import Api, served
from tests.chat.surface import Person, Place
from tests.conftest import a_key
from tests.gates import Asked, a_gate, sending


@dataclass
class House(Asked):
    """A gate, and an agent that asks."""

    asker: str
    """Who the agent is, like `api:agent`."""
    api: Api

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
    gate = a_gate(*(place.target for place in places))
    async with AsyncExitStack() as stack:
        for place in places:
            await stack.enter_async_context(place.enters(gate, is_up=is_up, **options))
        await stack.enter_async_context(sending(gate))
        api = await stack.enter_async_context(served(gate))
        key = await a_key(gate, agent, Scope.REQUEST_CREATE)
        asking = await stack.enter_async_context(AsyncAgentGate(api.url, api_key=key.secret))
        yield House(gate, asking, f"api:{agent}", api)


def with_ids(options: Mapping[str, Any], ids: Mapping[str, str]) -> dict[str, Any]:
    """Return settings in which people's names have become their ids."""
    return {name: frozenset(ids.get(one, one) for one in value) for name, value in options.items()}
