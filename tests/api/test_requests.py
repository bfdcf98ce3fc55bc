"""Asking, reading, waiting, deciding, cancelling, confirming over HTTP."""

import asyncio
import hashlib
from datetime import datetime, timedelta
from typing import Any

import httpx
import pytest
import rfc8785

from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.permission import Trust
from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from models.words import Scope
from tests.api.served import Api
from tests.clock import Clock

DEPLOY = {"action": "deploy.prod", "params": {"env": "prod"}}


async def ask(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/requests", json=DEPLOY | body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def somebody_waits(gate: Gate) -> str:
    """Let the server run until a call waits, and return for which request."""
    while not gate.waiters.request_ids:  # noqa: ASYNC110 - the server has no bell for a test to wait for
        await asyncio.sleep(0)
    return next(iter(gate.waiters.request_ids))


async def with_rule(gate: Gate, name: str = "rule", priority: int = 10, **rule: Any) -> None:
    rules = [{"match": {}, "decision": "route_to_human"} | rule]
    await create_policy(gate, PolicyDraft(name, rules, priority), by=SYSTEM_START)


class TestAsking:
    async def test_a_new_request_waits_with_everything_the_contract_names(self, as_agent: httpx.AsyncClient) -> None:
        request = await ask(as_agent, context={"reason": "release"}, urgency="high")
        assert request["status"] == "pending"
        assert request["requestedBy"] == "api:agent"
        assert request["urgency"] == "high"
        assert request["approvals"] == []
        assert request["approvalsNeeded"] == 1
        assert request["policyDecision"]["decision"] == "route_to_human"
        assert request["url"].endswith(f"/requests/{request['id']}")
        assert 3_599_000 < request["slaRemainingMs"] <= 3_600_000
        assert "warnings" not in request

    async def test_the_digest_is_that_of_the_canonical_json(self, as_agent: httpx.AsyncClient) -> None:
        params: dict[str, Any] = {"z": 1, "a": [1.0, 1e2, "ü"]}
        request = await ask(as_agent, params=params)
        canonical = rfc8785.dumps({"action": "deploy.prod", "params": params})
        assert request["digest"] == f"sha256:{hashlib.sha256(canonical).hexdigest()}"

    async def test_params_come_back_as_they_were_sent(self, as_agent: httpx.AsyncClient) -> None:
        params: dict[str, Any] = {"z": 1, "a": {"ü": [None, True, -0.5, 2**53, "\u202e"]}, "": ""}
        request = await ask(as_agent, params=params)
        shown = (await as_agent.get(f"/api/requests/{request['id']}")).json()
        assert shown["params"] == params
        assert list(shown["params"]) == ["z", "a", ""]

    async def test_id_and_code_lead_to_the_same_request_however_typed(self, as_agent: httpx.AsyncClient) -> None:
        request = await ask(as_agent)
        for ref in (request["id"].upper(), request["code"], request["code"].replace("-", "").upper()):
            assert (await as_agent.get(f"/api/requests/{ref}")).json()["id"] == request["id"]

    async def test_expiry_is_as_asked(self, as_agent: httpx.AsyncClient, clock: Clock) -> None:
        in_a_minute = await ask(as_agent, expiresInSec=60)
        at = (clock() + timedelta(minutes=5)).isoformat()
        at_a_time = await ask(as_agent, expiresAt=at)
        assert abs(datetime.fromisoformat(in_a_minute["expiresAt"]) - clock() - timedelta(minutes=1)).seconds < 1
        assert abs((datetime.fromisoformat(at_a_time["expiresAt"]) - datetime.fromisoformat(at)).total_seconds()) < 0.01

    async def test_a_rule_can_only_shorten_it(self, gate: Gate, as_agent: httpx.AsyncClient) -> None:
        await with_rule(gate, expiresInSec=60)
        lasts = [
            (await ask(as_agent, **given))["slaRemainingMs"]
            for given in ({}, {"expiresInSec": 30}, {"expiresInSec": 90})
        ]
        assert lasts == [60_000, 30_000, 60_000]

    async def test_the_same_idempotency_key_returns_the_first_request(self, as_agent: httpx.AsyncClient) -> None:
        first = await as_agent.post("/api/requests", json=DEPLOY, headers={"Idempotency-Key": "one"})
        again = await as_agent.post("/api/requests", json=DEPLOY | {"idempotencyKey": "one"})
        assert (first.status_code, again.status_code) == (201, 200)
        assert first.json()["id"] == again.json()["id"]

    async def test_another_body_under_the_key_is_a_conflict(self, as_agent: httpx.AsyncClient) -> None:
        await ask(as_agent, idempotencyKey="one")
        answer = await as_agent.post("/api/requests", json=DEPLOY | {"idempotencyKey": "one", "urgency": "low"})
        assert answer.status_code == 409
        assert "one" in answer.json()["detail"]

    async def test_another_api_key_has_its_own_idempotency_keys(self, api: Api, as_agent: httpx.AsyncClient) -> None:
        mine = await ask(as_agent, idempotencyKey="one")
        theirs = await ask(await api.with_scopes(Scope.REQUEST_CREATE), idempotencyKey="one")
        assert mine["id"] != theirs["id"]

    async def test_twenty_at_once_under_one_key_make_one_request(self, as_agent: httpx.AsyncClient) -> None:
        calls = [as_agent.post("/api/requests", json=DEPLOY | {"idempotencyKey": "one"}) for _ in range(20)]
        answers = await asyncio.gather(*calls)
        assert len({answer.json()["id"] for answer in answers}) == 1
        assert sorted(answer.status_code for answer in answers) == [200] * 19 + [201]

    async def test_header_and_body_that_differ_are_refused(self, as_agent: httpx.AsyncClient) -> None:
        answer = await as_agent.post(
            "/api/requests", json=DEPLOY | {"idempotencyKey": "two"}, headers={"Idempotency-Key": "one"}
        )
        assert answer.status_code == 400

    async def test_a_policy_may_answer_at_once(self, gate: Gate, as_agent: httpx.AsyncClient) -> None:
        await with_rule(gate, "yes", decision="auto_approve", match={"action": {"$glob": "read.*"}})
        await with_rule(gate, "no", priority=20, decision="auto_deny")
        approved = await ask(as_agent, action="read.file")
        denied = await ask(as_agent)
        assert (approved["status"], approved["decidedBy"], approved["decidedByType"]) == (
            "approved",
            "policy:yes",
            "policy",
        )
        assert (denied["status"], denied["decidedBy"]) == ("denied", "policy:no")
        assert denied["policyDecision"] == {
            "decision": "auto_deny",
            "policy": "no",
            "rule": 0,
            "approvers": [],
            "channels": [],
        }


class TestWithNobodyToTell:
    @pytest.fixture
    def options(self) -> Options:
        return Options(rate_limit_rpm=100_000)

    async def test_the_answer_warns(self, as_agent: httpx.AsyncClient) -> None:
        assert "request:decide" in (await ask(as_agent))["warnings"][0]


class TestReading:
    async def test_pages_go_newest_first_and_show_each_once(
        self, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient
    ) -> None:
        made = [(await ask(as_agent, params={"number": number}))["id"] for number in range(5)]
        seen: list[str] = []
        query = {"limit": "2"}
        while True:
            page = (await as_admin.get("/api/requests", params=query)).json()
            seen += [request["id"] for request in page["requests"]]
            assert page["pagination"]["total"] == 5
            if not page["pagination"]["hasMore"]:
                break
            query["cursor"] = page["pagination"]["nextCursor"]
        assert seen == made[::-1]

    async def test_an_offset_skips(self, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient) -> None:
        made = [(await ask(as_agent))["id"] for _ in range(3)]
        page = (await as_admin.get("/api/requests", params={"offset": 1, "limit": 1})).json()
        assert [request["id"] for request in page["requests"]] == [made[1]]
        assert page["pagination"]["offset"] == 1

    @pytest.mark.parametrize(
        ("query", "found"),
        [
            ({"status": "pending"}, 2),
            ({"status": "approved"}, 0),
            ({"action": "deploy.prod"}, 1),
            ({"urgency": "low"}, 1),
            ({"requestedBy": "api:agent"}, 2),
            ({"requestedBy": "api:other"}, 0),
            ({"action": "a.b", "urgency": "normal"}, 0),
        ],
    )
    async def test_filters(
        self, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient, query: dict[str, str], found: int
    ) -> None:
        await ask(as_agent)
        await ask(as_agent, action="a.b", urgency="low")
        assert (await as_admin.get("/api/requests", params=query)).json()["pagination"]["total"] == found

    @pytest.mark.parametrize(
        "query",
        [
            "limit=0",
            "limit=-1",
            "limit=101",
            "limit=1.5",
            "limit=many",
            "limit=",
            "offset=-1",
            "offset=99999999999",
            "status=open",
            "urgency=loud",
            "cursor=nonsense",
            "cursor=%00",
            "action=",
            "action=a&action=b",
            "requestedBy=%00",
            "action=" + "a" * 201,
            "requestedBy=" + "a" * 256,
        ],
    )
    async def test_a_query_that_cannot_be_read_is_refused(self, as_admin: httpx.AsyncClient, query: str) -> None:
        answer = await as_admin.get(f"/api/requests?{query}")
        assert answer.status_code == 400
        assert query.partition("=")[0] in answer.json()["detail"]

    async def test_an_asker_reads_its_own_and_nothing_else(self, api: Api, as_agent: httpx.AsyncClient) -> None:
        request = await ask(as_agent)
        other = await api.with_scopes(Scope.REQUEST_CREATE)
        assert (await as_agent.get(f"/api/requests/{request['id']}")).status_code == 200
        assert (await as_agent.get(f"/api/requests/{request['id']}/audit")).status_code == 200
        for path in (f"/api/requests/{request['id']}", f"/api/requests/{request['id']}/audit"):
            answer = await other.get(path)
            assert answer.status_code == 403
            assert "request:read" in answer.json()["detail"]

    async def test_a_new_key_of_the_same_name_is_not_the_asker(
        self, api: Api, gate: Gate, agent: NewKey, admin: NewKey
    ) -> None:
        request = await ask(api.client(agent))
        as_admin = api.client(admin)
        await as_admin.delete(f"/api/api-keys/{agent.key.id}")
        made = await as_admin.post("/api/api-keys", json={"name": "agent", "scopes": ["request:create"]})
        namesake = api.client(made.json()["key"])
        assert (await namesake.get(f"/api/requests/{request['id']}")).status_code == 403
        assert (await namesake.post(f"/api/requests/{request['id']}/cancel")).status_code == 403

    async def test_the_history_is_told_oldest_first(
        self, as_agent: httpx.AsyncClient, as_approver: httpx.AsyncClient
    ) -> None:
        request = await ask(as_agent)
        await as_approver.post(f"/api/requests/{request['id']}/decide", json={"decision": "denied", "reason": "no"})
        entries = (await as_approver.get(f"/api/requests/{request['id']}/audit")).json()
        assert [entry["eventType"] for entry in entries] == [
            "request.created",
            "request.pending",
            "request.denied",
            "request.decided",
        ]
        assert entries[2]["details"]["reason"] == "no"
        assert {entry["details"]["digest"] for entry in entries[2:]} == {request["digest"]}
        assert entries[0]["actor"] == "api:agent"


class TestWaiting:
    async def test_a_wait_ends_with_the_decision(
        self, gate: Gate, as_agent: httpx.AsyncClient, as_approver: httpx.AsyncClient, request_id: str
    ) -> None:
        waiting = asyncio.create_task(as_agent.get(f"/api/requests/{request_id}", params={"wait": 30}))
        await somebody_waits(gate)
        await as_approver.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
        assert (await waiting).json()["status"] == "approved"

    async def test_a_wait_that_runs_out_answers_with_the_pending_request(
        self, as_agent: httpx.AsyncClient, request_id: str
    ) -> None:
        answer = await as_agent.get(f"/api/requests/{request_id}", params={"wait": "0.05"})
        assert (answer.status_code, answer.json()["status"]) == (200, "pending")

    async def test_asking_can_wait_too_and_stays_a_201(
        self, gate: Gate, as_agent: httpx.AsyncClient, as_approver: httpx.AsyncClient
    ) -> None:
        asking = asyncio.create_task(as_agent.post("/api/requests", json=DEPLOY, params={"wait": 30}))
        request_id = await somebody_waits(gate)
        await as_approver.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
        answer = await asking
        assert (answer.status_code, answer.json()["status"]) == (201, "approved")

    @pytest.mark.parametrize("wait", ["-1", "61", "soon", "nan", "inf", "1_0", "５", "1e999", ""])
    async def test_a_wait_that_is_none_is_refused(
        self, as_agent: httpx.AsyncClient, request_id: str, wait: str
    ) -> None:
        assert (await as_agent.get(f"/api/requests/{request_id}", params={"wait": wait})).status_code == 400
        assert (await as_agent.post("/api/requests", json=DEPLOY, params={"wait": wait})).status_code == 400


class TestDeciding:
    async def test_the_decider_is_the_key_and_a_claim_is_only_a_claim(
        self, as_admin: httpx.AsyncClient, request_id: str
    ) -> None:
        body = {"decision": "approved", "reason": " fine ", "decidedBy": "slack:U1"}
        request = (await as_admin.post(f"/api/requests/{request_id}/decide", json=body)).json()
        entries = (await as_admin.get(f"/api/requests/{request_id}/audit")).json()
        assert (request["decidedBy"], request["decidedByType"], request["decisionReason"]) == (
            "api:admin",
            "human",
            "fine",
        )
        assert request["approvals"][0]["by"] == "api:admin"
        assert entries[2]["actor"] == entries[3]["actor"] == "api:admin"
        assert entries[2]["details"]["claimedBy"] == "slack:U1"

    async def test_the_second_answer_loses_and_is_told_who_won(
        self, as_admin: httpx.AsyncClient, as_approver: httpx.AsyncClient, request_id: str
    ) -> None:
        await as_admin.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
        answer = await as_approver.post(f"/api/requests/{request_id}/decide", json={"decision": "denied"})
        assert answer.status_code == 409
        assert "api:admin" in answer.json()["detail"]
        assert answer.json()["request"]["status"] == "approved"

    async def test_a_digest_of_something_else_is_a_conflict(self, as_admin: httpx.AsyncClient, request_id: str) -> None:
        body = {"decision": "approved", "digest": "sha256:" + "0" * 64}
        answer = await as_admin.post(f"/api/requests/{request_id}/decide", json=body)
        assert answer.status_code == 409
        assert answer.json()["request"]["status"] == "pending"

    async def test_the_right_digest_passes(self, as_admin: httpx.AsyncClient, request_id: str) -> None:
        digest = (await as_admin.get(f"/api/requests/{request_id}")).json()["digest"]
        body = {"decision": "approved", "digest": digest}
        assert (await as_admin.post(f"/api/requests/{request_id}/decide", json=body)).status_code == 200

    async def test_nobody_decides_what_they_asked_not_even_an_admin(self, as_admin: httpx.AsyncClient) -> None:
        request = await ask(as_admin)
        answer = await as_admin.post(f"/api/requests/{request['id']}/decide", json={"decision": "approved"})
        assert answer.status_code == 403
        assert (await as_admin.get(f"/api/requests/{request['id']}")).json()["status"] == "pending"

    async def test_a_quorum_needs_two_different_keys(self, api: Api, gate: Gate, as_agent: httpx.AsyncClient) -> None:
        await with_rule(gate, approvalsNeeded=2)
        path = f"/api/requests/{(await ask(as_agent))['id']}/decide"
        one, two = [await api.with_scopes(Scope.REQUEST_DECIDE) for _ in range(2)]
        seen = [await client.post(path, json={"decision": "approved"}) for client in (one, one, two)]
        assert [(answer.status_code, answer.json()["status"]) for answer in seen] == [
            (200, "pending"),
            (200, "pending"),
            (200, "approved"),
        ]
        assert len(seen[1].json()["approvals"]) == 1

    async def test_two_votes_at_once_on_a_quorum_of_two_close_it(
        self, api: Api, gate: Gate, as_agent: httpx.AsyncClient
    ) -> None:
        await with_rule(gate, approvalsNeeded=2)
        request = await ask(as_agent)
        clients = [await api.with_scopes(Scope.REQUEST_DECIDE) for _ in range(2)]
        path = f"/api/requests/{request['id']}/decide"
        answers = await asyncio.gather(*(client.post(path, json={"decision": "approved"}) for client in clients))
        assert [answer.status_code for answer in answers] == [200, 200]
        assert (await as_agent.get(f"/api/requests/{request['id']}")).json()["status"] == "approved"

    async def test_one_denial_denies(self, api: Api, gate: Gate, as_agent: httpx.AsyncClient) -> None:
        await with_rule(gate, approvalsNeeded=3)
        path = f"/api/requests/{(await ask(as_agent))['id']}/decide"
        one, two = [await api.with_scopes(Scope.REQUEST_DECIDE) for _ in range(2)]
        await one.post(path, json={"decision": "approved"})
        assert (await two.post(path, json={"decision": "denied"})).json()["status"] == "denied"

    @pytest.mark.parametrize("reason", [None, "", "  \n "])
    async def test_a_required_reason_is_required(
        self, gate: Gate, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient, reason: str | None
    ) -> None:
        await with_rule(gate, requireReason=True)
        path = f"/api/requests/{(await ask(as_agent))['id']}/decide"
        refused = await as_admin.post(path, json={"decision": "approved", "reason": reason})
        assert (refused.status_code, refused.json()["code"]) == (400, "reason_required")
        assert (await as_admin.post(path, json={"decision": "approved", "reason": "because"})).status_code == 200

    async def test_where_a_rule_names_approvers_only_those_may(
        self, api: Api, gate: Gate, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient
    ) -> None:
        made = await as_admin.post("/api/api-keys", json={"name": "lead", "scopes": ["request:decide"]})
        await with_rule(gate, approvers=["api:lead"])
        path = f"/api/requests/{(await ask(as_agent))['id']}/decide"
        refused = await as_admin.post(path, json={"decision": "approved"})
        assert refused.status_code == 403
        assert "api:lead" in refused.json()["detail"]
        assert (await api.client(made.json()["key"]).post(path, json={"decision": "approved"})).status_code == 200

    async def test_an_overdue_request_cannot_be_decided_even_before_the_sweep(
        self, as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient, clock: Clock
    ) -> None:
        request = await ask(as_agent, expiresInSec=1)
        clock.advance(seconds=1)
        answer = await as_admin.post(f"/api/requests/{request['id']}/decide", json={"decision": "approved"})
        assert answer.status_code == 409
        assert answer.json()["request"]["status"] == "expired"
        assert answer.json()["request"]["decidedBy"] == "system:expiry"

    @pytest.mark.parametrize(
        "body", [{}, {"decision": "yes"}, {"decision": True}, {"decision": None}, {"decision": "approved", "reason": 1}]
    )
    async def test_an_answer_that_is_none_is_refused(
        self, as_admin: httpx.AsyncClient, request_id: str, body: dict[str, Any]
    ) -> None:
        answer = await as_admin.post(f"/api/requests/{request_id}/decide", json=body)
        assert answer.status_code == 400
        assert answer.json()["field"] in {"decision", "reason"}


class TestTheAskerMayDecideWhereTheSettingSaysSo:
    @pytest.fixture
    def options(self) -> Options:
        return Options(rate_limit_rpm=100_000, trust=Trust(allow_self_approval=True))

    async def test_it_decides(self, as_admin: httpx.AsyncClient) -> None:
        request = await ask(as_admin)
        answer = await as_admin.post(f"/api/requests/{request['id']}/decide", json={"decision": "approved"})
        assert answer.json()["status"] == "approved"


class TestCancelling:
    async def test_the_asker_cancels_without_a_body(self, as_agent: httpx.AsyncClient, request_id: str) -> None:
        answer = await as_agent.post(f"/api/requests/{request_id}/cancel")
        assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")
        assert answer.json()["decidedBy"] == "api:agent"

    async def test_an_admin_cancels(self, as_admin: httpx.AsyncClient, request_id: str) -> None:
        assert (await as_admin.post(f"/api/requests/{request_id}/cancel", json={})).json()["status"] == "cancelled"

    async def test_nobody_else_does(self, as_approver: httpx.AsyncClient, request_id: str) -> None:
        assert (await as_approver.post(f"/api/requests/{request_id}/cancel")).status_code == 403

    async def test_what_has_ended_cannot_be_cancelled(self, as_agent: httpx.AsyncClient, request_id: str) -> None:
        await as_agent.post(f"/api/requests/{request_id}/cancel")
        answer = await as_agent.post(f"/api/requests/{request_id}/cancel")
        assert answer.status_code == 409
        assert answer.json()["request"]["status"] == "cancelled"


class TestConfirming:
    @pytest.fixture
    async def approved_id(self, as_admin: httpx.AsyncClient, request_id: str) -> str:
        await as_admin.post(f"/api/requests/{request_id}/decide", json={"decision": "approved"})
        return request_id

    async def test_the_asker_reports_once(self, as_agent: httpx.AsyncClient, approved_id: str) -> None:
        body = {"result": {"exit": 0}}
        first = await as_agent.post(f"/api/requests/{approved_id}/confirm", json=body)
        again = await as_agent.post(f"/api/requests/{approved_id}/confirm", json=body)
        assert (first.status_code, first.json()["result"]) == (200, {"exit": 0})
        assert first.json()["confirmedAt"] is not None
        assert again.status_code == 409

    async def test_another_key_may_not(self, as_admin: httpx.AsyncClient, approved_id: str) -> None:
        assert (await as_admin.post(f"/api/requests/{approved_id}/confirm", json={})).status_code == 403

    async def test_only_what_was_approved(self, as_agent: httpx.AsyncClient, request_id: str) -> None:
        answer = await as_agent.post(f"/api/requests/{request_id}/confirm", json={"result": {}})
        assert answer.status_code == 409
        assert "pending" in answer.json()["detail"]

    @pytest.mark.parametrize("result", [1, "text", [], None])
    async def test_a_result_is_an_object(self, as_agent: httpx.AsyncClient, approved_id: str, result: Any) -> None:
        assert (await as_agent.post(f"/api/requests/{approved_id}/confirm", json={"result": result})).status_code == 400
