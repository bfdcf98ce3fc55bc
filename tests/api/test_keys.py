"""Keeping API keys over HTTP."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from models.tables import Key
from models.words import Scope
from tests.api.served import Api
from tests.clock import Clock


async def make(client: httpx.AsyncClient, **body: Any) -> dict[str, Any]:
    answer = await client.post("/api/api-keys", json={"name": "bot", "scopes": ["request:create"]} | body)
    assert answer.status_code == 201, answer.text
    found: dict[str, Any] = answer.json()
    return found


async def test_a_key_is_shown_once_and_stored_as_a_digest(as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin)
    assert made["key"].startswith("agk_")
    assert len(made["key"]) == 47
    assert "key" not in (await as_admin.get("/api/api-keys")).json()["keys"][0]
    row = await Key.get(id=made["id"])
    assert made["key"] not in str(vars(row))


async def test_a_new_key_opens_the_door_and_a_revoked_one_does_not(api: Api, as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin)
    client = api.client(made["key"])
    before = await client.post("/api/requests", json={"action": "x"})
    assert (await as_admin.delete(f"/api/api-keys/{made['id']}")).json() == {"success": True, "id": made["id"]}
    after = await client.post("/api/requests", json={"action": "x"})
    assert (before.status_code, after.status_code) == (201, 401)


async def test_a_key_is_revoked_once(as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin)
    await as_admin.delete(f"/api/api-keys/{made['id']}")
    assert (await as_admin.delete(f"/api/api-keys/{made['id']}")).status_code == 404
    assert (await as_admin.patch(f"/api/api-keys/{made['id']}", json={"rateLimit": 1})).status_code == 404


async def test_names_are_unique_among_active_keys(as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin)
    other = await make(as_admin, name="other")
    taken = await as_admin.post("/api/api-keys", json={"name": "bot", "scopes": ["request:read"]})
    renamed = await as_admin.patch(f"/api/api-keys/{other['id']}", json={"name": "bot"})
    await as_admin.delete(f"/api/api-keys/{made['id']}")
    assert (taken.status_code, renamed.status_code) == (409, 409)
    assert (await make(as_admin))["id"] != made["id"]


async def test_the_list_tells_what_became_of_each(api: Api, as_admin: httpx.AsyncClient) -> None:
    used = await make(as_admin, name="used", rateLimit=5)
    gone = await make(as_admin, name="gone")
    await api.client(used["key"]).post("/api/requests", json={"action": "x"})
    await as_admin.delete(f"/api/api-keys/{gone['id']}")
    listed = {key["name"]: key for key in (await as_admin.get("/api/api-keys")).json()["keys"]}
    assert (listed["used"]["active"], listed["used"]["rateLimit"]) == (True, 5)
    assert listed["used"]["lastUsedAt"] is not None
    assert (listed["gone"]["active"], listed["gone"]["lastUsedAt"]) == (False, None)
    assert listed["gone"]["revokedAt"] is not None


async def test_an_expired_key_opens_nothing_and_frees_its_name(
    api: Api, as_admin: httpx.AsyncClient, clock: Clock
) -> None:
    made = await make(as_admin, expiresAt=(clock() + timedelta(hours=1)).isoformat())
    client = api.client(made["key"])
    assert (await client.post("/api/requests", json={"action": "x"})).status_code == 201
    clock.advance(hours=1)
    assert (await client.post("/api/requests", json={"action": "x"})).status_code == 401
    await make(as_admin)


async def test_a_change_counts_at_once_and_null_takes_a_limit_away(api: Api, as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin, rateLimit=7)
    client = api.client(made["key"])
    await client.post("/api/requests", json={"action": "x"})
    changed = await as_admin.patch(
        f"/api/api-keys/{made['id']}", json={"scopes": ["request:read"], "rateLimit": None, "name": "reader"}
    )
    assert changed.json()["scopes"] == ["request:read"]
    assert changed.json()["rateLimit"] is None
    assert (await client.post("/api/requests", json={"action": "x"})).status_code == 403


async def test_a_key_gives_no_scope_that_it_lacks(api: Api, as_admin: httpx.AsyncClient) -> None:
    keeper = await api.with_scopes(Scope.KEY_MANAGE)
    made = await make(as_admin)
    own = await make(keeper, name="mine", scopes=["key:manage"])
    for scopes in (["admin"], ["request:create"], ["key:manage", "request:decide"]):
        answer = await keeper.post("/api/api-keys", json={"name": "x", "scopes": scopes})
        assert answer.status_code == 403
        assert (await keeper.patch(f"/api/api-keys/{own['id']}", json={"scopes": scopes})).status_code == 403
    assert (await keeper.patch(f"/api/api-keys/{made['id']}", json={"rateLimit": 3})).status_code == 200
    assert (await keeper.delete(f"/api/api-keys/{made['id']}")).status_code == 200


async def test_an_admin_key_is_changed_by_an_admin_only(api: Api, as_admin: httpx.AsyncClient) -> None:
    keeper = await api.with_scopes(Scope.KEY_MANAGE)
    root = await make(as_admin, name="root", scopes=["admin"])
    for change in ({"rateLimit": 1}, {"name": "other"}, {"scopes": ["key:manage"]}):
        assert (await keeper.patch(f"/api/api-keys/{root['id']}", json=change)).status_code == 403
    assert (await as_admin.patch(f"/api/api-keys/{root['id']}", json={"rateLimit": 9})).status_code == 200


@pytest.mark.parametrize(
    "body",
    [
        {"name": "x"},
        {"scopes": ["admin"]},
        {"name": "x", "scopes": []},
        {"name": "x", "scopes": ["root"]},
        {"name": "x", "scopes": "admin"},
        {"name": "", "scopes": ["admin"]},
        {"name": " x", "scopes": ["admin"]},
        {"name": "x" * 101, "scopes": ["admin"]},
        {"name": "a\u202eb", "scopes": ["admin"]},
        {"name": "x", "scopes": ["admin"], "rateLimit": 0},
        {"name": "x", "scopes": ["admin"], "rateLimit": -1},
        {"name": "x", "scopes": ["admin"], "rateLimit": True},
        {"name": "x", "scopes": ["admin"], "rateLimit": "5"},
        {"name": "x", "scopes": ["admin"], "expiresAt": "2020-01-01T00:00:00Z"},
        {"name": "x", "scopes": ["admin"], "expiresAt": "2090-01-01T00:00:00"},
        {"name": "x", "scopes": ["admin"], "expiresAt": 5},
    ],
)
async def test_a_key_that_is_none_is_refused(as_admin: httpx.AsyncClient, body: dict[str, Any]) -> None:
    assert (await as_admin.post("/api/api-keys", json=body)).status_code == 400


@pytest.mark.parametrize("body", [{"name": None}, {"scopes": None}, {"scopes": []}, {"rateLimit": 0}])
async def test_a_change_that_is_none_is_refused(as_admin: httpx.AsyncClient, body: dict[str, Any]) -> None:
    made = await make(as_admin)
    assert (await as_admin.patch(f"/api/api-keys/{made['id']}", json=body)).status_code == 400


async def test_every_change_leaves_an_audit_entry_without_the_key(as_admin: httpx.AsyncClient) -> None:
    made = await make(as_admin)
    await as_admin.patch(f"/api/api-keys/{made['id']}", json={"rateLimit": 9})
    await as_admin.delete(f"/api/api-keys/{made['id']}")
    trail = await as_admin.get("/api/audit", params={"actor": "api:admin"})
    assert [entry["eventType"] for entry in trail.json()["entries"]] == ["key.revoked", "key.updated", "key.created"]
    assert made["key"] not in trail.text
