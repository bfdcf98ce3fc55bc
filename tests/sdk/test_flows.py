"""Retrying and waiting, step by step with a clock in the test's hand: no network, no time passing."""

import json
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from agentgate import Backoff, Request, Unavailable, WaitTimeout
from agentgate import _calls as calls
from agentgate._flows import Flow, Pause, Send, Terms, exchange
from agentgate._replies import retry_after
from agentgate._waiting import wait
from agentgate._wire import Lost, Reply

from tests.sdk.scripted_gate import a_request, decided

NOON = datetime(2026, 1, 31, 12, tzinfo=UTC)
ID = a_request()["id"]
UNSENT = Lost(httpx.ConnectError("refused"), sent=False, gate="https://gate.example.com")
CUT = Lost(httpx.ReadError("cut"), sent=True, gate="https://gate.example.com")


def answer(content: object, status: int = 200, **headers: str) -> Reply:
    return Reply(status, {name.replace("_", "-"): value for name, value in headers.items()}, _json(content), NOON)


def _json(content: object) -> bytes:
    return json.dumps(content).encode()


@dataclass
class Stage:
    """Plays a flow: time moves by what the flow pauses and by what the gate holds back."""

    now: float = 1000.0
    sent: list[Send] = field(default_factory=list)
    pauses: list[float] = field(default_factory=list)

    @property
    def terms(self) -> Terms:
        return Terms(timeout=30.0, backoff=Backoff(first=1.0, longest=8.0), clock=lambda: self.now)

    def play(self, flow: Flow[Request], reply: Callable[[Send], Reply | Lost]) -> Any:
        outcome: Reply | Lost | None = None
        while True:
            try:
                step = flow.send(outcome)
            except StopIteration as finished:
                return finished.value
            outcome = None
            if isinstance(step, Pause):
                self.pauses.append(step.seconds)
                self.now += step.seconds
            else:
                self.sent.append(step)
                outcome = reply(step)

    def holds(self, step: Send) -> Reply:
        """Answer like a gate whose request nobody decides: pending, after as long as was asked for."""
        self.now += float(step.call.query["wait"])
        return answer(a_request())


def test_a_long_wait_is_cut_into_long_polls_without_pauses() -> None:
    stage = Stage()
    with pytest.raises(WaitTimeout):
        stage.play(wait(ID, 60, stage.terms), stage.holds)
    assert [step.call.query["wait"] for step in stage.sent] == ["25", "25", "10"]
    assert stage.pauses == []
    assert stage.now == 1060.0


def test_durations_may_be_timedeltas() -> None:
    stage = Stage()
    with pytest.raises(WaitTimeout):
        stage.play(wait(ID, timedelta(minutes=1), stage.terms), stage.holds)
    assert stage.now == 1060.0


def test_every_poll_ends_soon_after_the_deadline_even_when_nothing_answers() -> None:
    stage = Stage()

    def nothing(step: Send) -> Lost:
        stage.now += step.timeout
        return CUT

    with pytest.raises(Unavailable):
        stage.play(wait(ID, 30, stage.terms), nothing)
    assert stage.now <= 1031.0


def test_without_a_deadline_the_wait_outlives_a_day_of_outage() -> None:
    stage = Stage()

    def back_after_a_day(step: Send) -> Reply | Lost:
        return UNSENT if stage.now < 1000 + 86_400 else answer(decided("approved"))

    assert stage.play(wait(ID, None, stage.terms), back_after_a_day).is_approved
    assert max(stage.pauses) <= 8.0


def test_pauses_grow_and_are_jittered() -> None:
    stage = Stage()
    with pytest.raises(Unavailable):
        stage.play(wait(ID, 100, stage.terms), lambda step: UNSENT)
    for pause, step in zip(stage.pauses, [1, 2, 4, 8, 8, 8], strict=False):
        assert step / 2 <= pause <= step
    assert len(set(stage.pauses)) == len(stage.pauses)


def test_a_gate_that_never_holds_is_polled_politely() -> None:
    stage = Stage()
    with pytest.raises(WaitTimeout):
        stage.play(wait(ID, 60, stage.terms), lambda step: answer(a_request()))
    assert len(stage.sent) <= 125
    assert min(stage.pauses[1:-1]) >= 0.5


def test_waiting_for_no_time_looks_once() -> None:
    stage = Stage()
    with pytest.raises(WaitTimeout):
        stage.play(wait(ID, 0, stage.terms), stage.holds)
    assert len(stage.sent) == 1


@pytest.mark.parametrize("asked", ["20", "Sat, 31 Jan 2026 12:00:20 GMT"])
def test_the_gate_says_when_to_come_back(asked: str) -> None:
    stage = Stage()
    replies = [answer({"detail": "slow down"}, 429, retry_after=asked), answer(decided("approved"))]
    assert stage.play(wait(ID, 60, stage.terms), lambda step: replies[len(stage.sent) - 1]).is_approved
    assert stage.pauses == [20.0]


def test_no_gate_may_silence_a_waiter_for_a_day() -> None:
    stage = Stage()
    replies = [answer({}, 503, retry_after="86400"), answer(decided("approved"))]
    stage.play(wait(ID, None, stage.terms), lambda step: replies[len(stage.sent) - 1])
    assert stage.pauses == [300.0]


def test_a_call_that_was_never_sent_is_sent_again() -> None:
    stage = Stage()
    replies: list[Reply | Lost] = [UNSENT, answer(decided("approved"))]
    decide = calls.decide(ID, "approved", reason=None, digest=None)
    stage.play(exchange(decide, stage.terms), lambda step: replies[len(stage.sent) - 1])
    assert len(stage.sent) == 2


def test_a_call_that_may_have_arrived_is_not_and_says_so() -> None:
    stage = Stage()
    decide = calls.decide(ID, "approved", reason=None, digest=None)
    with pytest.raises(Unavailable, match="may or may not have happened"):
        stage.play(exchange(decide, stage.terms), lambda step: CUT)
    assert len(stage.sent) == 1


def test_a_call_stays_within_its_own_timeout() -> None:
    stage = Stage()

    def slowly(step: Send) -> Lost:
        stage.now += min(step.timeout, 14)
        return CUT

    with pytest.raises(Unavailable):
        stage.play(exchange(calls.get(ID), stage.terms), slowly)
    assert stage.now <= 1030.1


@pytest.mark.parametrize(
    ("header", "seconds"),
    [
        ("0", 0.0),
        ("7", 7.0),
        ("Sat, 31 Jan 2026 12:01:00 GMT", 60.0),
        ("Sat, 31 Jan 2026 11:00:00 GMT", 0.0),
        ("Saturday, 31-Jan-26 12:01:00 GMT", 60.0),
        ("soon", None),
        ("", None),
        ("-3", None),
        ("1.5", None),
        ("٣", None),
        ("9" * 400, 999_999_999.0),
    ],
)
def test_both_forms_of_retry_after_are_read_and_others_ignored(header: str, seconds: float | None) -> None:
    assert retry_after(answer({}, 429, retry_after=header)) == seconds
