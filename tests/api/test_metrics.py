"""`GET /metrics`: what Prometheus reads, who may read it, and that nothing of what was asked is in it."""

from collections.abc import Iterable

import httpx
import pytest
from prometheus_client.parser import text_string_to_metric_families
from prometheus_client.samples import Sample

from gateway.gate import Gate
from gateway.keys import NewKey
from models import db
from models.words import Scope
from tests.api.served import Api, served

TOKEN = "the-token-of-prometheus"


def samples(text: str) -> list[Sample]:
    """Return everything that stands in a text, as Prometheus reads it."""
    return [sample for family in text_string_to_metric_families(text) for sample in family.samples]


def values(found: Iterable[Sample], name: str) -> dict[tuple[str, ...], float]:
    """Return the samples of a name by the values of their labels."""
    return {tuple(sample.labels.values()): sample.value for sample in found if sample.name == name}


async def test_answers_are_counted_by_method_route_and_status(
    api: Api, as_agent: httpx.AsyncClient, request_id: str
) -> None:
    await as_agent.get(f"/api/requests/{request_id}")
    await as_agent.get("/api/requests/req_unknown")
    await as_agent.get("/api/requests", params={"action": "something secret"})
    await as_agent.request("PROPFIND", "/pot/of/something-secret")
    answer = await api.client(None).get("/metrics")
    assert answer.status_code == 200
    assert answer.headers["Content-Type"] == "text/plain; version=0.0.4; charset=utf-8"
    counted = values(samples(answer.text), "agentgate_http_requests_total")
    assert counted == {
        ("POST", "/api/requests", "201"): 1,
        ("GET", "/api/requests/{id}", "200"): 1,
        ("GET", "/api/requests/{id}", "404"): 1,
        ("GET", "/api/requests", "403"): 1,
        ("other", "(none)", "404"): 1,
    }
    assert "secret" not in answer.text
    assert request_id not in answer.text


async def test_a_call_that_waits_says_nothing_about_speed(
    api: Api, as_agent: httpx.AsyncClient, request_id: str
) -> None:
    await as_agent.get(f"/api/requests/{request_id}", params={"wait": "0.01"})
    found = samples((await api.client(None).get("/metrics")).text)
    assert values(found, "agentgate_http_requests_total")["GET", "/api/requests/{id}", "200"] == 1
    timed = values(found, "agentgate_http_request_duration_seconds_count")
    assert timed == {("POST", "/api/requests"): 1}


async def test_refusals_by_the_limits_are_counted(api: Api) -> None:
    client = await api.with_scopes(Scope.REQUEST_READ, rate_limit=1)
    for _ in range(3):
        await client.get("/api/requests")
    stranger = api.client("agk_guess")
    for _ in range(32):
        await stranger.get("/api/requests")
    found = samples((await api.client(None).get("/metrics")).text)
    assert values(found, "agentgate_rate_limit_refusals_total") == {("key",): 2, ("address",): 2}


async def test_it_can_be_read_as_openmetrics(api: Api) -> None:
    asks = "application/openmetrics-text;version=1.0.0,text/plain;version=0.0.4;q=0.5"
    answer = await api.client(None, Accept=asks).get("/metrics")
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text; version=1.0.0")
    assert answer.text.endswith("# EOF\n")


async def test_without_a_database_it_answers_with_what_is_known(
    api: Api, as_agent: httpx.AsyncClient, request_id: str
) -> None:
    await db.connection().execute_script("ALTER TABLE requests RENAME TO gone")
    await as_agent.get(f"/api/requests/{request_id}")
    answer = await api.client(None).get("/metrics")
    found = samples(answer.text)
    assert answer.status_code == 200
    assert values(found, "agentgate_http_requests_total")["GET", "/api/requests/{id}", "503"] == 1
    assert str(values(found, "agentgate_requests_pending")[()]) == "nan"


async def test_with_a_token_only_who_shows_it_may_read(gate: Gate, admin: NewKey) -> None:
    async with served(gate, metrics_token=TOKEN) as api:
        for wrong in ("x", TOKEN[:-1], TOKEN + "x", "\xff", admin.secret):
            shown = [(b"Authorization", f"Bearer {wrong}".encode("latin-1"))]
            refused = await api.client(None).get("/metrics", headers=shown)
            assert refused.status_code == 401
            assert "METRICS_TOKEN" in refused.json()["detail"]
            assert "agentgate_" not in refused.text
        assert (await api.client(TOKEN).get("/metrics")).status_code == 200


@pytest.mark.parametrize("header", [f"Basic {TOKEN}", TOKEN, f"bearer  {TOKEN}"])
async def test_the_token_is_sent_as_bearer(gate: Gate, header: str) -> None:
    async with served(gate, metrics_token=TOKEN) as api:
        answer = await api.client(None, Authorization=header).get("/metrics")
    assert (answer.status_code == 200) is header.startswith("bearer")


async def test_wrong_tokens_are_limited_by_address_and_the_right_one_still_gets_in(gate: Gate) -> None:
    async with served(gate, metrics_token=TOKEN, trusted_proxies=["127.0.0.0/8"]) as api:
        guesser = api.client("a-guess", **{"X-Forwarded-For": "203.0.113.9"})
        answers = [await guesser.get("/metrics") for _ in range(32)]
        assert [answer.status_code for answer in answers] == [401] * 30 + [429] * 2
        assert int(answers[-1].headers["Retry-After"]) >= 1
        elsewhere = api.client("a-guess", **{"X-Forwarded-For": "203.0.113.10"})
        assert (await elsewhere.get("/metrics")).status_code == 401
        right = api.client(TOKEN, **{"X-Forwarded-For": "203.0.113.9"})
        assert (await right.get("/metrics")).status_code == 200
