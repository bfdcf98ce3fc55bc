"""PostgreSQL goes away – stopped, crashed, frozen – and comes back: nothing falls over, nothing is lost."""

import asyncio
import json
import signal
import subprocess
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.databases import SECRET
from tests.platforms.postgres import Postgres, running_postgres
from tests.platforms.slack.weather import hang
from tests.slack.house import Workspace, a_workspace
from tests.stories.server import ADMIN_KEY, SERVER, Server, environment, in_a_terminal, run, serving
from tests.stories.slack import slack_settings
from tests.stories.stopping import ENDS, LIMITS

pytestmark = pytest.mark.on("postgres")

HEADERS = {"Authorization": f"Bearer {ADMIN_KEY}"}
OUTAGE_SECONDS = 10
ANSWER_SECONDS = 20
QUICK_SECONDS = 6
"""Within which metrics and deep health answer, whatever hangs: two seconds each, and a machine that is busy."""
PATIENCE = 60
FAULTS = {
    "http.crashed",
    "http.cut_off",
    "clockwork.failed",
    "outbox.round_failed",
    "delivery.crashed",
    "stop.fell_over",
}
"""What is logged only where something falls over."""


@pytest.fixture
def own() -> Iterator[Postgres]:
    """A PostgreSQL server that this story may stop."""
    with running_postgres() as server:
        yield server


@dataclass
class Scene:
    """A server, its database, and one client."""

    database: Postgres
    server: Server
    client: httpx.AsyncClient
    log: Path

    async def asks(self, **ask: Any) -> httpx.Response:
        """Ask for an approval."""
        return await self.client.post("/api/requests", json={"action": "deploy.prod"} | ask)

    async def health(self, *, deep: bool = False) -> httpx.Response:
        return await self.client.get("/health", params={"deep": str(deep).lower()})

    async def until_well(self) -> None:
        """Look until everything is well again."""
        async with asyncio.timeout(PATIENCE):
            while (await self.health(deep=True)).status_code != 200:
                pass

    async def until_somebody_waits(self) -> None:
        """Look until a call waits for a decision."""
        async with asyncio.timeout(PATIENCE):
            while "agentgate_waiters 1.0" not in (await self.client.get("/metrics")).text:
                pass

    async def decides(self, request_id: str) -> httpx.Response:
        """Let somebody else deny a request."""
        key = (await self.client.post("/api/api-keys", json={"name": "decider", "scopes": ["request:decide"]})).json()
        shown = {"Authorization": f"Bearer {key['key']}"}
        return await self.client.post(f"/api/requests/{request_id}/decide", json={"decision": "denied"}, headers=shown)


def settings_of(database: Postgres, folder: Path) -> dict[str, str]:
    """Make a migrated database, and return the settings of a server on it."""
    settings = {"DATABASE_URL": database.make_database("gate"), "AGENTGATE_SECRET_KEY": SECRET}
    migrated = run([SERVER, "migrate"], folder, **settings)
    assert migrated.returncode == 0, migrated.stderr
    return settings


@asynccontextmanager
async def on(database: Postgres, folder: Path, **settings: str) -> AsyncIterator[Scene]:
    """Run a server on a database of its own."""
    with serving(folder, **settings_of(database, folder), **settings) as server:
        async with httpx.AsyncClient(base_url=server.url, headers=HEADERS, timeout=90) as client:
            yield Scene(database, server, client, folder / "server.log")


async def timed(answer: Any) -> tuple[Any, float]:
    """Return an answer, and after how many seconds it came."""
    began = time.monotonic()
    return await answer, time.monotonic() - began


async def refuse_for_a_while(scene: Scene, seconds: float) -> None:
    """See that for so long every write is refused in time and the process is well."""
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        (refused, took), plain = await asyncio.gather(timed(scene.asks()), scene.health())
        assert refused.status_code == 503
        assert int(refused.headers["Retry-After"]) > 0
        assert took < ANSWER_SECONDS
        assert plain.status_code == 200


async def look_closely(scene: Scene) -> None:
    """See that deep health and the metrics say so, and quickly."""
    deep, took = await timed(scene.health(deep=True))
    assert (deep.status_code, deep.json()["status"]) == (503, "degraded")
    assert deep.json()["checks"]["database"]["status"] == "degraded"
    assert took < QUICK_SECONDS
    metrics, took = await timed(scene.client.get("/metrics"))
    assert metrics.status_code == 200
    assert 'agentgate_part_up{part="database"} 0.0' in metrics.text
    assert "agentgate_requests_pending NaN" in metrics.text
    assert took < QUICK_SECONDS


@pytest.mark.parametrize("how", ["stop", "crash"])
async def test_a_database_that_goes_for_ten_seconds_comes_back_to_a_server_that_stood_still(
    tmp_path: Path, own: Postgres, how: str
) -> None:
    async with on(own, tmp_path) as scene:
        waited_for = (await scene.asks()).json()
        overdue = (await scene.asks(expiresInSec=2)).json()
        waiting = asyncio.create_task(scene.client.get(f"/api/requests/{waited_for['id']}?wait=60"))
        await scene.until_somebody_waits()
        getattr(own, how)()
        await look_closely(scene)
        await refuse_for_a_while(scene, OUTAGE_SECONDS)
        own.start()
        await scene.until_well()
        assert (await scene.asks()).status_code == 201
        assert (await scene.decides(waited_for["id"])).status_code == 200
        assert (await waiting).json()["status"] == "denied"
        expired = await scene.client.get(f"/api/requests/{overdue['id']}?wait=30")
        assert expired.json()["status"] == "expired"
        assert scene.server.process.poll() is None
    lines = [json.loads(line) for line in scene.log.read_text().splitlines()]
    assert {line["event"] for line in lines} & FAULTS == set()
    away = [line["what"] for line in lines if line["event"] == "database.away"]
    assert sorted(away) == sorted(set(away)) != []


async def test_a_database_that_hangs_is_said_in_time_and_waited_for(tmp_path: Path, own: Postgres) -> None:
    async with on(own, tmp_path) as scene:
        assert (await scene.asks()).status_code == 201
        own.freeze()
        try:
            (refused, took), plain = await asyncio.gather(timed(scene.asks()), scene.health())
            await look_closely(scene)
        finally:
            own.thaw()
        assert (refused.status_code, plain.status_code) == (503, 200)
        assert took < ANSWER_SECONDS
        await scene.until_well()
        assert (await scene.asks()).status_code == 201


@pytest.mark.parametrize("number", ENDS)
async def test_a_database_that_hangs_does_not_hold_up_the_end(
    tmp_path: Path, own: Postgres, number: signal.Signals
) -> None:
    async with on(own, tmp_path) as scene:
        waited_for = (await scene.asks()).json()
        waiting = asyncio.create_task(scene.client.get(f"/api/requests/{waited_for['id']}?wait=60"))
        await scene.until_somebody_waits()
        own.freeze()
        try:
            code, took = await timed(asyncio.to_thread(scene.server.stop, number, within=PATIENCE))
        finally:
            own.thaw()
        await asyncio.wait([waiting])
    assert took < LIMITS[number]
    assert code in {0, 128 + number}
    assert waiting.exception() or waiting.result().status_code != 500


async def test_nor_does_it_when_the_end_is_typed(tmp_path: Path, own: Postgres) -> None:
    with in_a_terminal(tmp_path, **settings_of(own, tmp_path)) as terminal:
        terminal.sees("running at")
        terminal.sees("❯")
        own.freeze()
        try:
            terminal.child.sendcontrol("c")
            began = time.monotonic()
            terminal.sees_the_end()
            assert time.monotonic() - began < LIMITS[signal.SIGINT]
        finally:
            own.thaw()


@pytest.fixture
async def place() -> AsyncIterator[Workspace]:
    async with a_workspace() as place:
        yield place


async def test_a_card_that_is_posted_while_the_database_goes_is_posted_once(
    tmp_path: Path, own: Postgres, place: Workspace
) -> None:
    held = asyncio.Event()
    place.slack.weather.on("chat.postMessage", hang(held))
    async with on(own, tmp_path, **slack_settings(place)) as scene:
        asked = (await scene.asks()).json()
        await place.slack.until(lambda: place.slack.calls_of("chat.postMessage"), within=PATIENCE)
        own.stop()
        held.set()
        card = await place.slack.next_message(place.ops, within=PATIENCE)
        assert (await scene.asks()).status_code == 503
        own.start()
        await scene.until_well()
        await scene.client.post(f"/api/requests/{asked['id']}/cancel")
        await place.slack.until(lambda: "Cancelled" in card.visible_text(), within=PATIENCE)
        await place.slack.until(lambda: card.thread, within=PATIENCE)
    assert [message for message in place.slack.messages(place.ops) if not message.thread_ts] == [card]


@pytest.mark.parametrize("number", ENDS)
def test_a_start_that_waits_for_the_database_ends_when_it_is_told_to(tmp_path: Path, number: signal.Signals) -> None:
    settings = {"DATABASE_URL": "postgres://gate@127.0.0.1:1/gate", "AGENTGATE_SECRET_KEY": SECRET}
    with subprocess.Popen(
        [SERVER, "serve"], cwd=tmp_path, env=environment(tmp_path, **settings), text=True,
        stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE,
    ) as start:  # fmt: skip
        try:
            assert start.stderr is not None
            assert "database.waited_for" in start.stderr.readline()
            began = time.monotonic()
            start.send_signal(number)
            assert start.wait(timeout=PATIENCE) == 128 + number
            assert time.monotonic() - began < LIMITS[signal.SIGINT]
            assert "Traceback" not in start.stderr.read()
        finally:
            start.kill()
