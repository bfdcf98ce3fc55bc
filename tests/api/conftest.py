"""A served API, and clients with keys."""

from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.gate import Gate
from gateway.keys import NewKey
from models.words import Scope
from tests.api.served import Api, served


@pytest.fixture
async def api(gate: Gate) -> AsyncIterator[Api]:
    async with served(gate) as api:
        yield api


@pytest.fixture
def as_agent(api: Api, agent: NewKey) -> httpx.AsyncClient:
    return api.client(agent)


@pytest.fixture
def as_admin(api: Api, admin: NewKey) -> httpx.AsyncClient:
    return api.client(admin)


@pytest.fixture
async def as_approver(api: Api) -> httpx.AsyncClient:
    return await api.with_scopes(Scope.REQUEST_DECIDE, Scope.REQUEST_READ)


@pytest.fixture
async def request_id(as_agent: httpx.AsyncClient) -> str:
    """A request that waits."""
    answer = await as_agent.post("/api/requests", json={"action": "deploy.prod", "params": {"env": "prod"}})
    return str(answer.json()["id"])
