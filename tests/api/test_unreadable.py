"""What HTTP itself cannot read is refused with a problem too, and never quoted."""

import asyncio
import json
from typing import Any

import httpx
import pytest

from tests.api.served import Api

LONG = "secret" * 2000
UNREADABLE = {
    "no method": b"\x16\x03\x01 nothing of HTTP\r\n\r\n",
    "an unknown method": b"BREW /pot HTTP/1.1\r\nHost: x\r\n\r\n",
    "a control character in a header": b"GET /health HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer secret\x01\r\n\r\n",
    "no such version": b"GET /health HTTP/9.9\r\nHost: x\r\n\r\n",
    "a length that is none": b"POST /api/requests HTTP/1.1\r\nHost: x\r\nContent-Length: secret\r\n\r\n",
    "a header over 8 KB": f"GET /health HTTP/1.1\r\nHost: x\r\nCookie: {LONG}\r\n\r\n".encode(),
    "an address over 8 KB": f"GET /health?x={LONG} HTTP/1.1\r\nHost: x\r\n\r\n".encode(),
}


async def told(api: Api, sent: bytes) -> tuple[int, dict[str, str], dict[str, Any], bytes]:
    """Send bytes; return status, headers and body of the answer, and everything as it came."""
    heard, caller = await asyncio.open_connection("127.0.0.1", httpx.URL(api.url).port)
    caller.write(sent)
    async with asyncio.timeout(20):
        answer = await heard.read()  # to the end: the connection is closed
    caller.close()
    head, _, body = answer.partition(b"\r\n\r\n")
    first, *rest = head.decode().split("\r\n")
    headers = {name.lower(): value for name, _, value in (line.partition(": ") for line in rest)}
    return int(first.split(" ")[1]), headers, json.loads(body), answer


@pytest.mark.parametrize("what", UNREADABLE)
async def test_a_call_that_cannot_be_read_is_refused_with_a_problem(api: Api, what: str) -> None:
    status, headers, shown, answer = await told(api, UNREADABLE[what])
    assert status == shown["status"] == 400
    assert headers["content-type"].startswith("application/problem+json")
    assert headers["x-request-id"] == shown["reference"]
    assert shown["code"] == "unreadable"
    assert shown["detail"] == shown["error"] == shown["message"]
    assert b"secret" not in answer
    assert ("8 KB" in shown["detail"]) is ("8 KB" in what)
    api.validate(shown, api.document["components"]["schemas"]["ProblemShape"])


async def test_an_expectation_that_nobody_knows_is_refused_with_a_problem(api: Api) -> None:
    call = b"GET /health HTTP/1.1\r\nHost: x\r\nExpect: miracles\r\n\r\n"
    status, _, shown, _ = await told(api, call)
    assert (status, shown["code"]) == (417, "expectation_failed")
    assert "100-continue" in shown["detail"]


async def test_unreadable_calls_are_counted(api: Api) -> None:
    await told(api, UNREADABLE["no method"])
    metrics = (await api.client(None).get("/metrics")).text
    assert 'agentgate_http_requests_total{method="other",route="(none)",status="400"} 1.0' in metrics


async def test_the_next_connection_is_as_good_as_new(api: Api, as_agent: httpx.AsyncClient) -> None:
    await told(api, UNREADABLE["no method"])
    assert (await as_agent.post("/api/requests", json={"action": "x"})).status_code == 201
