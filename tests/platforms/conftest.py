"""A Slack and a Discord to test against, and the real clients that connect to them."""

from collections.abc import AsyncIterator

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.bolt import BoltApp, connected, echo_app
from tests.platforms.discord import FakeDiscord
from tests.platforms.discord_py import EchoClient, pointed_at
from tests.platforms.discord_py import connected as discord_connected
from tests.platforms.slack import FakeSlack


@pytest.fixture(autouse=True)
def _no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    """slack_sdk sends even loopback calls through a proxy of the environment, and knows no NO_PROXY."""
    for name in ("HTTP_PROXY", "HTTPS_PROXY", "http_proxy", "https_proxy"):
        monkeypatch.delenv(name, raising=False)


@pytest.fixture
async def slack() -> AsyncIterator[FakeSlack]:
    async with FakeSlack() as running:
        yield running


@pytest.fixture
def client(slack: FakeSlack) -> AsyncWebClient:
    return AsyncWebClient(token=slack.app.bot_token, base_url=slack.base_url)


@pytest.fixture
async def bolt(slack: FakeSlack, client: AsyncWebClient) -> AsyncIterator[BoltApp]:
    """A Bolt app with one socket open."""
    app = echo_app(client)
    async with connected(app, slack):
        yield BoltApp(app, client)


@pytest.fixture
async def fake() -> AsyncIterator[FakeDiscord]:
    async with FakeDiscord() as running:
        with pointed_at(running):
            yield running


@pytest.fixture
async def online(fake: FakeDiscord) -> AsyncIterator[EchoClient]:
    """A discord.py client with one session."""
    async with discord_connected(EchoClient(), fake) as client:
        yield client


@pytest.fixture
async def rest(fake: FakeDiscord) -> AsyncIterator[EchoClient]:
    """A discord.py client that is logged in and has no gateway session."""
    async with EchoClient() as client:
        await client.login(fake.token)
        yield client
