"""A Discord with a person and a channel, for the doctor to look at."""

from collections.abc import AsyncIterator

import pytest

from tests.platforms.discord import Channel, FakeDiscord, User


@pytest.fixture
async def world() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as world:
        yield world


@pytest.fixture
def ada(world: FakeDiscord) -> User:
    return world.user("ada")


@pytest.fixture
def ops(world: FakeDiscord, ada: User) -> Channel:
    return world.channel("ops", ada)
