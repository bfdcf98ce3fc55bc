"""GET never decides: reading any address, as the most powerful key, leaves everything as it was."""

from typing import Any

import httpx
import pytest

from gateway.api.routes import ROUTES
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from gateway.webhooks import WebhookDraft, create_webhook
from models.db import select
from tests.api.served import served

READING = [route.path for route in ROUTES if route.method == "GET"]
STORED = ("requests", "votes", "events", "deliveries", "policies", "webhooks")


async def stored() -> dict[str, list[dict[str, Any]]]:
    """Return every row of what people decide about."""
    return {table: await select(f"SELECT * FROM {table} ORDER BY id") for table in STORED}  # noqa: S608 - names of ours


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_no_reading_call_changes_anything(gate: Gate, agent: NewKey, admin: NewKey, method: str) -> None:
    policy = await create_policy(gate, PolicyDraft("prod", [{"decision": "route_to_human"}]), by=SYSTEM_START)
    hook = await create_webhook(gate, WebhookDraft("https://hooks.example.com"), by=SYSTEM_START)
    async with served(gate) as api:
        asked = (await api.client(agent).post("/api/requests", json={"action": "deploy.prod"})).json()
        ids = {"policies": policy.id, "webhooks": hook.webhook.id, "requests": asked["id"]}
        reader = httpx.AsyncClient(base_url=api.url, headers={"Authorization": f"Bearer {admin.secret}"}, verify=False)  # noqa: S501 - plain HTTP on loopback
        before = await stored()
        async with reader:
            for path in READING:
                thing = ids.get(path.split("/")[2], "") if "{id}" in path else ""
                answer = await reader.request(method, path.replace("{id}", thing), params={"decision": "approved"})
                assert answer.status_code == 200, path
    assert before["requests"][0]["status"] == "pending"
    assert await stored() == before


async def test_no_reading_call_is_a_way_to_decide(gate: Gate, agent: NewKey, admin: NewKey) -> None:
    async with served(gate) as api:
        asked = (await api.client(agent).post("/api/requests", json={"action": "deploy.prod"})).json()
        answer = await api.client(admin).get(f"/api/requests/{asked['id']}/decide")
        assert answer.status_code == 405
