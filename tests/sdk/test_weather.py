"""The clients in bad weather: whatever the network does, only an approval counts as an approval."""

import socket
from typing import Any

import pytest
from agentgate import (
    AgentGate,
    Cancelled,
    Denied,
    Expired,
    NotFound,
    Request,
    Unauthorized,
    Unavailable,
    WaitTimeout,
)

from gateway.digest import digest_of
from tests.sdk.command import Ask
from tests.sdk.scripted_gate import (
    KEY,
    Answer,
    Cut,
    Drip,
    Half,
    ScriptedGate,
    Silence,
    a_request,
    decided,
    page,
    problem,
    says,
)

ID = a_request()["id"]


def wait(ask: Ask, url: str, asked: Request | str = ID, timeout: float = 20) -> Request:
    request: Request = ask(url, "wait", asked, timeout=timeout)
    return request


def free_port() -> int:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        return int(listener.getsockname()[1])


def test_the_moment_of_approval_ends_the_wait(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request()), says(decided("approved", decisionReason="fine")))
    request = wait(ask, scripted.url)
    assert request.is_approved
    assert request.decision_reason == "fine"
    assert scripted.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    assert scripted.seen[0].query == {"wait": "19"}


@pytest.mark.parametrize(("status", "outcome"), [("denied", Denied), ("expired", Expired), ("cancelled", Cancelled)])
def test_each_refusal_has_its_own_exception(
    ask: Ask, scripted: ScriptedGate, status: str, outcome: type[Denied | Expired | Cancelled]
) -> None:
    scripted.plays(says(decided(status, decisionReason="not on a Friday")))
    with pytest.raises(outcome) as caught:
        wait(ask, scripted.url)
    assert (caught.value.reason, caught.value.decided_by) == ("not on a Friday", "slack:U1")


@pytest.mark.parametrize(
    "trouble",
    [
        Cut(),
        problem(500, "oops"),
        problem(503, "closing"),
        page("<h1>Bad gateway</h1>", 502),
        problem(429, "slow down", Retry_After="0"),
        Half(),
    ],
    ids=["cut", "500", "503", "502", "429", "half an answer"],
)
def test_a_storm_while_waiting_is_sat_out(ask: Ask, scripted: ScriptedGate, trouble: Answer | Cut | Half) -> None:
    scripted.plays(*[trouble] * 8, says(a_request()), trouble, says(decided("approved")))
    assert wait(ask, scripted.url).is_approved
    assert len(scripted.seen) == 11


def test_retry_after_is_honoured_up_to_the_deadline(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(problem(429, "slow down", Retry_After="600"))
    with pytest.raises(Unavailable, match="slow down"):
        wait(ask, scripted.url, timeout=0.2)
    assert len(scripted.seen) == 2  # once, and once more when our own time was over


def test_a_gate_that_is_not_there_is_unavailable_at_the_deadline(ask: Ask) -> None:
    nowhere = f"http://127.0.0.1:{free_port()}"
    with pytest.raises(Unavailable, match="could not be reached") as caught:
        wait(ask, nowhere, timeout=0.2)
    assert f"The gate at {nowhere} " in str(caught.value)
    assert "AGENTGATE_URL sets another" in str(caught.value)


@pytest.mark.parametrize("weather", [Silence(), Drip()])
def test_one_deadline_covers_a_gate_that_never_finishes(
    ask: Ask, scripted: ScriptedGate, weather: Silence | Drip
) -> None:
    scripted.plays(weather)
    with pytest.raises(Unavailable):
        wait(ask, scripted.url, timeout=0.1)
    assert len(scripted.seen) == 1


def test_nobody_deciding_is_a_wait_timeout_with_the_pending_request(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(Cut(), says(a_request()))
    with pytest.raises(WaitTimeout) as caught:
        wait(ask, scripted.url, timeout=0.2)
    assert caught.value.request is not None
    assert caught.value.request.code == "k7qm-3vtx"


def test_an_outage_at_the_deadline_is_unavailable_although_it_was_pending_before(
    ask: Ask, scripted: ScriptedGate
) -> None:
    scripted.plays(says(a_request()), problem(503, "the database is gone"))
    with pytest.raises(Unavailable, match="the database is gone"):
        wait(ask, scripted.url, timeout=0.2)


@pytest.mark.parametrize(
    "nonsense",
    [
        page("<html>approved</html>"),
        says("approved"),
        says(["approved"]),
        says({"status": "approved"}),
        says(decided("approved") | {"status": "yes"}),
        says(decided("approved") | {"status": True}),
        says(decided("approved") | {"status": "Approved"}),
        says(decided("approved") | {"approvals": "many"}),
        says(decided("approved") | {"decidedAt": "yesterday"}),
        says(decided("approved", id="req_01jother")),
        says(decided("approved", code="aaaa-bbbb", id="k7qm3vtx")),
        Answer(204, b""),
        Answer(200, b"[" * 100_000),
        Answer(200, b"\xff\xfe"),
        says(decided("approved"), 302, Location="/elsewhere"),
        says(decided("approved"), 304),
    ],
)
def test_nonsense_is_never_an_approval(ask: Ask, scripted: ScriptedGate, nonsense: Answer) -> None:
    scripted.plays(nonsense)
    with pytest.raises(Unavailable):
        wait(ask, scripted.url, timeout=1)


def test_an_approval_of_something_else_under_the_same_id_does_not_count(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), says(decided("approved", digest="sha256:" + "cd" * 32)))
    made = ask(scripted.url, "request", "deploy.prod", {"env": "prod"})
    with pytest.raises(Unavailable, match="digest"):
        wait(ask, scripted.url, made)


def test_an_approval_that_lost_its_digest_does_not_count(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), says(decided("approved", digest=None)))
    made = ask(scripted.url, "request", "deploy.prod")
    with pytest.raises(Unavailable, match="digest"):
        wait(ask, scripted.url, made)


@pytest.mark.parametrize(
    "lie",
    [
        {"action": "read.docs"},
        {"params": {"env": "dev"}},
        {"params": {"env": "dev"}, "digest": None},
        {"params": {"on": 1}},
        {"params": {"on": True}, "digest": "sha256:" + "ab" * 32},
        {"params": {"env": "dev"}, "digest": digest_of("deploy.prod", {"on": True})},
    ],
)
def test_an_answer_about_anything_else_than_what_was_asked_is_not_ours(
    ask: Ask, scripted: ScriptedGate, lie: dict[str, Any]
) -> None:
    scripted.plays(says(decided("approved", **lie), 201))
    with pytest.raises(Unavailable, match="another action, or other parameters"):
        ask(scripted.url, "request", "deploy.prod", {"on": True})


def test_a_gate_that_knows_no_digests_is_compared_by_what_it_says(ask: Ask, scripted: ScriptedGate) -> None:
    same = {"params": {"on": True, "n": 1.0}, "digest": None}
    other = says(decided("approved", params={"on": 1}, digest=None))
    scripted.plays(says(a_request(**same), 201), says(decided("approved", **same)), other)
    made = ask(scripted.url, "request", "deploy.prod", {"n": 1, "on": True})
    assert wait(ask, scripted.url, made).is_approved
    with pytest.raises(Unavailable, match="digest"):
        wait(ask, scripted.url, made)


def test_a_short_code_may_be_typed_loosely(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("approved")))
    assert wait(ask, scripted.url, "K7QM3VTX").is_approved


@pytest.mark.parametrize(("status", "error"), [(401, Unauthorized), (404, NotFound)])
def test_other_4xx_end_the_wait_at_once(ask: Ask, scripted: ScriptedGate, status: int, error: type[Exception]) -> None:
    scripted.plays(problem(status, "no such thing"))
    with pytest.raises(error, match="no such thing"):
        wait(ask, scripted.url)
    assert len(scripted.seen) == 1


def test_without_a_key_it_is_said_once_which_setting_is_missing(
    scripted: ScriptedGate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("AGENTGATE_API_KEY", raising=False)
    scripted.plays(problem(401, "No API key was sent; send `Authorization: Bearer agk_…`."))
    with AgentGate(scripted.url) as gate, pytest.raises(Unauthorized) as refusal:
        gate.get("k7qm-3vtx")
    assert str(refusal.value) == "No API key was sent; set AGENTGATE_API_KEY."


def test_what_is_final_already_needs_no_wait(ask: Ask, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("denied"), 201))
    made = ask(scripted.url, "request", "deploy.prod")
    with pytest.raises(Denied):
        wait(ask, scripted.url, made)
    assert len(scripted.seen) == 1
