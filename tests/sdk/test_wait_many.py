"""Waiting for several requests: in the order of decision, and no failure loses the others."""

import asyncio
import signal
import threading
from collections.abc import AsyncIterator, Callable, Iterable, Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from agentgate import AgentGate, AsyncAgentGate, Denied, NotFound, Outcome, Request, Unavailable, WaitTimeout

from gateway.gate import Gate
from gateway.keys import NewKey
from tests.api.served import served
from tests.sdk.scripted_gate import KEY, QUICK, ScriptedGate, Silence, decided, problem

PATIENCE = 20


class Waiting:
    """Several requests at a real gate, somebody who waits for them, and somebody who decides."""

    def __init__(self, url: str, agent: NewKey, asking: AsyncAgentGate, deciding: AsyncAgentGate) -> None:
        self.url = url
        self.agent = agent
        self.asking = asking
        self.deciding = deciding

    async def ask(self, *names: str) -> list[Request]:
        return [await self.asking.request(f"deploy.{name}") for name in names]

    async def awaited(self, asked: Iterable[Request | str], seen: Callable[[Outcome], Any], patience: float) -> None:
        async for outcome in self.asking.wait_many(asked, patience):
            await seen(outcome)

    async def blocking(self, asked: Iterable[Request | str], seen: Callable[[Outcome], Any], patience: float) -> None:
        loop = asyncio.get_running_loop()

        def wait() -> None:
            with AgentGate(self.url, api_key=self.agent.secret) as gate:
                for outcome in gate.wait_many(asked, patience):
                    asyncio.run_coroutine_threadsafe(seen(outcome), loop).result()

        await asyncio.to_thread(wait)


@pytest.fixture
async def waiting(gate: Gate, agent: NewKey, admin: NewKey) -> AsyncIterator[Waiting]:
    async with (
        served(gate) as api,
        AsyncAgentGate(api.url, api_key=agent.secret) as asking,
        AsyncAgentGate(api.url, api_key=admin.secret) as deciding,
    ):
        yield Waiting(api.url, agent, asking, deciding)


@pytest.mark.parametrize("client", ["awaited", "blocking"])
async def test_outcomes_come_in_the_order_of_decision(waiting: Waiting, client: str) -> None:
    one, two, three = await waiting.ask("one", "two", "three")
    after = iter([(one, "approved"), (two, "denied")])
    told: list[Outcome] = []

    async def seen(outcome: Outcome) -> None:
        told.append(outcome)
        for request, decision in after:
            await waiting.deciding.decide(request, decision)  # type: ignore[arg-type]  # the words are right
            break

    await waiting.deciding.decide(three, "approved")
    await getattr(waiting, client)([one, two, three], seen, PATIENCE)
    assert [outcome.asked for outcome in told] == [three, one, two]
    assert [outcome.is_approved for outcome in told] == [True, True, False]
    assert told[1].approved().decided_by == "api:admin"
    with pytest.raises(Denied):
        told[2].approved()


@pytest.mark.parametrize("client", ["awaited", "blocking"])
async def test_one_that_fails_does_not_lose_the_others(waiting: Waiting, client: str) -> None:
    granted, refused, ignored = await waiting.ask("granted", "refused", "ignored")
    await waiting.deciding.decide(granted, "approved")
    await waiting.deciding.decide(refused, "denied", reason="no")
    told: list[Outcome] = []

    async def seen(outcome: Outcome) -> None:
        told.append(outcome)

    unknown = "req_01jabcdefghjkmnpqrstvwxyz0"
    await getattr(waiting, client)([ignored, unknown, refused, granted], seen, 2)
    errors = {outcome.asked: type(outcome.error) for outcome in told}
    assert errors == {ignored: WaitTimeout, unknown: NotFound, refused: Denied, granted: type(None)}
    assert {outcome.asked: outcome.request and outcome.request.status.value for outcome in told} == {
        ignored: "pending", unknown: None, refused: "denied", granted: "approved",
    }  # fmt: skip


def test_an_outage_is_the_outcome_of_each(scripted: ScriptedGate) -> None:
    scripted.plays(problem(503, "closing"))
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK) as gate:
        told = list(gate.wait_many(["aaaa-aaaa", "bbbb-bbbb"], timeout=0.2))
    assert [type(outcome.error) for outcome in told] == [Unavailable, Unavailable]


def test_leaving_the_iteration_ends_the_waiting(scripted: ScriptedGate) -> None:
    scripted.plays(Silence())
    before = threading.active_count()
    with AgentGate(scripted.url, api_key=KEY) as gate:
        for outcome in gate.wait_many(["aaaa-aaaa", Request.from_json(decided("approved")), "bbbb-bbbb"]):
            assert outcome.is_approved
            assert threading.active_count() == before + 1
            break
    assert threading.active_count() == before


def test_an_interruption_ends_the_waiting(scripted: ScriptedGate) -> None:
    scripted.plays(Silence())
    before = threading.active_count()
    with AgentGate(scripted.url, api_key=KEY) as gate:
        outcomes = iter(gate.wait_many([Request.from_json(decided("approved")), "bbbb-bbbb"]))
        next(outcomes)
        scripted.wait_for_requests(1)
        with interrupted_soon(), pytest.raises(KeyboardInterrupt):
            next(outcomes)
    assert threading.active_count() == before


@contextmanager
def interrupted_soon() -> Iterator[None]:
    """Let Ctrl-C come while the block waits; it goes to the main thread, as the system sends it."""
    timer = threading.Timer(0.2, signal.pthread_kill, [threading.main_thread().ident, signal.SIGINT])
    timer.start()
    yield
    timer.join()


async def test_leaving_the_awaited_iteration_ends_its_tasks(scripted: ScriptedGate) -> None:
    scripted.plays(Silence())
    async with AsyncAgentGate(scripted.url, api_key=KEY) as gate:
        outcomes = gate.wait_many(["aaaa-aaaa", "bbbb-bbbb"])
        first = asyncio.ensure_future(anext(outcomes))
        await asyncio.to_thread(scripted.wait_for_requests, 2)
        first.cancel()
        with pytest.raises(asyncio.CancelledError):
            await first
        assert asyncio.all_tasks() == {asyncio.current_task()}


def test_nothing_to_wait_for_is_over_at_once(scripted: ScriptedGate) -> None:
    with AgentGate(scripted.url, api_key=KEY) as gate:
        assert list(gate.wait_many([])) == []


@pytest.mark.parametrize("kind", [AgentGate, AsyncAgentGate])
def test_a_single_request_is_no_list_of_them(kind: type[AgentGate | AsyncAgentGate]) -> None:
    with pytest.raises(TypeError, match="there is wait"):
        kind("http://127.0.0.1:1", api_key=KEY).wait_many("k7qm-3vtx")
