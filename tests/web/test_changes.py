"""Open pages are told that something is new, as server-sent events – for as long as somebody may look, and is there."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import httpx
import pytest

from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey, change_key, revoke_key
from gateway.onlookers import MOST_OF_ONE
from gateway.views import RequestView
from models.words import Decision, Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled
from tests.looking import until_so
from tests.web.site import Site
from web import changes

PATIENCE = 10
CHANGED = "data: changed"


@pytest.fixture
async def lea(gate: Gate) -> NewKey:
    return await a_key(gate, "lea", Scope.REQUEST_READ)


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let the durations be those of a test."""
    monkeypatch.setattr(changes, "LOOK_SECONDS", 0.05)
    monkeypatch.setattr(changes, "GAP_SECONDS", 0.2)


class Stream:
    """What a browser hears."""

    def __init__(self, gate: Gate, answer: httpx.Response) -> None:
        self.answer = answer
        self._gate = gate
        self._lines = answer.aiter_lines()

    async def hears(self) -> str:
        """Return the next line that says something."""
        async with asyncio.timeout(PATIENCE):
            async for line in self._lines:
                if line:
                    return line
        return "the end"


@asynccontextmanager
async def listening(site: Site, query: str = "") -> AsyncIterator[Stream]:
    """Open a stream, as whoever is logged in; it has begun when the block does."""
    before = site.gate.onlookers.count
    async with site.browser.stream("GET", f"/requests/changes{query}") as answer:
        stream = Stream(site.gate, answer)
        assert answer.status_code == 200, await answer.aread()
        assert (await stream.hears()).startswith("retry: ")
        assert site.gate.onlookers.count == before + 1
        yield stream


async def test_what_is_asked_and_what_is_decided_is_told(gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    async with listening(site) as stream:
        request = await asked(gate, agent)
        assert await stream.hears() == CHANGED
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
        assert await stream.hears() == CHANGED


async def test_it_is_a_stream_of_events_that_nobody_keeps(site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    async with listening(site) as stream:
        headers = stream.answer.headers
        assert headers["Content-Type"] == "text/event-stream"
        assert (headers["Cache-Control"], headers["X-Accel-Buffering"]) == ("no-store", "no")
        assert headers["Cross-Origin-Resource-Policy"] == "same-origin"


async def test_of_one_request_only_what_is_new_about_it_is_told(
    gate: Gate, site: Site, agent: NewKey, lea: NewKey
) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
    one = await asked(gate, agent)
    await site.logs_in(lea, to="/requests")
    async with listening(site, f"?of={one.shown_code}") as stream:
        for by in (ALICE, BOB):
            await decide(gate, one.id, Decision.APPROVED, by=by)
            assert await stream.hears() == CHANGED
        assert set(gate.onlookers._looking) == {one.id}, "nobody tells it of others"


async def test_a_storm_is_one_line(gate: Gate, site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    async with listening(site) as stream:
        for _ in range(30):
            gate.onlookers.tell(["req_1"])
        assert await stream.hears() == CHANGED
        gate.answer_all()
        assert await stream.hears() == "the end"


async def test_who_has_gone_is_forgotten(gate: Gate, site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    for _ in range(3):
        async with listening(site), listening(site):
            assert gate.onlookers.count == 2
        await until_so(lambda: gate.onlookers.count == 0)


async def test_a_browser_that_just_vanishes_is_noticed(gate: Gate, site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    address = httpx.URL(site.url)
    cookie = "; ".join(f"{name}={value}" for name, value in site.browser.cookies.items())
    _, caller = await asyncio.open_connection(address.host, address.port)
    caller.write(f"GET /requests/changes HTTP/1.1\r\nHost: x\r\nCookie: {cookie}\r\n\r\n".encode())
    await until_so(lambda: gate.onlookers.count == 1)
    caller.transport.abort()
    await until_so(lambda: gate.onlookers.count == 0)


async def test_nothing_for_long_is_a_beat(site: Site, lea: NewKey, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(changes, "BEAT_SECONDS", 0.1)
    await site.logs_in(lea, to="/requests")
    async with listening(site) as stream:
        assert [await stream.hears() for _ in range(3)] == [": beat"] * 3


class TestItEnds:
    async def test_when_the_key_is_revoked(self, gate: Gate, site: Site, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        async with listening(site) as stream:
            await revoke_key(gate, lea.key.id, by=ALICE)
            assert await stream.hears() == CHANGED, "the page asks again, and finds the login"
            assert await stream.hears() == "the end"
        assert gate.onlookers.count == 0

    async def test_when_the_key_gets_other_scopes(self, gate: Gate, site: Site, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        async with listening(site) as stream:
            await change_key(gate, lea.key.id, {"scopes": (Scope.AUDIT_READ,)}, by=ALICE)
            assert [await stream.hears(), await stream.hears()] == [CHANGED, "the end"]

    async def test_when_the_session_is_over(
        self, gate: Gate, site: Site, lea: NewKey, clock: Clock, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(changes, "BEAT_SECONDS", 0.2)
        await site.logs_in(lea, to="/requests")
        async with listening(site) as stream:
            clock.advance(hours=13)
            heard = [await stream.hears() for _ in range(2)]
            assert heard[-2:] == [CHANGED, "the end"]

    async def test_when_the_process_stops(self, gate: Gate, site: Site, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        async with listening(site) as stream:
            gate.answer_all()
            assert await stream.hears() == "the end"

    async def test_not_when_another_key_changes(self, gate: Gate, site: Site, agent: NewKey, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        async with listening(site) as stream:
            await revoke_key(gate, (await a_key(gate, "other", Scope.ADMIN)).key.id, by=ALICE)
            await asked(gate, agent)
            assert await stream.hears() == CHANGED
            await asked(gate, agent)
            assert await stream.hears() == CHANGED


class TestWhoMayNot:
    async def test_without_a_session(self, site: Site) -> None:
        answer = await site.browser.get("/requests/changes", headers={"Accept": "text/event-stream"})
        assert answer.status_code == 303

    async def test_listen_to_a_request_that_is_not_theirs(
        self, gate: Gate, site: Site, agent: NewKey, request_: RequestView
    ) -> None:
        other = await a_key(gate, "other", Scope.REQUEST_CREATE)
        await site.logs_in(other, to="/requests")
        assert (await site.browser.get(f"/requests/changes?of={request_.id}")).status_code == 403
        assert gate.onlookers.count == 0

    async def test_listen_to_what_is_none(self, gate: Gate, site: Site, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        assert (await site.browser.get("/requests/changes?of=nonsense")).status_code == 404

    async def test_take_every_place(self, gate: Gate, site: Site, lea: NewKey) -> None:
        await site.logs_in(lea, to="/requests")
        places = [gate.onlookers.look_on(key_id=lea.key.id) for _ in range(MOST_OF_ONE)]
        for place in places:
            place.__enter__()
        answer = await site.browser.get("/requests/changes")
        assert (answer.status_code, "Retry-After" in answer.headers) == (503, True)


async def test_asking_for_the_head_alone_ends_at_once(site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    answer = await site.browser.head("/requests/changes")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")


async def test_how_long_somebody_listened_is_no_measure_of_an_answer(site: Site, lea: NewKey) -> None:
    await site.logs_in(lea, to="/requests")
    async with listening(site):
        pass
    await until_so(lambda: site.gate.onlookers.count == 0)
    metrics = (await site.browser.get("/metrics")).text
    assert 'agentgate_http_requests_total{method="GET",route="/requests/changes",status="200"} 1.0' in metrics
    assert 'agentgate_http_request_duration_seconds_count{method="GET",route="/requests/changes"}' not in metrics
