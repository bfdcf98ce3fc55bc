"""By mail, end to end, with a real server process: a link releases who waits, and a crash loses no letter."""

import asyncio
import signal
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentgate import AsyncAgentGate, Denied, Request

from tests.mail.house import LEAD, address_in
from tests.platforms.smtp import MailServer, a_mail_server
from tests.stories.mail import confirms, mail_settings, opens
from tests.stories.server import ADMIN_KEY, serving

PATIENCE = 30


@pytest.fixture
async def post() -> AsyncIterator[MailServer]:
    async with a_mail_server() as post:
        yield post


async def outcome(agent: AsyncAgentGate, request: Request) -> str:
    """Wait as an agent does, and return what came of it."""
    try:
        return (await agent.wait(request, timeout=PATIENCE)).status
    except Denied as refusal:
        return f"denied: {refusal.reason}"


@pytest.mark.parametrize(("label", "came"), [("Approve", "approved"), ("Deny", "denied: read in my mail")])
async def test_a_link_in_a_letter_opened_and_confirmed_ends_the_wait(
    tmp_path: Path, post: MailServer, label: str, came: str
) -> None:
    with serving(tmp_path, **mail_settings(post)) as server:
        async with AsyncAgentGate(server.url, api_key=ADMIN_KEY) as agent:
            request = await agent.request("deploy.prod", params={"region": "eu"})
            waiting = asyncio.create_task(outcome(agent, request))
            (mail,) = await post.arrived(within=PATIENCE)
            page = await opens(address_in(mail, label))
            assert not waiting.done()
            answer = await confirms(address_in(mail, label), page)
            assert answer.status_code == 200, answer.text
            assert await waiting == came
            assert (await agent.get(request)).decided_by == f"email:{LEAD}"
        first, later = await post.arrived(2, within=PATIENCE)
        assert later.message["In-Reply-To"] == first.message["Message-ID"]
        assert "read in my mail" in later.text


@pytest.mark.on("sqlite")  # on PostgreSQL another replica may hold the leases, so they have to run out first
async def test_a_server_killed_between_commit_and_send_mails_after_its_restart(
    tmp_path: Path, post: MailServer
) -> None:
    post.held["RCPT"] = asyncio.Event()
    settings = mail_settings(post, LEAD, "ops@example.com")
    with serving(tmp_path, **settings) as server:
        async with AsyncAgentGate(server.url, api_key=ADMIN_KEY) as agent:
            request = await agent.request("deploy.prod")
            await post.until_tried(2, within=PATIENCE)
            server.stop(signal.SIGKILL)
    post.held.clear()
    with serving(tmp_path, **settings):
        mails = await post.arrived(2, within=PATIENCE)
    assert sorted(mail.to for mail in mails) == [LEAD, "ops@example.com"]
    assert all(str(request.code) in mail.text for mail in mails)
