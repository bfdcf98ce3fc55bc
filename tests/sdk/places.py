"""A gate to tell the same stories at: a real one, or the fake one of `agentgate.testing`."""

from collections.abc import AsyncIterator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from typing import Any, Protocol

from agentgate import AgentGate, AsyncAgentGate
from agentgate.testing import FakeGate

from gateway.gate import Gate
from gateway.overdue import expire_overdue
from models.words import Scope
from tests.api.served import Api, served
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ruled


class Place(Protocol):
    """What a story needs of a gate."""

    @property
    def url(self) -> str: ...
    @property
    def key(self) -> str: ...
    async def client_of(self, name: str) -> AsyncAgentGate: ...
    async def needs(self, approvals: int, action: str) -> None: ...
    async def pass_time(self, seconds: float) -> None: ...


@dataclass
class RealPlace:
    """The gateway itself, behind HTTP, with its clock in the story's hand."""

    gate: Gate
    api: Api
    clock: Clock
    stack: AsyncExitStack
    key: str = field(default="", repr=False)

    @property
    def url(self) -> str:
        return self.api.url

    async def client_of(self, name: str) -> AsyncAgentGate:
        scope = Scope.REQUEST_CREATE if name == "agent" else Scope.ADMIN
        key = await a_key(self.gate, name, scope)
        self.key = self.key or key.secret
        return await self.stack.enter_async_context(AsyncAgentGate(self.url, api_key=key.secret))

    async def needs(self, approvals: int, action: str) -> None:
        await ruled(
            self.gate, {"match": {"action": action}, "decision": "route_to_human", "approvalsNeeded": approvals}
        )

    async def pass_time(self, seconds: float) -> None:
        self.clock.advance(seconds=seconds)
        await expire_overdue(self.gate)


@dataclass
class FakePlace:
    """The gate of `agentgate.testing`."""

    fake: FakeGate
    stack: AsyncExitStack

    @property
    def url(self) -> str:
        return self.fake.url

    @property
    def key(self) -> str:
        return self.fake.api_key

    async def client_of(self, name: str) -> AsyncAgentGate:
        key = self.fake.key_of(name, may_decide=name != "agent")
        return await self.stack.enter_async_context(self.fake.async_client(api_key=key))

    async def needs(self, approvals: int, action: str) -> None:
        self.fake.needs(approvals, action)

    async def pass_time(self, seconds: float) -> None:
        self.fake.pass_time(seconds)


@asynccontextmanager
async def a_place(kind: str, gate: Gate, clock: Clock) -> AsyncIterator[Place]:
    """Open one of them."""
    async with AsyncExitStack() as stack:
        if kind == "real":
            yield RealPlace(gate, await stack.enter_async_context(served(gate)), clock, stack)
        else:
            yield FakePlace(stack.enter_context(FakeGate(time_jumps=kind == "fake")), stack)


def blocking(place: Place, **options: Any) -> AgentGate:
    """Return the agent's blocking client."""
    return AgentGate(place.url, api_key=place.key, **options)
