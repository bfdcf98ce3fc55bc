"""The commands that look and those that administer."""

import json
from pathlib import Path

from tests.sdk.command import Cli, document
from tests.sdk.scripted_gate import ScriptedGate, a_request, decided, says

ID = a_request()["id"]
POLICY = {
    "id": "pol_1",
    "name": "prod",
    "priority": 10,
    "enabled": True,
    "rules": [{"match": {}, "decision": "auto_deny"}],
}
AGENT_KEY = {"id": "key_1", "name": "bot", "scopes": ["request:create"], "rateLimit": 60, "active": True}
ENTRY = {
    "id": "evt_1",
    "requestId": ID,
    "eventType": "request.approved",
    "actor": "slack:U1",
    "details": {},
    "createdAt": "2026-01-31T10:05:00Z",
    "request": {"id": ID, "action": "deploy.prod", "status": "approved", "urgency": "normal"},
}
PAGINATION = {"total": 1, "limit": 50, "offset": 0, "hasMore": False, "nextCursor": None}


def test_a_list_in_a_pipe_is_one_line_a_request_with_tabs(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says({"requests": [a_request(), decided("denied")], "pagination": PAGINATION}))
    listed = cli("list", "--status", "pending", "--requested-by", "api:deploy-bot", "--limit", "2")
    cells = [line.split("\t") for line in listed.stdout.splitlines()]
    assert [(row[0], row[1], row[2]) for row in cells] == [
        ("k7qm-3vtx", "pending", "deploy.prod"),
        ("k7qm-3vtx", "denied", "deploy.prod"),
    ]
    assert scripted.seen[0].query == {"status": "pending", "requestedBy": "api:deploy-bot", "limit": "2"}


def test_show_tells_everything_and_the_history(cli: Cli, scripted: ScriptedGate) -> None:
    request = decided("approved", context={"reason": "release 7"}, decisionReason="fine")
    scripted.plays(says(request), says([ENTRY]), says(request), says([ENTRY]))
    shown = cli("show", "k7qm-3vtx")
    for expected in (
        "deploy.prod",
        "slack:U1",
        "fine",
        "release 7",
        "prod, rule 1",
        request["digest"],
        "request.approved",
    ):
        assert expected in shown.stdout
    assert document(cli("show", "k7qm-3vtx", "--json")) == {**request, "history": [ENTRY]}


def test_show_has_no_heading_over_nothing(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says(a_request()), says([ENTRY]))
    shown = cli("show", "k7qm-3vtx").stdout
    assert "Parameters" in shown
    assert "Agent says" not in shown


def test_audit_passes_its_filters_on(cli: Cli, scripted: ScriptedGate) -> None:
    answer = {"entries": [ENTRY], "pagination": {**PAGINATION, "hasMore": True, "nextCursor": "abc"}}
    scripted.plays(says(answer))
    found = cli(
        "audit", "--event", "approved", "--from", "2026-01-31", "--to", "2026-02-01T12:00:00+02:00", "--request", ID
    )
    assert "request.approved" in found.stdout
    assert "--cursor abc" in found.stderr
    times = {"from": "2026-01-31T00:00:00Z", "to": "2026-02-01T10:00:00Z"}
    assert scripted.seen[0].query == {"eventType": "approved", "requestId": ID, **times}
    assert document(cli("audit", "--json")) == answer


def test_a_new_key_alone_is_on_standard_output(cli: Cli, scripted: ScriptedGate) -> None:
    scripted.plays(says({**AGENT_KEY, "key": "agk_new", "message": "Keep it."}, 201))
    made = cli("keys", "create", "bot", "request:create,request:read", "audit:read", "--rate", "60")
    assert (made.returncode, made.stdout) == (0, "agk_new\n")
    scopes = ["request:create", "request:read", "audit:read"]
    assert scripted.seen[0].body == {"name": "bot", "scopes": scopes, "rateLimit": 60}


def test_keys_are_changed_and_revoked_by_name(cli: Cli, scripted: ScriptedGate) -> None:
    revoked = {**AGENT_KEY, "id": "key_0", "active": False, "expiresAt": "2031-02-03T04:05:06.000Z"}
    known = says({"keys": [revoked, AGENT_KEY]})
    scripted.plays(known, says(AGENT_KEY), known, says({"success": True, "id": "key_1"}), known)
    assert cli("keys", "update", "bot", "--scopes", "request:create").returncode == 0
    assert document(cli("keys", "revoke", "bot", "--json")) == {"success": True, "id": "key_1"}
    listed = cli("keys", "list").stdout
    assert listed.count("bot") == 2
    assert listed.count("2031-02-03") == 1
    changes = [(seen.method, seen.path, seen.body) for seen in scripted.seen if seen.method != "GET"]
    assert changes == [
        ("PATCH", "/api/api-keys/key_1", {"scopes": ["request:create"]}),
        ("DELETE", "/api/api-keys/key_1", None),
    ]


def test_policies_are_kept_from_files(cli: Cli, scripted: ScriptedGate, tmp_path: Path) -> None:
    file = tmp_path / "policy.json"
    file.write_text(json.dumps({"name": "prod", "rules": []}))
    known = says({"policies": [POLICY], "pagination": PAGINATION})
    scripted.plays(
        says(POLICY, 201), known, says(POLICY), known, says({"success": True, "id": "pol_1"}), known, says(POLICY)
    )
    assert document(cli("policies", "create", str(file), "--json")) == POLICY
    assert document(cli("policies", "update", "prod", str(file), "--json")) == POLICY
    assert document(cli("policies", "delete", "prod", "--json")) == {"success": True, "id": "pol_1"}
    assert "auto_deny" in cli("policies", "show", "prod").stdout
    changes = [(seen.method, seen.path) for seen in scripted.seen if seen.method != "GET"]
    assert changes == [("POST", "/api/policies"), ("PUT", "/api/policies/pol_1"), ("DELETE", "/api/policies/pol_1")]


def test_trying_an_action_explains_itself(cli: Cli, scripted: ScriptedGate) -> None:
    tried = [
        {"policy": "prod", "rule": 0, "decision": "auto_deny", "matched": False, "whyNot": ["params.env is not prod"]},
        {"policy": "rest", "rule": 1, "decision": "auto_approve", "matched": True, "whyNot": []},
    ]
    scripted.plays(says({"decision": "auto_approve", "policy": "rest", "rule": 1, "tried": tried}))
    told = cli("policies", "try", "deploy.prod", "--param", "env=dev")
    assert "auto_approve by rest, rule 2" in told.stdout
    assert "params.env is not prod" in told.stdout
    assert scripted.seen[0].body == {"action": "deploy.prod", "params": {"env": "dev"}, "context": {}}
