"""Making a pair of links over HTTP."""

from datetime import datetime, timedelta

import httpx
import pytest

from gateway.follow import decide_by_link
from gateway.gate import Gate, Options
from models.words import Scope
from tests.api.served import Api


async def test_an_admin_makes_a_pair(gate: Gate, as_admin: httpx.AsyncClient, request_id: str) -> None:
    answer = await as_admin.post(f"/api/requests/{request_id}/tokens")
    assert answer.status_code == 200
    made = answer.json()
    assert (made["requestId"], made["expiresInHours"]) == (request_id, 24)
    assert datetime.fromisoformat(made["expiresAt"]) - gate.now() <= timedelta(hours=24)
    for link in made["tokens"].values():
        assert link["url"] == f"http://localhost:3000/l/{link['token']}"
    assert answer.headers["Cache-Control"] == "no-store"


@pytest.mark.parametrize(("name", "status"), [("approve", "approved"), ("deny", "denied")])
async def test_a_link_of_the_pair_decides_as_it_says(
    gate: Gate, as_admin: httpx.AsyncClient, request_id: str, name: str, status: str
) -> None:
    made = (await as_admin.post(f"/api/requests/{request_id}/tokens")).json()
    await decide_by_link(gate, made["tokens"][name]["token"])
    shown = (await as_admin.get(f"/api/requests/{request_id}")).json()
    assert (shown["status"], shown["decidedBy"], shown["decidedByType"]) == (status, "link:api:admin", "human")


async def test_the_short_code_does_too(as_admin: httpx.AsyncClient, request_id: str) -> None:
    code = (await as_admin.get(f"/api/requests/{request_id}")).json()["code"]
    assert (await as_admin.post(f"/api/requests/{code}/tokens")).json()["requestId"] == request_id


async def test_half_an_hour_is_written_as_such(gate: Gate, as_admin: httpx.AsyncClient, request_id: str) -> None:
    gate.options = Options(link_ttl=timedelta(minutes=30))
    assert (await as_admin.post(f"/api/requests/{request_id}/tokens")).json()["expiresInHours"] == 0.5


async def test_there_is_none_for_what_does_not_wait(
    as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient, request_id: str
) -> None:
    await as_agent.post(f"/api/requests/{request_id}/cancel")
    answer = await as_admin.post(f"/api/requests/{request_id}/tokens")
    assert (answer.status_code, answer.json()["code"]) == (400, "invalid")
    assert "is cancelled, so there is nothing left to decide" in answer.json()["detail"]


async def test_there_is_none_for_nothing(as_admin: httpx.AsyncClient) -> None:
    assert (await as_admin.post(f"/api/requests/req_{'0' * 26}/tokens")).status_code == 404


async def test_only_an_admin_makes_links(api: Api, request_id: str) -> None:
    others = await api.with_scopes(*(scope for scope in Scope if scope is not Scope.ADMIN))
    answer = await others.post(f"/api/requests/{request_id}/tokens")
    assert answer.status_code == 403
    assert "lacks the scope admin" in answer.json()["detail"]


async def test_nobody_makes_links_for_what_they_asked(as_admin: httpx.AsyncClient) -> None:
    asked = (await as_admin.post("/api/requests", json={"action": "deploy.prod"})).json()
    answer = await as_admin.post(f"/api/requests/{asked['id']}/tokens")
    assert (answer.status_code, answer.json()["code"]) == (403, "self_approval")
