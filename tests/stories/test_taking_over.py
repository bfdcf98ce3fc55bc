"""The connection to Discord passes from process to process: a card outlives its server, nobody is answered twice."""

import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentgate import AsyncAgentGate

from tests.discord.house import APPROVE, DENY, Server, a_server, connected
from tests.stories.discord import discord_settings
from tests.stories.server import ADMIN_KEY, serving

PATIENCE = 30
TAKEN_OVER_SECONDS = 15


@pytest.fixture
async def place() -> AsyncIterator[Server]:
    async with a_server() as place:
        yield place


def agent_of(url: str) -> AsyncAgentGate:
    """Return an agent that waits as long as a slow machine needs."""
    return AsyncAgentGate(url, api_key=ADMIN_KEY, timeout=PATIENCE)


@pytest.mark.on("sqlite")
async def test_a_card_from_before_a_kill_works_as_soon_as_the_server_is_back(tmp_path: Path, place: Server) -> None:
    settings = discord_settings(place)
    with serving(tmp_path, **settings) as server:
        async with agent_of(server.url) as agent:
            request = await agent.request("deploy.prod")
        card = await place.discord.next_message(place.ops, within=PATIENCE)
        modal = await (await place.discord.click(place.ada, card, DENY)).next_modal()
        server.process.kill()
    with serving(tmp_path, **settings) as server:
        await place.discord.until(lambda: place.discord.session_starts == 2, within=TAKEN_OVER_SECONDS)
        submitted = await place.discord.submit(place.ada, modal, {"reason": "slept on it"})
        assert len(submitted.attempts) == 1
        await place.discord.until(lambda: "Denied by" in card.visible_text(), within=PATIENCE)
        async with agent_of(server.url) as agent:
            assert (await agent.get(request)).decision_reason == "slept on it"


@pytest.mark.on("postgres")
async def test_a_replica_that_was_frozen_answers_nobody_a_second_time(tmp_path: Path, place: Server) -> None:
    settings = discord_settings(place) | {"DISCORD_ADMINS": place.ada.id}
    discord = place.discord
    with serving(tmp_path, **settings) as one:
        await connected(discord, within=PATIENCE)
        async with agent_of(one.url) as agent:
            request = await agent.request("deploy.prod")
        card = await discord.next_message(place.ops, within=PATIENCE)
        with serving(tmp_path, **settings) as two:
            async with agent_of(two.url) as agent:
                one.process.send_signal(signal.SIGSTOP)
                await discord.until(lambda: discord.session_starts == 2, within=TAKEN_OVER_SECONDS)
                assert [session.is_open for session in discord.sessions] == [True, True]
                made = await discord.command(place.ada, place.ops, "keys create", name="bot", scopes="request:create")
                tried = await discord.command(place.ada, place.ops, "try")
                pressed = await discord.click(place.bob, card, APPROVE)
                await discord.until(lambda: "Approved by" in card.visible_text(), within=PATIENCE)
                secret = (await made.next_answer(within=PATIENCE)).visible_text()
                assert "agk_" in secret
                assert "on its way" in (await tried.next_answer(within=PATIENCE)).visible_text()
                one.process.send_signal(signal.SIGCONT)
                await discord.until(lambda: not discord.sessions[0].is_open, within=PATIENCE)
                assert [len(done.answers) for done in (made, tried, pressed)] == [1, 1, 0]
                assert made.answers[0].visible_text() == secret
                assert [one.action for one in (await agent.list(limit=10)).items] == ["agentgate.try", "deploy.prod"]
                assert f"Approved by discord:{place.bob.id}" in card.visible_text()
                assert (await agent.get(request)).status == "approved"
