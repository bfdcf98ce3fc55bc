"""Wrong input of every kind gets a 4xx that names the problem; nothing is stored; never a 500."""

import asyncio
import json
from collections.abc import Callable, Coroutine, Iterator, Mapping, MutableMapping
from dataclasses import dataclass
from typing import Any

import httpx
import pytest
import structlog
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from gateway.api.routes import ROUTES
from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.limits import MemoryLimiter
from models import db
from models.tables import Delivery, Event, Key, Policy, Request, Vote
from models.words import Scope
from tests.api.served import Api, served
from tests.clock import Clock
from tests.conftest import a_key

JSON = {"Content-Type": "application/json"}
MANY = {f"k{n}": n for n in range(900)}
WRONG_BODIES = {
    "nothing": b"",
    "half": b'{"action": "x"',
    "text": b"hello",
    "a list": b"[]",
    "a string": b'"action"',
    "null": b"null",
    "two documents": b'{"action": "x"}{"action": "y"}',
    "trailing comma": b'{"action": "x",}',
    "single quotes": b"{'action': 'x'}",
    "not UTF-8": b'{"action": "\xff"}',
    "UTF-16": '{"action": "x"}'.encode("utf-16"),
    "a byte order mark": b'\xef\xbb\xbf{"action": "x"}',
    "NaN": b'{"action": "x", "params": {"a": NaN}}',
    "Infinity": b'{"action": "x", "params": {"a": -Infinity}}',
    "1e400": b'{"action": "x", "params": {"a": 1e400}}',
    "2^53 + 1": b'{"action": "x", "params": {"a": 9007199254740993}}',
    "-2^53 - 1": b'{"action": "x", "params": {"a": -9007199254740993}}',
    "a number of 5000 digits": b'{"action": "x", "params": {"a": ' + b"9" * 5000 + b"}}",
    "duplicate keys": b'{"action": "x", "action": "y"}',
    "duplicate keys inside": b'{"action": "x", "params": {"a": {"b": 1, "b": 1}}}',
    "NUL in a value": b'{"action": "x", "params": {"a": "b\\u0000"}}',
    "NUL in a key": b'{"action": "x", "params": {"a\\u0000": 1}}',
    "NUL in the action": b'{"action": "x\\u0000"}',
    "NUL in an unknown key": b'{"action": "x", "more": {"a": "\\u0000"}}',
    "a raw NUL": b'{"action": "x\x00"}',
    "half a character": b'{"action": "x", "context": {"a": "\\ud800"}}',
    "half a character in a key": b'{"action": "x", "params": {"\\udfff": 1}}',
    "10 000 deep": b'{"action": "x", "params": {"a": ' + b"[" * 10_000 + b"]" * 10_000 + b"}}",
    "100 000 deep": b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "65 deep": b'{"action": "x", "params": ' + b'{"a":' * 64 + b"{}" + b"}" * 64 + b"}",
    "10 000 keys": json.dumps({"action": "x", "params": {f"k{n}": n for n in range(10_000)}}).encode(),
    "1001 keys": json.dumps({"action": "x", "params": {"a": {f"k{n}": n for n in range(1000)}}}).encode(),
    "900 keys twice": json.dumps({"action": "x"} | dict.fromkeys(("params", "context"), MANY)).encode(),
    "900 keys and 101 unknown ones": json.dumps(
        {"action": "x", "params": MANY} | {f"u{n}": n for n in range(101)}
    ).encode(),
    "3000 unknown keys": json.dumps({"action": "x"} | {f"u{n}": n for n in range(3000)}).encode(),
    "no action": b"{}",
    "an empty action": b'{"action": ""}',
    "a blank action": b'{"action": "  "}',
    "an action of 201": json.dumps({"action": "x" * 201}).encode(),
    "an action with a line break": b'{"action": "a\\nb"}',
    "an action with a bidi mark": b'{"action": "a\\u202eb"}',
    "an action that is a number": b'{"action": 5}',
    "params that are a list": b'{"action": "x", "params": []}',
    "params that are null": b'{"action": "x", "params": null}',
    "params that are text": b'{"action": "x", "params": "{}"}',
    "a context that is a number": b'{"action": "x", "context": 1}',
    "an unknown urgency": b'{"action": "x", "urgency": "asap"}',
    "an urgency in capitals": b'{"action": "x", "urgency": "HIGH"}',
    "an urgency that is null": b'{"action": "x", "urgency": null}',
    "an expiry of 0": b'{"action": "x", "expiresInSec": 0}',
    "a negative expiry": b'{"action": "x", "expiresInSec": -5}',
    "an expiry that is true": b'{"action": "x", "expiresInSec": true}',
    "an expiry that is text": b'{"action": "x", "expiresInSec": "60"}',
    "an expiry of a thousand years": b'{"action": "x", "expiresInSec": 31536000000}',
    "an expiry in the past": b'{"action": "x", "expiresAt": "2020-01-01T00:00:00Z"}',
    "an expiry without a zone": b'{"action": "x", "expiresAt": "2090-01-01T00:00:00"}',
    "an expiry in the year 9999": b'{"action": "x", "expiresAt": "9999-12-31T23:59:59Z"}',
    "an expiry that is no time": b'{"action": "x", "expiresAt": "tomorrow"}',
    "an expiry that is a number": b'{"action": "x", "expiresAt": 1893456000}',
    "two expiries": b'{"action": "x", "expiresInSec": 60, "expiresAt": "2090-01-01T00:00:00Z"}',
    "an empty idempotency key": b'{"action": "x", "idempotencyKey": ""}',
    "a long idempotency key": json.dumps({"action": "x", "idempotencyKey": "k" * 256}).encode(),
    "an idempotency key that is a number": b'{"action": "x", "idempotencyKey": 7}',
}


async def everything() -> list[int]:
    return [await table.all().count() for table in (Request, Vote, Event, Delivery, Key, Policy)]


@pytest.mark.parametrize("name", WRONG_BODIES)
async def test_a_wrong_body_is_refused_with_the_reason_and_nothing_is_stored(
    as_agent: httpx.AsyncClient, name: str
) -> None:
    before = await everything()
    answer = await as_agent.post("/api/requests", content=WRONG_BODIES[name], headers=JSON)
    assert answer.status_code == 400, answer.text
    assert len(answer.json()["detail"]) > len("the body")
    assert await everything() == before


@pytest.mark.parametrize("encoding", ["gzip", "deflate"])
async def test_a_body_that_is_not_packed_as_it_says_is_refused_with_the_reason(
    as_agent: httpx.AsyncClient, encoding: str
) -> None:
    before = await everything()
    headers = JSON | {"Content-Encoding": encoding}
    answer = await as_agent.post("/api/requests", content=b"\x00 nothing that was ever packed", headers=headers)
    assert answer.status_code == 400, answer.text
    assert "Content-Encoding" in answer.json()["detail"]
    assert await everything() == before


async def test_a_caller_who_hangs_up_is_no_trouble_of_the_database(api: Api, agent: NewKey) -> None:
    answered = asyncio.Event()

    def listen(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        logged.append(line)
        if line["event"] == "http.answered":
            answered.set()
        raise structlog.DropEvent

    logged: list[Mapping[str, Any]] = []
    structlog.configure(processors=[listen], wrapper_class=structlog.make_filtering_bound_logger("info"))
    try:
        heard, caller = await asyncio.open_connection("127.0.0.1", httpx.URL(api.url).port)
        caller.write(f"POST /api/requests HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {agent.secret}\r\n".encode())
        caller.write(b"Content-Length: 100\r\nExpect: 100-continue\r\n\r\n")
        await heard.readuntil(b"100 Continue")
        caller.close()
        async with asyncio.timeout(5):
            await answered.wait()
    finally:
        structlog.reset_defaults()
    assert [(line["event"], line["status"]) for line in logged] == [("http.answered", 499)]


@pytest.mark.parametrize(
    "body",
    [
        b'{"action": "x", "params": ' + b'{"a":' * 63 + b"{}" + b"}" * 63 + b"}",
        json.dumps({"action": "x", "params": {f"k{n}": n for n in range(1000)}}).encode(),
        json.dumps({"action": "x", "params": MANY, "context": {f"c{n}": n for n in range(99)}, "u": 1}).encode(),
        b'{"action": "x", "params": {"a": 9007199254740992, "b": -9007199254740992, "c": 1e308}}',
        b'  {"action":"x","unknown":{"anything":[1]}}\n',
        '{"action": "Überweisung 支付 🚀"}'.encode(),
        json.dumps({"action": "x" * 200}).encode(),
        b'{"action": "x", "expiresAt": null, "expiresInSec": null, "idempotencyKey": null}',
        b'{"action": "x", "expiresInSec": 0.5}',
    ],
)
async def test_what_is_just_within_the_limits_passes(as_agent: httpx.AsyncClient, body: bytes) -> None:
    answer = await as_agent.post("/api/requests", content=body, headers=JSON)
    assert answer.status_code == 201, answer.text


async def test_too_many_keys_are_refused_with_the_number_and_the_place(as_agent: httpx.AsyncClient) -> None:
    shown = (await as_agent.post("/api/requests", json={"action": "x", "params": MANY, "context": MANY})).json()
    assert (shown["detail"], shown["field"]) == ("the body has more than 1000 keys", "context")


async def test_a_refusal_is_readable_as_it_is_sent(as_admin: httpx.AsyncClient) -> None:
    answer = await as_admin.get("/api/requests/n\u00f6pe")
    assert answer.status_code == 404
    assert "There is no request “nöpe”" in answer.content.decode()


@pytest.mark.parametrize(
    "path", ["/api/requests/%ED%A0%80", "/api/policies/%ED%A0%80", "/api/audit?requestId=%ED%A0%80"]
)
async def test_half_a_character_is_refused_like_any_other(as_admin: httpx.AsyncClient, path: str) -> None:
    answer = await as_admin.get(path)
    assert (answer.status_code, answer.json()["code"]) in {(404, "not_found"), (400, "invalid")}


@pytest.mark.parametrize(
    "path", ["%00", "%ff", "..%2f", "a" * 5000, "req_%F0%9F%9A%80", "%ed%a0%80", "'; DROP TABLE requests;--"]
)
async def test_a_wrong_path_is_not_found(as_admin: httpx.AsyncClient, path: str) -> None:
    for route in ROUTES:
        if "{id}" in route.path:
            body = {"decision": "approved"} if route.path.endswith("decide") else {}
            call = as_admin.build_request(route.method, route.path.replace("{id}", path), json=body)
            answer = await as_admin.send(call)
            assert 400 <= answer.status_code < 500


anything = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(st.characters(codec=None)),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(st.characters(codec=None)), inner, max_size=4),
    max_leaves=12,
)
KNOWN = sorted({str(field.alias) for route in ROUTES if route.body for field in route.body.model_fields.values()})
NAMES = sorted({str(field.alias) for route in ROUTES if route.query for field in route.query.model_fields.values()})
words = st.sampled_from(
    [
        *("approved", "pending", "x", "1", "-1", "true", "2026-01-01", "request.created", "admin", "", "null"),
        *("x" * 31, "x" * 101, "x" * 256, "ü" * 321, "2147483648", "9" * 20, "half\x00done"),
    ]
)
numbers = st.sampled_from([0, -1, 2**31, -(2**31) - 1, 2**53, 2**63, 1.5])
bodies = st.one_of(
    st.binary(max_size=200),
    st.dictionaries(st.sampled_from(KNOWN), anything | words | numbers | st.lists(words, max_size=3), max_size=6).map(
        lambda value: json.dumps(value).encode()
    ),
)
queries = st.lists(st.tuples(st.sampled_from(NAMES), words | st.text(max_size=20)), max_size=4)
heads = st.dictionaries(
    st.sampled_from(["Idempotency-Key", "Content-Type", "X-Forwarded-For", "Origin"]),
    st.text(st.characters(min_codepoint=32, max_codepoint=126), max_size=30).map(str.strip),
    max_size=2,
)


@dataclass
class Bench:
    """A served gate that stays up for all of hypothesis' examples, with its own event loop."""

    run: asyncio.Runner
    client: httpx.AsyncClient
    path: dict[str, str]


@pytest.fixture
def bench(clock: Clock, opens_database: Callable[[], Coroutine[None, None, None]]) -> Iterator[Bench]:
    with asyncio.Runner() as run:
        run.run(opens_database())
        options = Options(rate_limit_enabled=False)
        gate = Gate(options=options, now=clock, secret=b"s" * 32, limiter=MemoryLimiter(clock), notifiers={})
        serving = served(gate)
        api: Api = run.run(serving.__aenter__())
        client = api.client(run.run(a_key(gate, "admin", Scope.ADMIN)))
        asked = run.run(client.post("/api/requests", json={"action": "x"})).json()["id"]
        yield Bench(run, client, {"requests": asked})
        run.run(serving.__aexit__(None, None, None))
        run.run(db.close_database())


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    route=st.sampled_from([route for route in ROUTES if route.path != "/api/api-keys/{id}"]),
    body=bodies,
    query=queries,
    head=heads,
)
def test_no_input_whatever_gives_a_500(
    bench: Bench, route: Any, body: bytes, query: list[tuple[str, str]], head: dict[str, str]
) -> None:
    path = route.path.replace("{id}", bench.path["requests"])
    params = httpx.QueryParams([pair for pair in query if pair[0] != "wait"])
    try:
        call = bench.client.build_request(route.method, path, content=body, params=params, headers=JSON | head)
    except UnicodeEncodeError:
        return  # no client can send half a character in an address
    answer = bench.run.run(bench.client.send(call))
    assert answer.status_code < 500 or answer.status_code == 503, answer.text
    assert answer.status_code != 503 or route.path == "/health"
    if answer.status_code >= 400 and route.path != "/health":
        assert answer.json()["detail"]
