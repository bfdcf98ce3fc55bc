"""The same house, once beside each chat."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager

import pytest

from tests.chat.at_terminal import a_terminal
from tests.chat.house import House, a_house
from tests.chat.on_discord import a_discord
from tests.chat.on_slack import a_slack
from tests.chat.surface import Place

Opens = Callable[[], AbstractAsyncContextManager[Place]]
CHATS: dict[str, Opens] = {
    "slack": a_slack,
    "discord": a_discord,
    "terminal": a_terminal,
}
on_somebodys_servers = pytest.mark.parametrize("place", ["slack", "discord"], indirect=True)
"""For stories of chats that are `Hosted`."""


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk sends even loopback calls through a proxy of the environment, and knows no NO_PROXY."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture(params=CHATS)
async def place(request: pytest.FixtureRequest) -> AsyncIterator[Place]:
    """One chat after the other, with nobody but Ada and Bob."""
    async with CHATS[request.param]() as place:
        yield place


@pytest.fixture
async def house(database: None, place: Place) -> AsyncIterator[House]:
    """AgentGate there; Ada is its admin, Bob approves."""
    async with a_house(place, admins={"ada"}, approvers={"ada", "bob"}) as house:
        yield house
