"""What goes over the wire and what is understood from it, without a network."""

import copy
import pickle
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

import agentgate
import httpx
import pytest
from agentgate import AgentGate, AuditEntry, Denied, Key, Policy, Request, Status
from agentgate import _admin_calls as admin
from agentgate import _calls as calls
from agentgate._fields import Nonsense
from agentgate._wire import Call, json_body, under

from tests.sdk.scripted_gate import KEY, a_request, decided


def sent(call: Call[Any]) -> Any:
    assert call.body is not None
    return httpx.Response(200, content=call.body).json()


def test_everything_exported_exists_and_is_listed_in_order() -> None:
    assert agentgate.__all__ == sorted(agentgate.__all__)
    assert all(hasattr(agentgate, name) for name in agentgate.__all__)


def test_asking_says_only_what_was_given() -> None:
    call = calls.request("deploy.prod", params={"env": "prod"}, urgency="high", expires_in=timedelta(minutes=15))
    expected = {"action": "deploy.prod", "params": {"env": "prod"}, "context": {}}
    assert sent(call) == {**expected, "urgency": "high", "expiresInSec": 900}


def test_part_of_a_second_is_rounded_up() -> None:
    assert sent(calls.request("a", expires_in=0.2))["expiresInSec"] == 1


def test_times_are_sent_in_utc() -> None:
    berlin = datetime(2026, 1, 31, 13, tzinfo=timezone(timedelta(hours=1)))
    assert sent(calls.request("a", expires_at=berlin))["expiresAt"] == "2026-01-31T12:00:00Z"


@pytest.mark.parametrize(
    "wrong",
    [
        {"expires_at": datetime(2026, 1, 31)},  # noqa: DTZ001 -- the naive time is what is refused
        {"expires_in": 5, "expires_at": datetime.now(UTC)},
        {"idempotency_key": ""},
        {"idempotency_key": "a\r\nb"},
        {"idempotency_key": "schlüssel"},
        {"params": {"n": float("nan")}},
    ],
)
def test_what_cannot_be_meant_is_refused_before_anything_is_sent(wrong: dict[str, Any]) -> None:
    with pytest.raises(ValueError):  # noqa: PT011 -- each case has a sentence of its own
        calls.request("a", **wrong)


def test_what_json_cannot_say_is_a_type_error() -> None:
    with pytest.raises(TypeError, match="cannot be sent as JSON"):
        json_body({"params": {"when": datetime.now(UTC)}})


@pytest.mark.parametrize("name", ["", ".", "..", "..."])
def test_no_id_leads_out_of_its_folder(name: str) -> None:
    with pytest.raises(ValueError, match="id"):
        under("requests", name)


def test_odd_ids_are_quoted() -> None:
    assert under("requests", "../keys?x#y") == "/api/requests/..%2Fkeys%3Fx%23y"


def test_filters_are_named_the_api_way() -> None:
    since = datetime(2026, 1, 1, tzinfo=UTC)
    call = calls.audit(None, {"event_type": "approved", "request_id": "r", "since": since, "actor": None})
    assert dict(call.query) == {"eventType": "approved", "requestId": "r", "from": "2026-01-01T00:00:00Z"}


def test_a_misspelt_filter_is_an_error() -> None:
    with pytest.raises(TypeError, match="requested_bye"):
        calls.list_requests({"requested_bye": "x"})


def test_one_requests_history_takes_no_filters() -> None:
    with pytest.raises(ValueError, match="request_id="):
        calls.audit("k7qm-3vtx", {"actor": "slack:U1"})


def test_deciding_what_was_read_repeats_its_digest() -> None:
    request = Request.from_json(a_request())
    assert sent(calls.decide(request, "approved", reason=None, digest=None)) == {
        "decision": "approved",
        "digest": request.digest,
    }


def test_unknown_keys_are_kept_and_harmless() -> None:
    request = Request.from_json(a_request(surprise=[1, 2]))
    assert request.raw["surprise"] == [1, 2]
    assert request == Request.from_json(a_request())


def test_an_older_gates_sparse_request_is_understood() -> None:
    request = Request.from_json({"id": "5f0c", "status": "pending", "action": "a"})
    assert (request.params, request.approvals_needed, request.digest) == ({}, 1, None)


def test_times_come_back_as_aware_utc() -> None:
    assert Request.from_json(a_request()).created_at == datetime(2026, 1, 31, 10, tzinfo=UTC)


@pytest.mark.parametrize(
    "wrong", [{"id": ""}, {"id": 5}, {"status": None}, {"params": []}, {"createdAt": 5}, {"approvalsNeeded": "1"}]
)
def test_known_keys_of_a_wrong_type_are_nonsense(wrong: dict[str, Any]) -> None:
    with pytest.raises(Nonsense):
        Request.from_json(a_request(**wrong))


def test_values_can_be_hashed_copied_and_pickled() -> None:
    request = Request.from_json(decided("approved", approvals=[{"by": "slack:U1", "decision": "approved"}]))
    assert len({request, copy.deepcopy(request), pickle.loads(pickle.dumps(request))}) == 1  # noqa: S301 -- our own bytes


def test_a_refusal_survives_pickling_with_its_reason() -> None:
    refusal = Denied("no", request=Request.from_json(decided("denied", decisionReason="not today")))
    assert pickle.loads(pickle.dumps(refusal)).reason == "not today"  # noqa: S301 -- our own bytes


def test_a_new_keys_secret_is_not_in_its_repr() -> None:
    key = Key.from_json({"id": "1", "name": "bot", "key": KEY, "scopes": ["request:create"], "message": "keep it"})
    assert key.secret == KEY
    assert KEY not in repr(key)


def test_policies_and_audit_entries_are_read() -> None:
    policy = Policy.from_json({"id": "p1", "name": "prod", "priority": 10, "enabled": False, "rules": [{"match": {}}]})
    entry = AuditEntry.from_json(
        {
            "id": 7,
            "eventType": "request.approved",
            "actor": "slack:U1",
            "request": {"id": "r", "action": "a", "status": "approved"},
        }
    )
    assert (policy.priority, policy.enabled, policy.rules) == (10, False, ({"match": {}},))
    assert (entry.id, entry.request and entry.request.action) == ("7", "a")


def test_a_page_knows_what_follows() -> None:
    pagination = {"total": 10_000, "totalIsCapped": True, "limit": 1, "offset": 0, "hasMore": True, "nextCursor": "c"}
    read = calls.list_requests({}).read({"requests": [a_request()], "pagination": pagination})
    assert [request.status for request in read] == [Status.PENDING]
    assert (read.total, read.total_is_capped, read.has_more, read.next_cursor) == (10_000, True, True, "c")


def test_what_changes_something_for_good_is_never_repeated() -> None:
    once: list[Call[Any]] = [
        calls.decide("r", "approved", reason=None, digest=None),
        calls.cancel("r"),
        calls.confirm("r", None),
        admin.create_key("n", ["admin"], rate_limit=None, expires_at=None),
        admin.revoke_key("k"),
        admin.create_policy({"name": "p"}),
        admin.delete_policy("p"),
    ]
    assert not any(call.repeatable for call in once)


def test_the_gate_is_found_in_the_environment_when_it_is_made(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTGATE_URL", "http://one.example.com")
    gate = AgentGate()
    monkeypatch.setenv("AGENTGATE_URL", "http://two.example.com")
    assert "one.example.com" in repr(gate)
    gate.close()


def test_without_an_environment_it_is_the_local_gate(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AGENTGATE_URL", raising=False)
    with AgentGate() as gate:
        assert "http://localhost:3000" in repr(gate)


@pytest.mark.parametrize("url", ["localhost:3000", "ftp://x", "http://", "gate"])
def test_an_unusable_address_is_refused_at_once(url: str) -> None:
    with pytest.raises(ValueError, match="URL"):
        AgentGate(url)


def test_a_password_in_the_address_would_displace_the_key_and_is_refused() -> None:
    with pytest.raises(ValueError, match="user name or password") as caught:
        AgentGate("https://user:pa55word@gate.example.com")
    assert "pa55word" not in str(caught.value)


def test_a_key_with_a_line_break_inside_is_refused_without_showing_it() -> None:
    with pytest.raises(ValueError, match="API key") as caught:
        AgentGate(api_key=f"{KEY}\nX: y")
    assert KEY not in str(caught.value)


def test_a_line_break_after_the_key_is_forgiven() -> None:
    with AgentGate(api_key=f"{KEY}\n") as gate:
        assert gate._line.http.headers["Authorization"] == f"Bearer {KEY}"
