"""Stopping: by Ctrl-C, by SIGTERM, by kill -9 – and what is still there afterwards."""

import asyncio
import signal
import time
from pathlib import Path

import httpx
import pytest

from tests.stories.server import ADMIN_KEY, in_a_terminal, serving

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}


async def long_poll(client: httpx.AsyncClient, request_id: str, sent: asyncio.Semaphore) -> httpx.Response:
    """Wait for a decision; `sent` counts calls that have left for the server."""

    async def trace(event: str, _: object) -> None:
        if event == "http11.send_request_body.complete":
            sent.release()

    return await client.get(f"/api/requests/{request_id}?wait=60", extensions={"trace": trace})


@pytest.mark.parametrize(("number", "codes"), [(signal.SIGINT, {0, 130}), (signal.SIGTERM, {0, 143})])
async def test_an_open_long_poll_is_answered_and_the_end_is_quick(
    tmp_path: Path, number: signal.Signals, codes: set[int]
) -> None:
    with serving(tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS, timeout=60) as client:
            request_id = (await client.post("/api/requests", json={"action": "x"})).json()["id"]
            sent = asyncio.Semaphore(0)
            waiting = [asyncio.create_task(long_poll(client, request_id, sent)) for _ in range(3)]
            for _ in waiting:
                await sent.acquire()
            assert (await client.get("/health")).status_code == 200
            began = time.monotonic()
            code = await asyncio.to_thread(server.stop, number)
            took = time.monotonic() - began
            answers = await asyncio.gather(*waiting)
    assert code in codes
    assert took < 5
    assert [answer.json()["status"] for answer in answers] == ["pending"] * 3


def test_an_acknowledged_request_survives_kill_9_and_its_card_is_shown(tmp_path: Path) -> None:
    with in_a_terminal(tmp_path) as terminal:
        url = terminal.url
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            asked = client.post("/api/requests", json={"action": "deploy.prod", "params": {"env": "prod"}})
            terminal.child.kill(signal.SIGKILL)
        terminal.child.wait()
    assert asked.status_code == 201
    request_id, code = asked.json()["id"], asked.json()["code"]
    with in_a_terminal(tmp_path) as terminal:
        url = terminal.url
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            now = client.get(f"/api/requests/{request_id}").json()
            trail = client.get(f"/api/requests/{request_id}/audit").json()
            pending = client.get("/api/requests?status=pending").json()["pagination"]["total"]
            shown_before = client.get("/health?deep=true").json()
        assert (now["status"], pending) == ("pending", 1)
        assert [entry["eventType"] for entry in trail] == ["request.created", "request.pending"]
        assert shown_before["status"] == "ok"
        terminal.types("pending")
        terminal.sees(code)


@pytest.mark.on("sqlite")  # on PostgreSQL another replica may hold the leases, so they have to run out first
def test_every_card_is_shown_though_the_server_was_killed_in_the_middle(tmp_path: Path) -> None:
    """Many are asked at once and the server is killed at the last 201: what it had not shown, it shows after."""
    with in_a_terminal(tmp_path) as terminal:
        with httpx.Client(base_url=terminal.url, headers=HEADERS) as client:
            codes = {client.post("/api/requests", json={"action": f"a{n}"}).json()["code"] for n in range(60)}
            terminal.child.kill(signal.SIGKILL)
        terminal.sees_the_end()
        before = terminal.everything
    with in_a_terminal(tmp_path, LOG_LEVEL="error") as terminal:
        url = terminal.url
        unseen = {code for code in codes if code not in before}
        while unseen:
            unseen.discard(terminal.sees("|".join(unseen))[0])
        with httpx.Client(base_url=url, headers=HEADERS) as client:
            kept = {request["code"] for request in client.get("/api/requests?limit=100").json()["requests"]}
    assert kept == codes
