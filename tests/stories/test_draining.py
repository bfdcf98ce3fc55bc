"""SIGTERM: nothing new is let in, what is open is answered, what is on its way arrives or is handed back."""

import asyncio
import json
import signal
import socket
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.platforms.slack.weather import hang
from tests.slack.house import Workspace, a_workspace
from tests.stories.server import ADMIN_KEY, Server, serving
from tests.stories.slack import slack_settings
from tests.stories.stopping import ENDS, LIMITS

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
PATIENCE = 30


@pytest.fixture
async def place() -> AsyncIterator[Workspace]:
    async with a_workspace() as place:
        yield place


async def asks(server: Server, what: str = "") -> Any:
    """Ask for something, or something of a request; return the answer."""
    async with httpx.AsyncClient(base_url=server.url, headers=HEADERS, timeout=PATIENCE) as client:
        return (await client.post(f"/api/requests{what}", json={"action": "deploy.prod"})).json()


class Connection:
    """One connection that is kept open, call after call."""

    def __init__(self, url: str) -> None:
        self._url = httpx.URL(url)

    async def __aenter__(self) -> "Connection":
        self._heard, self._caller = await asyncio.open_connection("127.0.0.1", self._url.port)
        return self

    async def __aexit__(self, *_: object) -> None:
        self._caller.close()

    async def get(self, path: str) -> tuple[int, dict[str, str], Any]:
        """Call, and return status, headers and body."""
        self._caller.write(f"GET {path} HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\r\n".encode())
        async with asyncio.timeout(PATIENCE):
            first, *rest = (await self._heard.readuntil(b"\r\n\r\n")).decode().strip().split("\r\n")
            headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
            body = json.loads(await self._heard.readexactly(int(headers["content-length"])))
        return int(first.split(" ")[1]), headers, body


async def until_refused(url: str) -> None:
    """Return once nobody is let in any more."""
    async with asyncio.timeout(PATIENCE):
        while True:
            try:
                _, caller = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
                caller.close()
                await caller.wait_closed()
            except ConnectionRefusedError:
                return
            except ConnectionResetError:
                continue  # it stood in the queue when the door was closed


async def stopped(server: Server, number: signal.Signals) -> float:
    """Send a signal; return after how many seconds the server was gone, for no other reason."""
    began = time.monotonic()
    code = await asyncio.to_thread(server.stop, number, within=PATIENCE)
    assert code in {0, 128 + number}
    return time.monotonic() - began


async def test_a_card_on_its_way_arrives_while_nobody_new_is_let_in(tmp_path: Path, place: Workspace) -> None:
    held = asyncio.Event()
    place.slack.weather.on("chat.postMessage", hang(held))
    with serving(tmp_path, **slack_settings(place)) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS) as client, Connection(server.url) as kept:
            asked = (await client.post("/api/requests", json={"action": "deploy.prod"})).json()
            await place.slack.until(lambda: place.slack.calls_of("chat.postMessage"), within=PATIENCE)
            assert (await kept.get("/health"))[0] == 200
            ending = asyncio.create_task(stopped(server, signal.SIGTERM))
            await until_refused(server.url)
            status, headers, shown = await kept.get("/health")
            held.set()
            assert await ending < LIMITS[signal.SIGTERM]
    assert (status, shown["status"], headers["connection"]) == (503, "draining", "close")
    card = await place.slack.next_message(place.ops)
    with serving(tmp_path, **slack_settings(place)) as server:
        await asks(server, f"/{asked['id']}/cancel")
        await place.slack.until(lambda: "Cancelled" in card.visible_text(), within=PATIENCE)
    assert [message for message in place.slack.messages(place.ops) if not message.thread_ts] == [card]


@pytest.mark.parametrize("number", ENDS)
async def test_a_card_that_does_not_arrive_in_time_is_handed_back(
    tmp_path: Path, place: Workspace, number: signal.Signals
) -> None:
    place.slack.weather.on("chat.postMessage", hang())
    with serving(tmp_path, **slack_settings(place)) as server:
        asked = await asks(server)
        await place.slack.until(lambda: place.slack.calls_of("chat.postMessage"), within=PATIENCE)
        assert await stopped(server, number) < LIMITS[number]
    with serving(tmp_path, **slack_settings(place)):
        card = await place.slack.next_message(place.ops, within=PATIENCE)
    assert asked["code"] in card.visible_text()


@pytest.mark.parametrize("number", ENDS)
async def test_whoever_asks_and_waits_in_one_call_is_answered(tmp_path: Path, number: signal.Signals) -> None:
    with serving(tmp_path) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS, timeout=60) as client:
            waiting = asyncio.create_task(client.post("/api/requests?wait=60", json={"action": "deploy.prod"}))
            await until_waiting(client, 1)
            took = await stopped(server, number)
            answer = await waiting
    assert (answer.status_code, answer.json()["status"]) == (201, "pending")
    assert took < LIMITS[signal.SIGINT]


async def until_waiting(client: httpx.AsyncClient, callers: int) -> None:
    """Return once so many calls wait for a decision."""
    async with asyncio.timeout(PATIENCE):
        while f"agentgate_waiters {callers:.1f}\n" not in (await client.get("/metrics")).text:
            pass


async def test_idle_connections_hold_nothing_up(tmp_path: Path) -> None:
    with serving(tmp_path) as server:
        async with Connection(server.url) as one, Connection(server.url):
            await one.get("/health")
            assert await stopped(server, signal.SIGTERM) < LIMITS[signal.SIGINT]


def make_a_long_trail(url: str) -> None:
    """Let the audit trail become larger than everything between a server and its reader can hold."""
    rules = [{"match": {"action": "x" * 200_000}, "decision": "auto_deny"}] * 4
    with httpx.Client(base_url=url, headers=HEADERS, timeout=60) as client:
        for number in range(20):
            assert client.post("/api/policies", json={"name": str(number), "rules": rules}).status_code == 201


@contextmanager
def reading_slowly(url: str) -> Iterator[socket.socket]:
    """Ask for the export and read only how it begins."""
    with socket.socket() as reader:
        reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        reader.connect(("127.0.0.1", httpx.URL(url).port))
        call = f"GET /api/audit/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {ADMIN_KEY}\r\n\r\n"
        reader.sendall(call.encode())
        assert reader.recv(100).startswith(b"HTTP/1.1 200")
        yield reader


def rest_of(reader: socket.socket) -> bytes:
    """Read on to the end."""
    read = b""
    try:
        while part := reader.recv(1_000_000):
            read += part
    except ConnectionError:
        return read
    return read


@pytest.mark.parametrize("number", ENDS)
async def test_an_export_that_is_not_read_holds_nothing_up_and_is_seen_to_be_cut(
    tmp_path: Path, number: signal.Signals
) -> None:
    with serving(tmp_path) as server:
        make_a_long_trail(server.url)
        with reading_slowly(server.url) as reader:
            assert await stopped(server, number) < LIMITS[number]
            assert not rest_of(reader).endswith(b"0\r\n\r\n")


@pytest.mark.parametrize("number", ENDS)
async def test_everything_that_hangs_at_once_holds_nothing_up(
    tmp_path: Path, place: Workspace, number: signal.Signals
) -> None:
    place.slack.weather.keep("chat.postMessage", hang())
    with serving(tmp_path, **slack_settings(place)) as server:
        make_a_long_trail(server.url)
        await place.slack.connection(within=PATIENCE)
        with reading_slowly(server.url):
            await asks(server)
            await place.slack.until(lambda: place.slack.calls_of("chat.postMessage"), within=PATIENCE)
            place.slack.go_deaf()
            assert await stopped(server, number) < LIMITS[number]
