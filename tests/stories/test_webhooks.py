"""Webhooks end to end: the real server as a process, a real receiver, and what lies between commit and send."""

import signal
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.platforms.receiver import Receiver, receiving
from tests.platforms.weather import hang
from tests.stories.server import ADMIN_KEY, serving

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def hooked(client: httpx.AsyncClient, receiver: Receiver, *events: str) -> dict[str, Any]:
    answer = await client.post("/api/webhooks", json={"url": receiver.url, "events": events})
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_receiver_hears_of_a_request_and_its_end(tmp_path: Path) -> None:
    with serving(tmp_path, ALLOW_PRIVATE_WEBHOOKS="true") as server:
        async with receiving() as receiver, httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
            hook = await hooked(client, receiver, "request.pending", "request.cancelled")
            asked = (await client.post("/api/requests", json={"action": "deploy.prod", "params": {"n": 1.5}})).json()
            await receiver.until(lambda heard: len(heard.taken) == 1)
            await client.post(f"/api/requests/{asked['id']}/cancel")
            await receiver.until(lambda heard: len(heard.taken) == 2)
    pending, cancelled = [call.verified(hook["secret"]) for call in receiver.taken]
    assert (pending["event"], pending["data"]["request"]["digest"]) == ("request.pending", asked["digest"])
    assert (cancelled["event"], cancelled["data"]["request"]["status"]) == ("request.cancelled", "cancelled")
    log = (tmp_path / "server.log").read_text()
    assert hook["secret"] not in log
    assert "/hook" not in log


@pytest.mark.on("sqlite")  # on PostgreSQL another replica may hold the leases, so they have to run out first
async def test_a_server_killed_between_commit_and_send_tells_after_its_restart(tmp_path: Path) -> None:
    async with receiving() as receiver:
        with serving(tmp_path, ALLOW_PRIVATE_WEBHOOKS="true") as server:
            async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
                hook = await hooked(client, receiver, "request.created", "request.pending")
                receiver.weather.append(hang())
                asked = await client.post("/api/requests", json={"action": "deploy.prod"})
                await receiver.until(lambda heard: len(heard.calls) == 1)
                server.process.send_signal(signal.SIGKILL)
                server.process.wait()
        assert (asked.status_code, receiver.taken) == (201, [])
        with serving(tmp_path, ALLOW_PRIVATE_WEBHOOKS="true"):
            await receiver.until(lambda heard: len(heard.taken) == 2)
    assert receiver.events == ["request.created", "request.pending"]
    assert all(call.verified(hook["secret"])["data"]["request"]["id"] == asked.json()["id"] for call in receiver.taken)
    assert receiver.calls[0].id == receiver.taken[0].id


async def test_without_the_setting_no_address_of_this_machine_is_taken(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with receiving() as receiver, httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client:
            answer = await client.post("/api/webhooks", json={"url": receiver.url})
    assert answer.status_code == 400
    assert "ALLOW_PRIVATE_WEBHOOKS" in answer.json()["detail"]
