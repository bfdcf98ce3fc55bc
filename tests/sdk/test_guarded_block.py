"""`gate.guard(…)`: the block is entered after an approval and never otherwise, and the gate hears how it ended."""

import asyncio
import contextlib
from collections.abc import Callable
from contextlib import AbstractAsyncContextManager, AbstractContextManager
from typing import Any

import pytest
from agentgate import AgentGate, AlreadyDone, AsyncAgentGate, Denied, LogEvent, Unavailable, WaitTimeout

from tests.sdk.scripted_gate import KEY, QUICK, Cut, ScriptedGate, Silence, a_request, decided, problem, says

ID = a_request()["id"]
CONFIRM = f"/api/requests/{ID}/confirm"
CANCEL = f"/api/requests/{ID}/cancel"
APPROVED = (says(a_request(), 201), says(decided("approved")))
Guarded = Callable[..., Any]
Block = Callable[[Any], object]


def nothing(request: object) -> None:
    """Do nothing."""


def guard_blocking(
    scripted: ScriptedGate, block: Block = nothing, events: list[LogEvent] | None = None, **how: Any
) -> Any:
    log = (events if events is not None else []).append
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK, timeout=1, log=log) as gate:
        guard: AbstractContextManager[Any] = gate.guard("deploy.prod", {"env": "prod"}, **how)
        with guard as request:
            block(request)
        return request


def guard_awaited(
    scripted: ScriptedGate, block: Block = nothing, events: list[LogEvent] | None = None, **how: Any
) -> Any:
    log = (events if events is not None else []).append

    async def ask() -> Any:
        async with AsyncAgentGate(scripted.url, api_key=KEY, backoff=QUICK, timeout=1, log=log) as gate:
            guard: AbstractAsyncContextManager[Any] = gate.guard("deploy.prod", {"env": "prod"}, **how)
            async with guard as request:
                block(request)
            return request

    return asyncio.run(ask())


@pytest.fixture(params=[guard_blocking, guard_awaited])
def guarded(request: pytest.FixtureRequest) -> Guarded:
    """Either client: both have to behave the same."""
    chosen: Guarded = request.param
    return chosen


def ran(request: object) -> None:
    raise AssertionError("the block was entered")


def fails(request: Any) -> None:
    request.report["rows"] = 3
    raise TimeoutError("the password is hunter2")


def test_what_the_block_reports_is_confirmed(guarded: Guarded, scripted: ScriptedGate) -> None:
    def work(request: Any) -> None:
        assert (request.decided_by, request.is_approved) == ("slack:U1", True)
        request.report["rows"] = 3

    scripted.plays(*APPROVED, says(decided("approved", result={"rows": 3})))
    assert guarded(scripted, work).id == ID
    assert (scripted.seen[-1].path, scripted.seen[-1].body) == (CONFIRM, {"result": {"rows": 3}})


def test_an_exception_is_confirmed_by_its_class_alone_and_goes_on(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(*APPROVED, says(decided("approved")))
    with pytest.raises(TimeoutError, match="hunter2"):
        guarded(scripted, fails)
    assert scripted.seen[-1].body == {"result": {"rows": 3, "error": "TimeoutError"}}


def test_a_report_holds_whatever_a_program_has_at_hand(guarded: Guarded, scripted: ScriptedGate) -> None:
    def work(request: Any) -> None:
        request.report.update(when={2, 1}, where=b"x", how=float("nan"))

    scripted.plays(*APPROVED, says(decided("approved")))
    guarded(scripted, work)
    assert scripted.seen[-1].body == {"result": {"when": [1, 2], "where": "b'x'", "how": "nan"}}


@pytest.mark.parametrize(
    ("answer", "outcome"),
    [
        (says(decided("denied")), Denied),
        (says("approved"), Unavailable),
        (says(decided("approved", digest="sha256:00")), Unavailable),
    ],
)
def test_the_block_is_not_entered_otherwise(
    guarded: Guarded, scripted: ScriptedGate, answer: Any, outcome: type[Exception]
) -> None:
    scripted.plays(says(a_request(), 201), answer, answer)
    with pytest.raises(outcome):
        guarded(scripted, ran)
    assert CONFIRM not in [seen.path for seen in scripted.seen]


def test_a_gate_that_leads_back_to_other_parameters_enters_no_block(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("approved", params={"env": "dev"})))
    with pytest.raises(Unavailable, match=r"other parameters \(k7qm-3vtx\).* use a new one"):
        guarded(scripted, ran, idempotency_key="release-7")
    assert len(scripted.seen) == 1


def test_what_nobody_answers_in_time_is_withdrawn(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), says(a_request()), says(decided("cancelled")))
    with pytest.raises(WaitTimeout):
        guarded(scripted, ran, timeout=0)
    assert scripted.seen[-1].path == CANCEL


def test_what_can_be_come_back_to_stays(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), says(a_request()))
    with pytest.raises(WaitTimeout):
        guarded(scripted, ran, timeout=0, idempotency_key="release-7")
    assert [seen.method for seen in scripted.seen] == ["POST", "GET"]
    assert scripted.seen[0].headers["Idempotency-Key"] == "release-7"


def test_what_was_done_before_is_not_done_again(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("approved", confirmedAt="2026-01-31T10:06:00Z", result={"rows": 3})))
    with pytest.raises(AlreadyDone) as before:
        guarded(scripted, ran, idempotency_key="release-7")
    assert before.value.request is not None
    assert before.value.request.result == {"rows": 3}
    assert len(scripted.seen) == 1


def test_a_confirmation_gets_through_a_storm(guarded: Guarded, scripted: ScriptedGate) -> None:
    scripted.plays(*APPROVED, Cut(), problem(503, "closing"), says(decided("approved")))
    guarded(scripted)
    assert [seen.path for seen in scripted.seen[2:]] == [CONFIRM] * 3


def test_a_confirmation_whose_answer_was_lost_is_none_the_worse(guarded: Guarded, scripted: ScriptedGate) -> None:
    events: list[LogEvent] = []
    scripted.plays(*APPROVED, Cut(), problem(409, "It was confirmed before; that stands."))
    guarded(scripted, events=events)
    assert (events[-1].name, events[-1].fields["before"]) == ("request.confirmed", True)


def test_what_is_done_stays_done_though_the_gate_cannot_be_told(guarded: Guarded, scripted: ScriptedGate) -> None:
    events: list[LogEvent] = []
    scripted.plays(*APPROVED, Silence())
    assert guarded(scripted, events=events).is_approved
    assert (events[-1].name, events[-1].fields["error"]) == ("request.not_confirmed", "Unavailable")


@pytest.mark.parametrize("block", [nothing, fails])
def test_who_confirms_alone_is_left_to_it(guarded: Guarded, scripted: ScriptedGate, block: Block) -> None:
    scripted.plays(*APPROVED)
    with contextlib.suppress(TimeoutError):
        guarded(scripted, block, report=False)
    assert [seen.method for seen in scripted.seen] == ["POST", "GET"]


async def test_a_cancelled_task_withdraws_what_it_waited_for(scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), Silence(), says(decided("cancelled")))
    async with AsyncAgentGate(scripted.url, api_key=KEY) as gate:

        async def wait() -> None:
            async with gate.guard("deploy.prod"):
                raise AssertionError("the block was entered")

        task = asyncio.create_task(wait())
        await asyncio.to_thread(scripted.wait_for_requests, 2)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert scripted.seen[-1].path == CANCEL


async def test_a_cancelled_block_is_reported_as_such(scripted: ScriptedGate) -> None:
    scripted.plays(*APPROVED, says(decided("approved")))
    entered = asyncio.Event()
    async with AsyncAgentGate(scripted.url, api_key=KEY) as gate:

        async def work() -> None:
            async with gate.guard("deploy.prod"):
                entered.set()
                await asyncio.Event().wait()

        task = asyncio.create_task(work())
        await entered.wait()
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
    assert scripted.seen[-1].body == {"result": {"error": "CancelledError"}}
