"""The command `agentgate` as scripts use it: asking, waiting, deciding, exit codes, one JSON document."""

import json
import signal
import subprocess
import sys

import pytest

from tests.sdk.command import Cli, document
from tests.sdk.scripted_gate import KEY, ScriptedGate, Silence, a_request, decided, page, problem, says

ID = a_request()["id"]


def test_asking_prints_how_to_wait_and_succeeds(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(warnings=["Nobody can decide this."]), 201))
    asked = cli("request", "deploy.prod", "--param", "env=prod", "--reason", "release", "--expires-in", "15m")
    assert asked.returncode == 0
    assert "k7qm-3vtx" in asked.stdout
    assert ID in asked.stdout
    assert "agentgate wait k7qm-3vtx" in asked.stdout
    assert "Nobody can decide this." in asked.stderr
    assert scripted.seen[0].headers["Authorization"] == f"Bearer {KEY}"
    expected = {"action": "deploy.prod", "params": {"env": "prod"}, "context": {"reason": "release"}}
    assert scripted.seen[0].body == {**expected, "expiresInSec": 900}


@pytest.mark.parametrize(
    ("status", "code"), [("approved", 0), ("denied", 3), ("expired", 4), ("cancelled", 6), ("pending", 5)]
)
def test_waiting_tells_the_outcome_by_exit_code_and_one_document(
    cli: Cli, scripted: ScriptedGate, status: str, code: int
) -> None:
    final = a_request() if status == "pending" else decided(status, decisionReason="because")
    scripted.plays(says(a_request(), 201), says(final))
    waited = cli("request", "deploy.prod", "-p", "env=prod", "--wait", "0s" if status == "pending" else "20s", "--json")
    assert waited.returncode == code
    assert document(waited) == final
    assert "deploy.prod (k7qm-3vtx)" in waited.stderr


def test_what_a_policy_has_answered_is_not_waited_for(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("approved"), 201))
    asked = cli("request", "deploy.prod", "--wait", "20s")
    assert (asked.returncode, asked.stdout) == (0, "deploy.prod is approved by slack:U1\n")
    assert asked.stderr == ""


def test_a_denial_says_who_and_why(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("denied", decisionReason="not on a Friday")))
    waited = cli("wait", "k7qm-3vtx")
    assert (waited.returncode, waited.stdout) == (3, "deploy.prod was denied by slack:U1: not on a Friday\n")


def test_running_out_of_patience_says_how_to_go_on(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request()))
    waited = cli("wait", ID, "--timeout", "0")
    assert waited.returncode == 5
    assert f"agentgate wait {ID}" in waited.stdout
    assert f"agentgate cancel {ID}" in waited.stdout


def test_an_absent_gate_is_its_own_outcome(cli: Cli) -> None:
    nowhere = cli("list", "--json", AGENTGATE_URL="http://127.0.0.1:9")
    assert nowhere.returncode == 7
    assert document(nowhere)["code"] == "unavailable"


def test_nonsense_while_waiting_keeps_the_request_findable(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), page("<html>approved</html>"))
    waited = cli("request", "deploy.prod", "--wait", "20s", "--json")
    assert waited.returncode == 7
    assert (document(waited)["code"], document(waited)["requestId"]) == ("unavailable", ID)


def test_a_refusal_of_the_gate_is_one_json_document(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(problem(403, "This key lacks the scope request:decide.", "forbidden"))
    refused = cli("approve", ID, "--json")
    assert refused.returncode == 1
    sentence = "This key lacks the scope request:decide."
    assert document(refused) == {"error": sentence, "code": "forbidden", "status": 403, "reference": "r1"}
    assert sentence in refused.stderr


def test_a_missing_reason_names_the_option(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(problem(400, "k7qm-3vtx needs a reason: say why.", "reason_required"))
    refused = cli("approve", "k7qm-3vtx")
    assert refused.returncode == 1
    assert "k7qm-3vtx needs a reason: say why. Give it with --reason TEXT." in refused.stderr


def test_losing_the_race_shows_the_winner(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(
        says({"detail": "Already denied by slack:U1.", "code": "conflict", "request": decided("denied")}, 409)
    )
    late = cli("approve", ID, "--json")
    assert (late.returncode, document(late)["request"]["decidedBy"]) == (1, "slack:U1")


def test_an_idempotency_key_is_passed_on(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 200))
    cli("request", "deploy.prod", "--idempotency-key", "run-7")
    assert scripted.seen[0].headers["Idempotency-Key"] == "run-7"


@pytest.mark.parametrize(
    ("arguments", "answer", "method", "path", "body"),
    [
        (
            ["approve", ID, "--reason", "ok"],
            decided("approved"),
            "POST",
            "decide",
            {"decision": "approved", "reason": "ok"},
        ),
        (["deny", ID], decided("denied"), "POST", "decide", {"decision": "denied"}),
        (["cancel", ID], decided("cancelled"), "POST", "cancel", {}),
        (["confirm", ID, "--result", '{"sent": 3}'], decided("approved"), "POST", "confirm", {"result": {"sent": 3}}),
    ],
)
def test_changing_commands_say_what_they_mean(
    cli: Cli, scripted: ScriptedGate, arguments: list[str], answer: object, method: str, path: str, body: object
) -> None:
    scripted.plays(says(answer))
    changed = cli(*arguments, "--json")
    assert (changed.returncode, document(changed)) == (0, answer)
    seen = scripted.seen[0]
    assert (seen.method, seen.path, seen.body) == (method, f"/api/requests/{ID}/{path}", body)


def test_a_vote_that_is_not_enough_says_so(cli: Cli, scripted: ScriptedGate) -> None:
    votes = [{"by": "api:ops", "decision": "approved", "reason": None, "at": "2026-01-31T10:05:00Z"}]
    scripted.plays(says(a_request(approvals=votes, approvalsNeeded=2)))
    voted = cli("approve", ID)
    assert voted.returncode == 0
    assert "1 of 2" in voted.stdout


def test_status_is_one_word(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(decided("denied")))
    asked = cli("status", "k7qm-3vtx")
    assert (asked.returncode, asked.stdout) == (0, "denied\n")


def test_ctrl_c_leaves_the_request_and_says_how_to_go_on(environment: dict[str, str], scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request(), 201), Silence())
    command = [sys.executable, "-m", "agentgate", "request", "deploy.prod", "--wait", "15m", "--json"]
    with subprocess.Popen(
        command, env=environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    ) as waiting:
        scripted.wait_for_requests(2)
        waiting.send_signal(signal.SIGINT)
        told, remarks = waiting.communicate(timeout=20)
    assert waiting.returncode == 130
    assert json.loads(told) == {"error": json.loads(told)["error"], "code": "interrupted", "requestId": ID}
    assert "agentgate wait k7qm-3vtx" in remarks
    assert "agentgate cancel k7qm-3vtx" in remarks


def test_an_urgency_that_is_none_is_a_mistake_in_usage(cli: Cli, scripted: ScriptedGate) -> None:
    asked = cli("request", "deploy.prod", "--urgency", "asap")
    assert asked.returncode == 2
    assert "low, normal, high, critical" in asked.stderr
    assert scripted.seen == []
