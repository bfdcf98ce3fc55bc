"""A Discord server, and AgentGate beside it."""

from collections.abc import AsyncIterator

import pytest

from bot.discord.notifier import DiscordNotifier
from tests.discord.house import House, Server, a_house, a_server
from tests.discord.posting import a_notifier


@pytest.fixture
async def place() -> AsyncIterator[Server]:
    async with a_server() as place:
        yield place


@pytest.fixture
async def house(database: None, place: Server) -> AsyncIterator[House]:
    async with a_house(place) as house:
        yield house


@pytest.fixture
async def notifier(place: Server) -> AsyncIterator[DiscordNotifier]:
    async with a_notifier(place.discord) as notifier:
        yield notifier
