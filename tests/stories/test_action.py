"""The GitHub Action end to end: a step asks a real server, a letter and cards appear, one click on a link goes on."""

import asyncio
from collections.abc import AsyncIterator, Callable
from dataclasses import dataclass
from pathlib import Path

import httpx
import pytest

from tests.action.runner import Job, Running
from tests.discord.house import Server as Place
from tests.discord.house import a_server
from tests.mail.house import LEAD, address_in
from tests.platforms.smtp import Mail, MailServer, a_mail_server
from tests.slack.house import Workspace, a_workspace
from tests.stories.discord import discord_settings
from tests.stories.mail import confirms, mail_settings, opens
from tests.stories.replicas import Replica
from tests.stories.server import ADMIN_KEY
from tests.stories.slack import slack_settings

PATIENCE = 30
WHAT_AND_WHERE = ("deploy.prod", "1a2b3c", "acme/shop", "octocat", "which says that it runs on github.com")


@dataclass
class Town:
    """A server that is one process; a mail server, a Slack and a Discord; and a runner with a job."""

    server: Replica
    post: MailServer
    slack: Workspace
    discord: Place
    job: Job
    key: str = ""

    async def opens(self) -> None:
        """Start the server and make a key that may ask and nothing else."""
        await asyncio.to_thread(self.server.start)
        headers = {"Authorization": f"Bearer {ADMIN_KEY}"}
        async with httpx.AsyncClient(base_url=self.server.url, headers=headers, timeout=PATIENCE) as admin:
            made = await admin.post("/api/api-keys", json={"name": "ci", "scopes": ["request:create"]})
        self.key = made.json()["key"]

    async def starts(self, **given: str) -> Running:
        """Start the Action."""
        asked = {"url": self.server.url, "api-key": self.key, "action": "deploy.prod", "params": '{"sha": "1a2b3c"}'}
        return await self.job.starts(asked | given)

    async def told(self) -> tuple[Mail, list[Callable[[], str]]]:
        """Return the letter that asks and what reads the cards that hang in the chats, once all are there."""
        (letter,) = await self.post.arrived(within=PATIENCE)
        in_slack = await self.slack.slack.next_message(self.slack.ops, within=PATIENCE)
        in_discord = await self.discord.discord.next_message(self.discord.ops, within=PATIENCE)
        return letter, [in_slack.visible_text, in_discord.visible_text]

    async def until_noted(self) -> None:
        """Look until the server has noted that everything has arrived, so that it brings nothing a second time."""
        async with asyncio.timeout(PATIENCE), httpx.AsyncClient(base_url=self.server.url) as client:
            while "agentgate_outbox_deliveries 0.0" not in (await client.get("/metrics")).text:
                pass

    async def every_copy_says(self, words: str, cards: list[Callable[[], str]]) -> None:
        """Wait until each card says something, and a second letter has come that says it too."""
        in_slack, in_discord = cards
        await self.slack.slack.until(lambda: words in in_slack(), within=PATIENCE)
        await self.discord.discord.until(lambda: words in in_discord(), within=PATIENCE)
        _, later = await self.post.arrived(2, within=PATIENCE)
        assert words in later.text


@pytest.fixture
async def town(tmp_path: Path) -> AsyncIterator[Town]:
    async with a_mail_server() as post, a_workspace() as slack, a_server() as discord:
        settings = mail_settings(post) | slack_settings(slack) | discord_settings(discord)
        town = Town(Replica(tmp_path, **settings), post, slack, discord, Job(tmp_path / "runner"))
        await town.opens()
        yield town
        await town.job.over()
        town.server.kill()


async def clicks(letter: Mail, label: str) -> None:
    """Follow a link as a person does: open the page, press its button."""
    page = await opens(address_in(letter, label))
    answer = await confirms(address_in(letter, label), page)
    assert answer.status_code == 200, answer.text


@pytest.mark.parametrize(("label", "code", "status"), [("Approve", 0, "approved"), ("Deny", 3, "denied")])
async def test_one_click_on_a_letter_s_link_lets_the_job_go_on_or_stops_it(
    town: Town, label: str, code: int, status: str
) -> None:
    running = await town.starts()
    request_id = await running.asks()
    letter, cards = await town.told()
    for text in (letter.text, *(read() for read in cards)):
        assert [word for word in WHAT_AND_WHERE if word not in text] == []
    await clicks(letter, label)
    ran = await running.end()
    assert (ran.code, ran.outputs["request_id"]) == (code, request_id)
    assert (ran.outputs["status"], ran.outputs["approved"]) == (status, str(code == 0).lower())
    assert (ran.outputs["decided_by"], ran.outputs["decision_reason"]) == (f"email:{LEAD}", "read in my mail")
    assert f"{status} by email:{LEAD}: read in my mail" in ran.log
    await town.every_copy_says(f"{status.capitalize()} by email:{LEAD}", cards)


async def test_what_nobody_clicks_on_expires_with_the_step(town: Town) -> None:
    running = await town.starts(timeout="4s")
    _, cards = await town.told()
    ran = await running.end()
    assert (ran.code, ran.outputs["status"], ran.outputs["approved"]) == (4, "expired", "false")
    assert "has expired: nobody decided in time" in ran.said
    await town.every_copy_says("Expired", cards)


async def test_a_cancelled_job_takes_letter_and_cards_along(town: Town) -> None:
    running = await town.starts()
    await running.asks()
    letter, cards = await town.told()
    ran = await running.cancelled()
    assert (ran.code, ran.outputs["status"], ran.outputs["approved"]) == (130, "cancelled", "false")
    await town.every_copy_says("Cancelled by api:ci", cards)
    async with httpx.AsyncClient() as browser:
        late = await browser.get(address_in(letter, "Approve"))
    assert late.status_code in {409, 410}


@pytest.mark.parametrize("end", [Replica.kill, Replica.stop])
async def test_a_restart_in_the_middle_costs_nothing(town: Town, end: Callable[[Replica], None]) -> None:
    """The step goes on trying, and the letter from before the restart still decides."""
    running = await town.starts()
    await running.asks()
    letter, cards = await town.told()
    await town.until_noted()
    await asyncio.to_thread(end, town.server)
    await running.prints("Trying again")
    await asyncio.to_thread(town.server.start)
    await clicks(letter, "Approve")
    ran = await running.end()
    assert (ran.code, ran.outputs["decided_by"]) == (0, f"email:{LEAD}")
    await town.every_copy_says("Approved by", cards)


async def test_a_step_that_asks_while_the_server_is_away_asks_when_it_is_back(town: Town) -> None:
    town.server.kill()
    running = await town.starts()
    await running.prints("Trying again")
    await asyncio.to_thread(town.server.start)
    await running.asks()
    letter, _ = await town.told()
    await clicks(letter, "Deny")
    assert (await running.end()).code == 3
