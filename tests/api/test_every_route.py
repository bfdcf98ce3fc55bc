"""What holds for every route alike: who may, how often, and what is refused before a handler runs."""

import json
from typing import Any

import httpx
import pytest
from openapi_spec_validator import validate

from gateway.api.call import Route
from gateway.api.routes import ROUTES
from gateway.gate import Gate, Options
from models import db
from models.words import Scope
from tests.api.served import Api, served
from tests.clock import Clock

GUARDED = [route for route in ROUTES if route.scopes is not None]
SCOPED = [route for route in GUARDED if set(route.scopes or ()) != set(Scope)]
WITH_BODY = [route for route in ROUTES if route.body is not None]
MB = 1024 * 1024


def by_name(route: Route) -> str:
    return route.name


def path_of(route: Route) -> str:
    return route.path.replace("{id}", "req_" + "0" * 26)


async def knock(client: httpx.AsyncClient, route: Route, **how: Any) -> httpx.Response:
    return await client.request(route.method, path_of(route), **how)


@pytest.mark.parametrize("route", GUARDED, ids=by_name)
async def test_no_key_opens_nothing(api: Api, route: Route) -> None:
    answer = await knock(api.client(None), route)
    assert answer.status_code == 401
    assert answer.headers["WWW-Authenticate"].startswith("Bearer")
    assert "Authorization: Bearer" in answer.json()["detail"]


@pytest.mark.parametrize("route", GUARDED, ids=by_name)
async def test_an_unknown_key_opens_nothing(api: Api, route: Route) -> None:
    assert (await knock(api.client("agk_of-somebody-else"), route)).status_code == 401


@pytest.mark.parametrize("route", SCOPED, ids=by_name)
async def test_a_key_without_the_scope_is_told_which_is_missing(api: Api, route: Route) -> None:
    others = [scope for scope in Scope if scope not in (*(route.scopes or ()), Scope.ADMIN)]
    answer = await knock(await api.with_scopes(*others), route)
    assert answer.status_code == 403
    assert (route.scopes or ())[0].value in answer.json()["detail"]


@pytest.mark.parametrize("route", GUARDED, ids=by_name)
async def test_too_many_calls_are_told_when_to_come_back(api: Api, route: Route) -> None:
    client = await api.with_scopes(Scope.ADMIN, rate_limit=1)
    await client.get("/api/audit/actors")
    answer = await knock(client, route)
    assert answer.status_code == 429
    assert 1 <= int(answer.headers["Retry-After"]) <= 60
    assert answer.headers["X-RateLimit-Limit"] == "1"
    assert answer.headers["X-RateLimit-Remaining"] == "0"


@pytest.mark.parametrize("route", GUARDED, ids=by_name)
async def test_a_lost_database_is_said_and_can_be_retried(api: Api, as_admin: httpx.AsyncClient, route: Route) -> None:
    await db.select("ALTER TABLE keys RENAME TO keys_gone")
    answer = await knock(as_admin, route)
    assert answer.status_code == 503
    assert answer.headers["Retry-After"] == "5"
    assert "database" in answer.json()["detail"]


@pytest.mark.parametrize("route", WITH_BODY, ids=by_name)
async def test_a_body_over_1_mb_is_refused(as_admin: httpx.AsyncClient, route: Route) -> None:
    huge = json.dumps({"action": "x", "params": {"text": "a" * 2 * MB}})
    answer = await knock(as_admin, route, content=huge, headers={"Content-Type": "application/json"})
    assert answer.status_code == 413


@pytest.mark.parametrize("route", WITH_BODY, ids=by_name)
async def test_a_form_is_no_json(as_admin: httpx.AsyncClient, route: Route) -> None:
    assert (await knock(as_admin, route, data={"action": "x"})).status_code == 415


@pytest.mark.parametrize("route", WITH_BODY, ids=by_name)
async def test_a_half_written_body_is_refused_with_the_place(as_admin: httpx.AsyncClient, route: Route) -> None:
    answer = await knock(as_admin, route, content=b'{"action": "x', headers={"Content-Type": "application/json"})
    assert answer.status_code == 400
    assert "column 12" in answer.json()["detail"]


@pytest.mark.parametrize("route", [route for route in ROUTES if "{id}" in route.path], ids=by_name)
async def test_an_unknown_id_is_not_found(as_admin: httpx.AsyncClient, route: Route) -> None:
    bodies = {"DecideBody": {"decision": "approved"}, "ConfirmBody": {"result": {}}}
    body = bodies.get(route.body.__name__, {}) if route.body else None
    answer = await knock(as_admin, route, json=body)
    assert answer.status_code == 404
    assert "There is no" in answer.json()["detail"]


@pytest.mark.parametrize(
    "path", ["/", "/api", "/api/nothing", "/api/requests/x/y/z", "/API/requests", "/api/requests/"]
)
async def test_an_unknown_address_is_a_problem_too(api: Api, path: str) -> None:
    answer = await api.client(None).get(path)
    assert answer.status_code == 404
    assert answer.headers["Content-Type"].startswith("application/problem+json")
    assert answer.json()["error"] == answer.json()["message"] == answer.json()["detail"]


async def test_a_wrong_method_names_the_right_ones(api: Api) -> None:
    answer = await api.client(None).delete("/api/requests")
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(",")) >= {"GET", "POST"}


async def test_an_error_names_its_reference_everywhere(as_agent: httpx.AsyncClient) -> None:
    answer = await as_agent.get("/api/requests/req_unknown")
    assert answer.json()["reference"] == answer.headers["X-Request-Id"]
    assert answer.json()["status"] == 404


async def test_the_document_is_valid_openapi(api: Api) -> None:
    answer = await api.client(None).get("/api/openapi.json")
    validate(answer.json())
    assert answer.json() == api.document
    assert answer.json()["openapi"] == "3.1.0"


async def test_the_document_lists_every_route(api: Api) -> None:
    document = (await api.client(None).get("/api/openapi.json")).json()
    listed = {f"{method.upper()} {path}" for path, methods in document["paths"].items() for method in methods}
    assert listed == {route.name for route in ROUTES}


async def test_the_docs_page_shows_every_route_and_runs_no_script(api: Api) -> None:
    answer = await api.client(None).get("/api/docs")
    assert all(f"<code>{route.path}</code>" in answer.text for route in ROUTES)
    assert "<script" not in answer.text
    assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


async def test_limits_are_told_on_every_authenticated_answer(as_admin: httpx.AsyncClient, clock: Clock) -> None:
    first = await as_admin.get("/api/requests")
    second = await as_admin.get("/api/requests/none-such")
    assert int(first.headers["X-RateLimit-Remaining"]) == int(second.headers["X-RateLimit-Remaining"]) + 1
    assert int(second.headers["X-RateLimit-Reset"]) == int(clock().timestamp()) + 61


async def test_a_limit_slides(api: Api, clock: Clock) -> None:
    client = await api.with_scopes(Scope.REQUEST_READ, rate_limit=2)
    seen = []
    for seconds in (0, 30, 10, 21, 1):
        clock.advance(seconds=seconds)
        seen.append((await client.get("/api/requests")).status_code)
    assert seen == [200, 200, 429, 200, 429]


async def test_wrong_keys_are_limited_by_address_and_a_right_one_still_gets_in(
    api: Api, as_admin: httpx.AsyncClient
) -> None:
    stranger = api.client("agk_guess")
    seen = [(await stranger.get("/api/requests")).status_code for _ in range(35)]
    assert seen == [401] * 30 + [429] * 5
    assert (await as_admin.get("/api/requests")).status_code == 200


async def test_behind_a_trusted_proxy_the_forwarded_address_is_limited(gate: Gate) -> None:
    async with served(gate, trusted_proxies=["127.0.0.0/8"]) as api:
        one = api.client("agk_guess", **{"X-Forwarded-For": "6.6.6.6, 203.0.113.9"})
        for _ in range(31):
            last = await one.get("/api/requests")
        other = await api.client("agk_guess", **{"X-Forwarded-For": "203.0.113.9, 203.0.113.10"}).get("/api/requests")
    assert (last.status_code, other.status_code) == (429, 401)


async def test_a_caller_cannot_forge_its_address_without_a_proxy(api: Api) -> None:
    for number in range(31):
        last = await api.client("agk_guess", **{"X-Forwarded-For": f"203.0.113.{number}"}).get("/api/requests")
    assert last.status_code == 429


class TestWithoutLimits:
    @pytest.fixture
    def options(self) -> Options:
        return Options(rate_limit_enabled=False, rate_limit_rpm=1)

    async def test_nobody_is_limited(self, as_admin: httpx.AsyncClient) -> None:
        answers = [await as_admin.get("/api/requests") for _ in range(3)]
        assert [answer.status_code for answer in answers] == [200] * 3
        assert "X-RateLimit-Limit" not in answers[0].headers


async def test_an_allowed_origin_may_call_and_others_may_not(gate: Gate) -> None:
    async with served(gate, allowed_origins=["https://ours.example"]) as api:
        asks = {"Access-Control-Request-Method": "POST", "Origin": "https://ours.example"}
        allowed = await api.client(None, **asks).options("/api/requests")
        answer = await api.client(None, Origin="https://ours.example").get("/health")
        refused = await api.client(None, Origin="https://other.example").get("/health")
    assert allowed.status_code == 204
    assert allowed.headers["Access-Control-Allow-Origin"] == "https://ours.example"
    assert answer.headers["Access-Control-Allow-Origin"] == "https://ours.example"
    assert "Access-Control-Allow-Origin" not in refused.headers


async def test_health_needs_no_key_and_deep_health_looks_at_everything(api: Api) -> None:
    client = api.client(None)
    assert (await client.get("/health")).json()["status"] == "ok"
    deep = (await client.get("/health", params={"deep": "true"})).json()
    said = {name: check["status"] for name, check in deep["checks"].items() if check["message"] != "not used"}
    assert said == {"database": "ok", "outbox": "ok", "requests": "ok"}


async def test_deep_health_names_every_part_also_those_that_are_not_used(api: Api) -> None:
    async def connected() -> str:
        return "connected"

    api.gate.probes["slack"] = connected
    answer = await api.client(None).get("/health?deep=true")
    told = {name: check["message"] for name, check in answer.json()["checks"].items()}
    assert (answer.status_code, answer.json()["status"]) == (200, "ok")
    assert list(told) == ["database", "redis", "slack", "discord", "smtp", "outbox", "requests"]
    assert told["slack"] == "connected"
    assert [name for name, word in told.items() if word == "not used"] == ["redis", "discord", "smtp"]
    metrics = (await api.client(None).get("/metrics")).text
    assert 'part="slack"' in metrics
    assert 'part="redis"' not in metrics


async def test_deep_health_says_what_is_not_well_and_plain_health_stays_ok(api: Api) -> None:
    await db.select("ALTER TABLE deliveries RENAME TO deliveries_gone")
    client = api.client(None)
    deep = await client.get("/health?deep=true")
    assert deep.status_code == 503
    assert deep.json()["status"] == "degraded"
    assert deep.json()["checks"]["outbox"]["status"] == "degraded"
    assert (await client.get("/health")).status_code == 200


@pytest.mark.parametrize("query", ["deep=maybe", "deep=true&deep=false"])
async def test_health_refuses_a_query_it_cannot_read(api: Api, query: str) -> None:
    assert (await api.client(None).get(f"/health?{query}")).status_code == 400
