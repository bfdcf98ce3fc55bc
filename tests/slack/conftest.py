"""A workspace, and AgentGate beside it."""

from collections.abc import AsyncIterator

import pytest

from tests.slack.house import House, Workspace, a_house, a_workspace


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk sends even loopback calls through a proxy of the environment, and knows no NO_PROXY."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def place() -> AsyncIterator[Workspace]:
    async with a_workspace() as place:
        yield place


@pytest.fixture
async def house(database: None, place: Workspace) -> AsyncIterator[House]:
    async with a_house(place) as house:
        yield house
