"""Keeping and trying policies over HTTP."""

from typing import Any

import httpx
import pytest

from gateway.events import PolicySaved
from gateway.search import audit_page
from models.events import EventFilter

PROD = {
    "name": "prod",
    "priority": 10,
    "rules": [
        {
            "match": {"action": {"$glob": "deploy.*"}, "params.env": "prod"},
            "decision": "route_to_human",
            "approvers": ["slack:S0SRE", "discord:role:77", "email:lead@example.com"],
            "channels": ["slack:#prod", "email:lead@example.com"],
            "approvalsNeeded": 2,
            "requireReason": True,
            "expiresInSec": 1800,
            "remindAfterSec": 600,
            "escalateAfterSec": 1200,
            "escalateTo": ["slack:#sre-leads"],
        }
    ],
}


@pytest.fixture
async def prod(as_admin: httpx.AsyncClient) -> dict[str, Any]:
    """The policy of the contract's example, saved."""
    answer = await as_admin.post("/api/policies", json=PROD)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_saved_policy_reads_as_it_was_written(as_admin: httpx.AsyncClient, prod: dict[str, Any]) -> None:
    assert prod["enabled"] is True
    assert {name: prod[name] for name in PROD} == PROD
    assert (await as_admin.get(f"/api/policies/{prod['id']}")).json() == prod


async def test_a_name_is_taken_once(as_admin: httpx.AsyncClient, prod: dict[str, Any]) -> None:
    assert (await as_admin.post("/api/policies", json=PROD)).status_code == 409
    other = (await as_admin.post("/api/policies", json=PROD | {"name": "other"})).json()
    assert (await as_admin.put(f"/api/policies/{other['id']}", json={"name": "prod"})).status_code == 409


async def test_a_change_keeps_what_it_leaves_out(as_admin: httpx.AsyncClient, prod: dict[str, Any]) -> None:
    changed = (await as_admin.put(f"/api/policies/{prod['id']}", json={"enabled": False, "priority": 3})).json()
    assert (changed["enabled"], changed["priority"], changed["rules"]) == (False, 3, prod["rules"])


@pytest.mark.parametrize("name", ["name", "rules", "priority", "enabled"])
async def test_no_part_of_a_policy_can_be_taken_away(
    as_admin: httpx.AsyncClient, prod: dict[str, Any], name: str
) -> None:
    answer = await as_admin.put(f"/api/policies/{prod['id']}", json={name: None})
    assert (answer.status_code, answer.json()["field"]) == (400, name)


async def test_a_deleted_policy_is_gone_and_answers_no_more(
    as_admin: httpx.AsyncClient, as_agent: httpx.AsyncClient
) -> None:
    rules = [{"match": {}, "decision": "auto_deny"}]
    policy_id = (await as_admin.post("/api/policies", json={"name": "no", "rules": rules})).json()["id"]
    before = (await as_agent.post("/api/requests", json={"action": "x"})).json()["status"]
    assert (await as_admin.delete(f"/api/policies/{policy_id}")).json() == {"success": True, "id": policy_id}
    after = (await as_agent.post("/api/requests", json={"action": "x"})).json()["status"]
    assert (before, after) == ("denied", "pending")
    assert (await as_admin.delete(f"/api/policies/{policy_id}")).status_code == 404


async def test_policies_are_listed_as_they_are_asked(as_admin: httpx.AsyncClient) -> None:
    for name, priority in (("b", 5), ("a", 5), ("c", 1)):
        await as_admin.post("/api/policies", json={"name": name, "priority": priority, "rules": []})
    first = (await as_admin.get("/api/policies", params={"limit": 2})).json()
    rest = (await as_admin.get("/api/policies", params={"cursor": first["pagination"]["nextCursor"]})).json()
    assert [policy["name"] for policy in first["policies"] + rest["policies"]] == ["c", "a", "b"]
    assert rest["pagination"]["hasMore"] is False


async def test_a_page_that_is_none_is_refused(as_admin: httpx.AsyncClient) -> None:
    assert (await as_admin.get("/api/policies", params={"cursor": "x"})).status_code == 400


@pytest.mark.parametrize(
    ("rule", "place"),
    [
        ({"match": {"action": {"$like": "x"}}, "decision": "auto_deny"}, "rules[0].match.action.$like"),
        ({"match": {"action": {"$regex": "("}}, "decision": "auto_deny"}, "rules[0].match.action.$regex"),
        ({"match": {"action": {"$regex": "(?=x)"}}, "decision": "auto_deny"}, "rules[0].match.action.$regex"),
        ({"match": {}, "decision": "maybe"}, "rules[0].decision"),
        ({"match": {}}, "rules[0].decision"),
        ({"match": [], "decision": "auto_deny"}, "rules[0].match"),
        ({"decision": "route_to_human", "approvalsNeeded": 0}, "rules[0].approvalsNeeded"),
        ({"decision": "route_to_human", "approvalsNeeded": True}, "rules[0].approvalsNeeded"),
        ({"decision": "route_to_human", "expiresInSec": -1}, "rules[0].expiresInSec"),
        ({"decision": "route_to_human", "channels": ["slack"]}, "rules[0].channels[0]"),
        ({"decision": "route_to_human", "channels": "slack:#x"}, "rules[0].channels"),
        ({"decision": "route_to_human", "approvers": ["nobody"]}, "rules[0].approvers[0]"),
        ({"decision": "route_to_human", "escalateTo": [7]}, "rules[0].escalateTo[0]"),
        ({"decision": "route_to_human", "aprovers": []}, "rules[0].aprovers"),
    ],
)
async def test_a_rule_that_could_not_be_evaluated_is_refused_with_its_place(
    as_admin: httpx.AsyncClient, rule: dict[str, Any], place: str
) -> None:
    answer = await as_admin.post("/api/policies", json={"name": "p", "rules": [rule]})
    assert answer.status_code == 400
    assert answer.json()["field"] == place
    assert (await as_admin.get("/api/policies")).json()["policies"] == []


@pytest.mark.parametrize(
    "body",
    [
        {},
        {"name": "", "rules": []},
        {"name": "p"},
        {"name": "p", "rules": {}},
        {"name": "p", "rules": [], "priority": "1"},
        {"name": "p", "rules": [], "priority": 1.5},
        {"name": "p", "rules": [], "priority": True},
        {"name": "p", "rules": [], "enabled": 1},
        {"name": "a\nb", "rules": []},
        {"name": "p", "rules": [], "priority": 10**12},
    ],
)
async def test_a_policy_that_is_none_is_refused(as_admin: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await as_admin.post("/api/policies", json=body)).status_code == 400


async def test_trying_tells_which_rule_answers_and_why_others_do_not(
    as_admin: httpx.AsyncClient, prod: dict[str, Any]
) -> None:
    body = {"name": "rest", "priority": 20, "rules": [{"match": {}, "decision": "auto_deny"}]}
    await as_admin.post("/api/policies", json=body)
    asked = {"action": "deploy.api", "params": {"env": "dev"}}
    answer = (await as_admin.post("/api/policies/try", json=asked)).json()
    assert (answer["decision"], answer["policy"], answer["rule"]) == ("auto_deny", "rest", 0)
    assert [tried["matched"] for tried in answer["tried"]] == [False, True]
    assert "params.env is “dev”" in answer["tried"][0]["whyNot"][0]


async def test_trying_needs_an_ask(as_admin: httpx.AsyncClient) -> None:
    assert (await as_admin.post("/api/policies/try", json={"params": {}})).status_code == 400


async def test_every_change_leaves_an_audit_entry(as_admin: httpx.AsyncClient, prod: dict[str, Any]) -> None:
    await as_admin.put(f"/api/policies/{prod['id']}", json={"enabled": False})
    await as_admin.delete(f"/api/policies/{prod['id']}")
    trail = (await as_admin.get("/api/audit", params={"actor": "api:admin"})).json()["entries"]
    assert [entry["eventType"] for entry in trail] == ["policy.deleted", "policy.saved", "policy.saved"]
    assert trail[1]["details"]["enabled"] is False
    assert (await audit_page(EventFilter(type=PolicySaved.type), limit=10)).total == 2
