"""Keeping webhooks over HTTP."""

import base64
from collections.abc import AsyncIterator

import httpx
import pytest

from gateway.gate import Gate
from gateway.notifiers.webhook import WebhookSender
from gateway.outbox import Outbox
from models.db import select
from models.words import Scope
from tests.api.served import Api
from tests.clock import Clock
from tests.platforms.receiver import Receiver, answers, receiving

URL = "https://hooks.example.com/agentgate?token=t0psecret"
WORDS = ["request.pending", "request.decided"]


@pytest.fixture
async def keeper(api: Api) -> httpx.AsyncClient:
    return await api.with_scopes(Scope.WEBHOOK_MANAGE)


@pytest.fixture
async def receiver(gate: Gate) -> AsyncIterator[Receiver]:
    gate.sender = WebhookSender(allow_private=True)
    async with receiving() as receiver:
        yield receiver


async def made(keeper: httpx.AsyncClient, **body: object) -> dict[str, object]:
    answer = await keeper.post("/api/webhooks", json={"url": URL} | body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def test_a_webhook_is_made_with_a_secret_that_is_shown_once(keeper: httpx.AsyncClient) -> None:
    new = await made(keeper, events=WORDS)
    assert (new["url"], new["events"], new["enabled"], new["disabledReason"]) == (URL, WORDS, True, None)
    secret = str(new.pop("secret"))
    assert 24 <= len(base64.b64decode(secret.removeprefix("whsec_"), validate=True)) <= 64
    del new["message"]
    (listed,) = (await keeper.get("/api/webhooks")).json()["webhooks"]
    shown = await keeper.get(f"/api/webhooks/{new['id']}")
    assert listed == new
    assert shown.json() == new | {"deliveries": []}
    assert secret not in shown.text


async def test_a_webhook_without_events_hears_of_all(keeper: httpx.AsyncClient) -> None:
    assert (await made(keeper))["events"] == ["*"]


@pytest.mark.parametrize("secret", ["whsec_" + base64.b64encode(b"k" * 24).decode(), "sixteen letters!"])
async def test_a_given_secret_is_kept(keeper: httpx.AsyncClient, secret: str) -> None:
    assert (await made(keeper, secret=secret))["secret"] == secret


async def test_no_secret_is_stored_as_it_is(keeper: httpx.AsyncClient) -> None:
    secrets = [str((await made(keeper, secret="the same secret twice"))["secret"]) for _ in range(2)]
    stored = [row["secret"] for row in await select("SELECT secret FROM webhooks")]
    assert len(set(stored)) == 2
    assert not any(secrets[0] in text for text in stored)


@pytest.mark.parametrize(
    ("body", "field", "said"),
    [
        ({}, "url", "required"),
        ({"url": 7}, "url", "string"),
        ({"url": "ftp://hooks.example.com/"}, "url", "https://"),
        ({"url": "http://127.0.0.1/"}, "url", "ALLOW_PRIVATE_WEBHOOKS"),
        ({"url": URL, "events": []}, "events", "at least one"),
        ({"url": URL, "events": ["request.aproved"]}, "events", "did you mean request.approved?"),
        ({"url": URL, "events": ["*", "approved"]}, "events", "did you mean"),
        ({"url": URL, "events": "request.approved"}, "events", "list"),
        ({"url": URL, "secret": "too short"}, "secret", "16 to 255"),
        ({"url": URL, "secret": "sixteen\nletters!!"}, "secret", "printable"),
        ({"url": URL, "secret": "whsec_dG9vIHNob3J0"}, "secret", "24 to 64 bytes"),
        ({"url": URL, "secret": "whsec_" + "!" * 40}, "secret", "base64"),
        ({"url": URL, "enabled": "yes"}, "enabled", "boolean"),
    ],
)
async def test_what_cannot_be_used_is_refused(
    keeper: httpx.AsyncClient, body: dict[str, object], field: str, said: str
) -> None:
    answer = await keeper.post("/api/webhooks", json=body)
    assert answer.status_code == 400
    assert answer.json()["field"] == field
    assert said in answer.json()["detail"]
    assert "too short" not in answer.json()["detail"]


async def test_a_change_touches_nothing_else(keeper: httpx.AsyncClient, clock: Clock) -> None:
    new = await made(keeper, events=WORDS)
    clock.advance(seconds=1)
    answer = await keeper.patch(f"/api/webhooks/{new['id']}", json={"enabled": False})
    assert answer.status_code == 200
    changed = answer.json()
    assert changed.pop("updatedAt") > str(new["updatedAt"])
    assert changed == {name: new[name] for name in changed} | {"enabled": False}


@pytest.mark.parametrize("change", [{"url": "http://10.0.0.1"}, {"events": ["x"]}, {"secret": "x"}, {"url": None}])
async def test_a_change_is_looked_at_like_a_new_one(keeper: httpx.AsyncClient, change: dict[str, object]) -> None:
    new = await made(keeper)
    answer = await keeper.patch(f"/api/webhooks/{new['id']}", json=change)
    assert answer.status_code == 400
    assert answer.json()["field"] == next(iter(change))


async def test_a_deleted_webhook_is_gone(keeper: httpx.AsyncClient) -> None:
    new = await made(keeper)
    gone = await keeper.delete(f"/api/webhooks/{new['id']}")
    assert (gone.status_code, gone.json()) == (200, {"success": True, "id": new["id"]})
    assert (await keeper.get(f"/api/webhooks/{new['id']}")).status_code == 404
    assert (await keeper.get("/api/webhooks")).json()["webhooks"] == []


async def test_every_change_leaves_an_audit_entry_without_secret_and_query(
    api: Api, keeper: httpx.AsyncClient, as_admin: httpx.AsyncClient
) -> None:
    new = await made(keeper, events=WORDS)
    await keeper.patch(f"/api/webhooks/{new['id']}", json={"secret": "another one, longer"})
    await keeper.delete(f"/api/webhooks/{new['id']}")
    answer = await as_admin.get("/api/audit", params={"actor": "api:key-1"})
    told = [(entry["eventType"], entry["details"]["url"]) for entry in answer.json()["entries"]]
    bare = "https://hooks.example.com/agentgate"
    assert told == [("webhook.deleted", bare), ("webhook.saved", bare), ("webhook.saved", bare)]
    assert not any(word in answer.text for word in (str(new["secret"]), "another one", "t0psecret"))


async def test_webhooks_come_in_pages(keeper: httpx.AsyncClient) -> None:
    ids = [(await made(keeper))["id"] for _ in range(3)]
    first = (await keeper.get("/api/webhooks", params={"limit": 2})).json()
    cursor = first["pagination"]["nextCursor"]
    rest = (await keeper.get("/api/webhooks", params={"cursor": cursor})).json()
    assert [one["id"] for one in first["webhooks"] + rest["webhooks"]] == ids
    assert (await keeper.get("/api/webhooks", params={"limit": "many"})).status_code == 400


async def test_a_test_call_says_what_came_of_it(keeper: httpx.AsyncClient, receiver: Receiver) -> None:
    new = await made(keeper, url=receiver.url, enabled=False)
    receiver.weather += [answers(204), answers(500), answers(302, Location="/elsewhere")]
    seen = [(await keeper.post(f"/api/webhooks/{new['id']}/test")).json() for _ in range(3)]
    assert [(one["success"], one["status"]) for one in seen] == [(True, 204), (False, 500), (False, 302)]
    assert "redirects are not followed" in seen[2]["message"]
    (heard,) = receiver.taken
    assert heard.event == "webhook.test"
    assert heard.verified(str(new["secret"]))["data"]["webhookId"] == new["id"]


async def test_a_test_call_that_nobody_answers_is_no_error(keeper: httpx.AsyncClient, receiver: Receiver) -> None:
    closed = receiver.url.replace("http://", "https://")  # it speaks no TLS
    new = await made(keeper, url=closed)
    answer = await keeper.post(f"/api/webhooks/{new['id']}/test")
    assert answer.status_code == 200
    assert (answer.json()["success"], answer.json()["status"]) == (False, None)
    assert "ConnectError" in answer.json()["message"]


async def test_what_was_sent_is_listed_and_can_be_sent_again(
    gate: Gate, keeper: httpx.AsyncClient, as_agent: httpx.AsyncClient, receiver: Receiver
) -> None:
    new = await made(keeper, url=receiver.url, events=["request.created"])
    asked = (await as_agent.post("/api/requests", json={"action": "deploy.prod"})).json()
    (waiting,) = (await keeper.get(f"/api/webhooks/{new['id']}")).json()["deliveries"]
    assert (waiting["state"], waiting["attempts"], waiting["nextTryAt"]) == ("due", 0, waiting["createdAt"])
    early = await keeper.post(f"/api/webhooks/deliveries/{waiting['id']}/replay")
    assert early.status_code == 409
    assert "still" in early.json()["detail"]
    await Outbox(gate).round()
    (arrived,) = (await keeper.get(f"/api/webhooks/{new['id']}")).json()["deliveries"]
    assert arrived["event"] == "request.created"
    assert (arrived["requestId"], arrived["state"], arrived["answer"]) == (asked["id"], "done", 200)
    assert (arrived["lastError"], arrived["nextTryAt"]) == (None, None)
    again = await keeper.post(f"/api/webhooks/deliveries/{arrived['id']}/replay")
    assert again.status_code == 201
    assert again.json()["id"] != arrived["id"]
    await Outbox(gate).round()
    first, second = receiver.taken
    assert (first.id, first.body) == (second.id, second.body)


async def test_nothing_is_sent_again_to_a_disabled_webhook(
    gate: Gate, keeper: httpx.AsyncClient, as_agent: httpx.AsyncClient, receiver: Receiver
) -> None:
    new = await made(keeper, url=receiver.url, events=["request.created"])
    await as_agent.post("/api/requests", json={"action": "deploy.prod"})
    await Outbox(gate).round()
    await keeper.patch(f"/api/webhooks/{new['id']}", json={"enabled": False})
    (arrived,) = (await keeper.get(f"/api/webhooks/{new['id']}")).json()["deliveries"]
    answer = await keeper.post(f"/api/webhooks/deliveries/{arrived['id']}/replay")
    assert answer.status_code == 409
    assert "enable it first" in answer.json()["detail"]


async def test_what_went_to_a_chat_is_no_delivery_to_a_webhook(
    keeper: httpx.AsyncClient, as_agent: httpx.AsyncClient
) -> None:
    await as_agent.post("/api/requests", json={"action": "deploy.prod"})
    (card,) = await select("SELECT id FROM deliveries")
    assert (await keeper.post(f"/api/webhooks/deliveries/{card['id']}/replay")).status_code == 404
