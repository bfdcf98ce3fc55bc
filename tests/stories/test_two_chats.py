"""A server in Slack and in Discord: a card in both, a click in either; replicas that die; an end without a trace."""

import asyncio
import signal
import time
from collections.abc import AsyncIterator
from pathlib import Path

import httpx
import pytest
from agentgate import AsyncAgentGate

from tests.discord.house import APPROVE, a_server, connected
from tests.discord.house import Server as Place
from tests.platforms.discord.routes import MEMBER
from tests.platforms.discord.weather import hang
from tests.slack.house import APPROVE as APPROVE_IN_SLACK
from tests.slack.house import Workspace, a_workspace
from tests.stories.discord import discord_settings
from tests.stories.server import ADMIN_KEY, serving
from tests.stories.slack import slack_settings
from tests.stories.stopping import LIMITS

PATIENCE = 30
TAKEN_OVER_SECONDS = 15


@pytest.fixture
async def discord() -> AsyncIterator[Place]:
    async with a_server() as place:
        yield place


@pytest.fixture
async def slack() -> AsyncIterator[Workspace]:
    async with a_workspace() as place:
        yield place


def agent_of(url: str) -> AsyncAgentGate:
    """Return an agent that waits as long as a slow machine needs."""
    return AsyncAgentGate(url, api_key=ADMIN_KEY, timeout=PATIENCE)


async def health(url: str) -> dict[str, str]:
    """Return what the server says of its parts."""
    async with httpx.AsyncClient(base_url=url, timeout=PATIENCE) as client:
        answer = (await client.get("/health", params={"deep": "true"})).json()
    return {name: check["message"] for name, check in answer["checks"].items()}


@pytest.mark.parametrize("where", ["slack", "discord"])
async def test_a_click_in_either_chat_ends_it_in_both(
    tmp_path: Path, slack: Workspace, discord: Place, where: str
) -> None:
    with serving(tmp_path, **slack_settings(slack), **discord_settings(discord)) as server:
        await connected(discord.discord, within=PATIENCE)
        await slack.slack.until(lambda: slack.slack.sockets, within=PATIENCE)
        async with agent_of(server.url) as agent:
            request = await agent.request("deploy.prod")
            in_slack = await slack.slack.next_message(slack.ops, within=PATIENCE)
            in_discord = await discord.discord.next_message(discord.ops, within=PATIENCE)
            if where == "slack":
                who = f"slack:{slack.ada.id}"
                await slack.slack.click(slack.ada, in_slack, APPROVE_IN_SLACK)
            else:
                who = f"discord:{discord.ada.id}"
                await discord.discord.click(discord.ada, in_discord, APPROVE)
            assert (await agent.wait(request, timeout=PATIENCE)).decided_by == who
            await slack.slack.until(lambda: f"Approved by {who}" in in_slack.visible_text(), within=PATIENCE)
            await discord.discord.until(lambda: f"Approved by {who}" in in_discord.visible_text(), within=PATIENCE)


@pytest.mark.parametrize("is_deaf", [False, True], ids=["polite", "deaf"])
async def test_the_end_is_quick_and_leaves_no_trace(tmp_path: Path, discord: Place, *, is_deaf: bool) -> None:
    with serving(tmp_path, LOG_LEVEL="info", **discord_settings(discord)) as server:
        await connected(discord.discord, within=PATIENCE)
        assert (await health(server.url))["discord"] == "connected"
        discord.discord.sockets[0].deaf = is_deaf
        began = time.monotonic()
        code = await asyncio.to_thread(server.stop, signal.SIGINT)
        took = time.monotonic() - began
    assert code in {0, 130}
    assert took < LIMITS[signal.SIGINT]
    logged = (tmp_path / "server.log").read_text()
    assert "Traceback" not in logged
    assert "Unclosed" not in logged
    assert discord.discord.token not in logged


async def test_the_end_is_quick_in_the_middle_of_a_press(tmp_path: Path, discord: Place) -> None:
    settings = discord_settings(discord) | {"DISCORD_DEFAULT_CHANNEL_ID": f"user:{discord.ada.id}"}
    discord.discord.weather.keep(MEMBER, hang())
    with serving(tmp_path, **settings) as server:
        await connected(discord.discord, within=PATIENCE)
        async with agent_of(server.url) as agent:
            await agent.request("deploy.prod")
        card = await discord.discord.next_message(discord.discord.direct(discord.ada), within=PATIENCE)
        await discord.discord.click(discord.ada, card, APPROVE)
        await discord.discord.until(lambda: discord.discord.calls_of(MEMBER), within=PATIENCE)
        began = time.monotonic()
        code = await asyncio.to_thread(server.stop, signal.SIGINT)
        took = time.monotonic() - began
    assert code in {0, 130}
    assert took < LIMITS[signal.SIGINT]
    assert "Traceback" not in (tmp_path / "server.log").read_text()


async def test_a_token_that_discord_refuses_is_said_and_the_server_serves(tmp_path: Path, discord: Place) -> None:
    discord.discord.app.revoked = True
    with serving(tmp_path, **discord_settings(discord)) as server:
        await discord.discord.until(lambda: discord.discord.calls_of("GET /users/@me"), within=PATIENCE)
        async with agent_of(server.url) as agent:
            assert (await agent.request("deploy.prod")).status == "pending"
        assert "DISCORD_BOT_TOKEN" in (await health(server.url))["discord"]
    logged = (tmp_path / "server.log").read_text()
    assert "DISCORD_BOT_TOKEN" in logged
    assert "Traceback" not in logged


@pytest.mark.on("postgres")
async def test_the_other_replica_listens_within_fifteen_seconds_of_a_kill(tmp_path: Path, discord: Place) -> None:
    settings = discord_settings(discord)
    with serving(tmp_path, **settings) as one:
        await connected(discord.discord, within=PATIENCE)
        with serving(tmp_path, **settings) as two:
            async with agent_of(two.url) as agent:
                request = await agent.request("deploy.prod")
                card = await discord.discord.next_message(discord.ops, within=PATIENCE)
                assert (await health(two.url))["discord"] == "standing by: another replica is connected"
                one.process.kill()
                await discord.discord.until(lambda: discord.discord.session_starts == 2, within=TAKEN_OVER_SECONDS)
                clicked = await discord.discord.click(discord.ada, card, APPROVE)
                assert len(clicked.attempts) == 1
                assert (await agent.wait(request, timeout=PATIENCE)).decided_by == f"discord:{discord.ada.id}"
                assert (await health(two.url))["discord"] == "connected"
