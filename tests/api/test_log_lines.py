"""Every line of a call carries its reference, one says how it was answered, and none says what was asked."""

import json
from collections.abc import Iterator
from typing import Any

import httpx
import pytest

from gateway.api.call import Route
from gateway.api.routes import ROUTES
from gateway.keys import NewKey
from models import db
from tests.api.served import Api
from tests.loud import loud

SECRET = "hunter2"
BODIES: dict[str, dict[str, Any]] = {
    "AskBody": {"action": "deploy.prod", "params": {SECRET: SECRET}, "context": {"reason": SECRET}},
    "DecideBody": {"decision": "denied", "reason": SECRET, "decidedBy": SECRET},
    "ConfirmBody": {"result": {SECRET: SECRET}},
    "PolicyBody": {"name": "p", "rules": [{"match": {"params.x": SECRET}, "decision": "auto_deny"}]},
    "TryBody": {"action": "deploy.prod", "params": {SECRET: SECRET}},
    "KeyBody": {"name": "another", "scopes": ["request:read"]},
}


class Log:
    """What was logged, line by line."""

    def __init__(self, capsys: pytest.CaptureFixture[str]) -> None:
        self._capsys = capsys
        self.text = ""

    @property
    def lines(self) -> list[dict[str, Any]]:
        """Return the lines since the last look."""
        fresh = self._capsys.readouterr().err
        self.text += fresh
        return [json.loads(line) for line in fresh.splitlines()]


@pytest.fixture
def log(api: Api, as_admin: httpx.AsyncClient, capsys: pytest.CaptureFixture[str]) -> Iterator[Log]:
    """The log at its loudest, from when the server and the keys are there."""
    with loud():
        yield Log(capsys)


async def test_every_line_of_a_call_carries_its_reference(as_admin: httpx.AsyncClient, log: Log) -> None:
    answer = await as_admin.post("/api/requests", json=BODIES["AskBody"])
    lines = log.lines
    assert [line["event"] for line in lines] == ["request.created", "request.pending", "http.answered"]
    assert {line["reference"] for line in lines} == {answer.headers["X-Request-Id"]}


async def test_one_line_says_how_a_call_was_answered(as_admin: httpx.AsyncClient, log: Log) -> None:
    await as_admin.get(f"/api/requests/{SECRET}", params={SECRET: SECRET})
    (line,) = log.lines
    del line["timestamp"], line["reference"], line["ms"]
    assert line == {
        "event": "http.answered", "method": "GET", "route": "/api/requests/{id}", "status": 404, "key": "admin",
        "level": "info",
    }  # fmt: skip


@pytest.mark.parametrize("path", ["/health", "/metrics"])
async def test_what_machines_ask_all_the_time_is_said_quietly(api: Api, log: Log, path: str) -> None:
    await api.client(None).get(path)
    assert [(line["event"], line["level"]) for line in log.lines] == [("http.answered", "debug")]


async def test_a_fault_is_logged_under_the_reference_that_the_answer_names(
    as_admin: httpx.AsyncClient, log: Log
) -> None:
    await db.connection().execute_script("ALTER TABLE requests RENAME TO gone")
    answer = await as_admin.get("/api/requests/req_" + "0" * 26)
    assert [line["event"] for line in log.lines if line["reference"] == answer.json()["reference"]] == [
        "database.unreachable",
        "http.answered",
    ]


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: route.name)
async def test_nothing_of_a_call_stands_in_the_log(
    as_admin: httpx.AsyncClient, admin: NewKey, log: Log, route: Route
) -> None:
    body = BODIES.get(route.body.__name__) if route.body else None
    for shown in (admin.secret, f"agk_{SECRET}"):
        await as_admin.request(
            route.method,
            route.path.replace("{id}", SECRET),
            params={"action": SECRET, SECRET: SECRET},
            json=body,
            headers={"Authorization": f"Bearer {shown}", "Idempotency-Key": SECRET, "X-Forwarded-For": SECRET},
        )
    assert [line["event"] for line in log.lines].count("http.answered") == 2
    assert SECRET not in log.text
    assert admin.secret not in log.text
