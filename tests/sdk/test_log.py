"""What the client logs: events with fields, to `logging` or to a hook of one's own, and never what was asked."""

import json
import logging

import pytest
from agentgate import AgentGate, LogEvent, Unavailable

from tests.sdk.scripted_gate import KEY, QUICK, Cut, ScriptedGate, a_request, decided, problem, says

SECRET = "hunter2"
ASKED = a_request(params={"password": SECRET})


def play(scripted: ScriptedGate) -> None:
    scripted.plays(
        Cut(),
        says(ASKED, 201),
        problem(503, SECRET),
        says(decided("approved", decisionReason=SECRET)),
        says(decided("approved")),
    )


def work(gate: AgentGate) -> None:
    with gate.guard("deploy.prod", {"password": SECRET}, context={"reason": SECRET}) as request:
        request.report["password"] = SECRET


@pytest.fixture
def told(scripted: ScriptedGate) -> list[LogEvent]:
    """A guarded block in bad weather, as a hook hears of it."""
    events: list[LogEvent] = []
    play(scripted)
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK, log=events.append) as gate:
        work(gate)
    return events


@pytest.fixture
def records(scripted: ScriptedGate, caplog: pytest.LogCaptureFixture) -> list[logging.LogRecord]:
    """The same in the lines of Python's own logging."""
    caplog.set_level(logging.DEBUG, logger="agentgate")
    play(scripted)
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK) as gate:
        work(gate)
    return list(caplog.records)


STORY = ["call.retried", "request.asked", "call.retried", "wait.ended", "request.confirmed"]


def ours(records: list[logging.LogRecord]) -> list[logging.LogRecord]:
    return [record for record in records if record.name == "agentgate"]


def test_a_hook_hears_the_story_with_its_fields(told: list[LogEvent]) -> None:
    assert [event.name for event in told] == STORY
    assert told[0].level == logging.WARNING
    assert {name: told[0].fields[name] for name in ("method", "path", "failures")} == {
        "method": "POST", "path": "/api/requests", "failures": 1,
    }  # fmt: skip
    assert told[2].fields["why"] == "HTTP 503"
    ended = told[3].fields
    assert (ended["request_id"], ended["status"], ended["decided_by"]) == (ASKED["id"], "approved", "slack:U1")


def test_logging_has_the_same_fields_on_its_records(records: list[logging.LogRecord]) -> None:
    assert [record.__dict__["event"] for record in ours(records)] == STORY
    asked = ours(records)[1]
    assert asked.__dict__["request_id"] == ASKED["id"]
    assert asked.getMessage().startswith(f"request.asked request_id={ASKED['id']} action=deploy.prod ")


def test_no_parameter_reason_or_key_is_logged(told: list[LogEvent], records: list[logging.LogRecord]) -> None:
    everything = json.dumps([*map(str, told), *map(repr, told), *(repr(record.__dict__) for record in records)])
    assert SECRET not in everything
    assert KEY not in everything


def test_giving_up_is_told(scripted: ScriptedGate) -> None:
    events: list[LogEvent] = []
    scripted.plays(says(a_request()))
    with (
        AgentGate(scripted.url, api_key=KEY, log=events.append) as gate,
        pytest.raises(Exception, match="still pending"),
    ):
        gate.wait("k7qm-3vtx", timeout=0)
    assert (events[-1].name, events[-1].fields["error"]) == ("wait.given_up", "WaitTimeout")


def test_a_hook_that_fails_harms_nothing_and_is_reported(
    scripted: ScriptedGate, caplog: pytest.LogCaptureFixture
) -> None:
    def broken(event: LogEvent) -> None:
        raise RuntimeError("the disk is full")

    scripted.plays(says(a_request(), 201))
    with AgentGate(scripted.url, api_key=KEY, log=broken) as gate:
        assert gate.request("deploy.prod").id == ASKED["id"]
    assert "The log hook failed at request.asked." in caplog.text
    assert "the disk is full" in caplog.text


def test_who_configures_no_logging_sees_no_lines(scripted: ScriptedGate, capfd: pytest.CaptureFixture[str]) -> None:
    scripted.plays(Cut())
    with AgentGate(scripted.url, api_key=KEY, backoff=QUICK) as gate, pytest.raises(Unavailable):
        gate.get("k7qm-3vtx")
    assert capfd.readouterr().err == ""
