"""Whatever answers in the gateway's place, or is in the way: the step tries on, and nothing of it is an approval."""

import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentgate_action.digest import digest_of

from tests.action.runner import Job, Ran
from tests.platforms.certificates import Authority
from tests.platforms.receiver import receiving
from tests.sdk.scripted_gate import (
    KEY,
    Answer,
    Cut,
    Drip,
    Half,
    Scene,
    ScriptedGate,
    Silence,
    a_request,
    decided,
    page,
    problem,
    says,
)  # fmt: skip

DIGEST = digest_of("deploy.prod", {"env": "prod"})
PENDING = says(a_request(digest=DIGEST), 201)
APPROVED = says(decided("approved", digest=DIGEST))
ANOTHER = "req_01jzzzzzzzzzzzzzzzzzzzzzzz"

WEATHER: list[Any] = [
    pytest.param(problem(503, "The database is away.", Retry_After="1"), id="503"),
    pytest.param(problem(500, "Oh."), id="500"),
    pytest.param(problem(429, "Too many calls.", Retry_After="1"), id="429"),
    pytest.param(page("<h1>Bad gateway</h1>", 502), id="502 as a page"),
    pytest.param(page("<h1>Welcome</h1>"), id="a page"),
    pytest.param(page("404 page not found", 404), id="404 of a proxy"),
    pytest.param(page("<h1>Sign in</h1>", 403), id="403 of a proxy"),
    pytest.param(Answer(200, b"[" * 100_000), id="brackets"),
    pytest.param(Answer(200, b"\xff\xfe"), id="bytes"),
    pytest.param(says(["approved"]), id="a list"),
    pytest.param(says({"status": "approved"}), id="an approval of nothing"),
    pytest.param(says(a_request(status="aproved", digest=DIGEST)), id="an unknown status"),
    pytest.param(says(a_request(status=["approved"], digest=DIGEST)), id="a status that is none"),
    pytest.param(says(a_request(id=7, status="approved", digest=DIGEST)), id="an id that is none"),
    pytest.param(Cut(), id="cut"),
    pytest.param(Half(), id="half"),
]


@pytest.fixture
def gate() -> Iterator[ScriptedGate]:
    with ScriptedGate() as gate:
        yield gate


async def run(job: Job, url: str, **given: str) -> Ran:
    """Run the Action to its end."""
    inputs = {"url": url, "api-key": KEY, "action": "deploy.prod", "params": '{"env": "prod"}', "timeout": "30s"}
    running = await job.starts(inputs | {name.replace("_", "-"): word for name, word in given.items()})
    return await running.end()


@pytest.mark.parametrize("trouble", WEATHER)
async def test_bad_weather_is_sat_out_when_asking_and_when_waiting(
    job: Job, gate: ScriptedGate, trouble: Scene
) -> None:
    gate.plays(trouble, PENDING, trouble, APPROVED)
    ran = await run(job, gate.url)
    assert (ran.code, ran.outputs["approved"], ran.outputs["decided_by"]) == (0, "true", "slack:U1")
    asked, again, looked, *_ = gate.seen
    assert (asked.method, again.method, looked.method) == ("POST", "POST", "GET")
    assert asked.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
    assert asked.body == again.body
    assert ran.log.count("Trying again") == 2


LASTING: list[Any] = [
    *(one for one in WEATHER if one.id in {"503", "a page", "an approval of nothing", "an unknown status", "half"}),
    pytest.param(Silence(), id="silence"),
    pytest.param(Drip(), id="drip"),
]


@pytest.mark.parametrize("trouble", LASTING)
async def test_bad_weather_is_no_approval_however_long_it_lasts(job: Job, gate: ScriptedGate, trouble: Scene) -> None:
    """And no input lets the job go on: nobody knows what was decided."""
    gate.plays(PENDING, trouble)
    ran = await run(job, gate.url, timeout="1s", on_denied="continue", on_timeout="continue")
    assert (ran.code, ran.outputs["approved"], ran.outputs["status"]) == (7, "false", "pending")
    assert ran.said.startswith(f"error: The gateway cannot be reached at {gate.url}: ")
    assert "Errno" not in ran.printed


async def test_the_answer_about_another_request_counts_for_nothing(job: Job, gate: ScriptedGate) -> None:
    gate.plays(
        PENDING,
        says(decided("approved", id=ANOTHER, code="aaaa-bbbb", digest=DIGEST)),
        says(decided("denied", digest=DIGEST)),
    )
    ran = await run(job, gate.url)
    assert ran.code == 3
    assert "it answers about another request" in ran.log


ELSE = says(decided("approved", digest="sha256:" + "ab" * 32))


@pytest.mark.parametrize("scenes", [[ELSE], [PENDING, ELSE]])
async def test_the_approval_of_something_else_ends_the_step(job: Job, gate: ScriptedGate, scenes: list[Scene]) -> None:
    gate.plays(*scenes)
    ran = await run(job, gate.url)
    assert (ran.code, ran.outputs["approved"]) == (1, "false")
    assert "its digest is another" in ran.said


async def test_a_gateway_that_is_not_there_is_named_and_fails_the_step(job: Job) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        ran = await run(job, f"http://127.0.0.1:{door.getsockname()[1]}", timeout="1s", on_timeout="continue")
    assert (ran.code, ran.outputs["approved"], ran.outputs["status"]) == (7, "false", "")
    assert "refused" in ran.said


async def test_a_redirect_is_not_followed_and_ends_the_step_before_anything_is_asked(
    job: Job, gate: ScriptedGate
) -> None:
    with ScriptedGate().plays(APPROVED) as elsewhere:
        gate.plays(Answer(307, b"", {"Location": f"{elsewhere.url}/api/requests"}))
        ran = await run(job, gate.url)
        assert elsewhere.seen == []
    assert ran.code == 7
    assert f"it leads to {elsewhere.url}/api/requests, where the key must not go" in ran.said


async def test_a_redirect_while_it_waits_is_bad_weather(job: Job, gate: ScriptedGate) -> None:
    with ScriptedGate().plays(APPROVED) as elsewhere:
        gate.plays(PENDING, Answer(302, b"", {"Location": elsewhere.url}), says(decided("denied", digest=DIGEST)))
        ran = await run(job, gate.url)
        assert elsewhere.seen == []
    assert ran.code == 3


async def test_a_gateway_that_does_not_hold_is_not_asked_all_the_time(job: Job, gate: ScriptedGate) -> None:
    gate.plays(PENDING, PENDING, PENDING, APPROVED)
    ran = await run(job, gate.url)
    assert ran.code == 0
    assert [seen.query for seen in gate.seen[1:]] == [{"wait": "25"}] * 3


async def test_a_certificate_that_nobody_vouches_for_gets_no_key(job: Job, tmp_path: Path) -> None:
    tls = Authority(tmp_path).server_for("localhost")
    async with receiving("localhost", tls=tls) as server:
        ran = await run(job, server.url.removesuffix("/hook").replace("127.0.0.1", "localhost"), timeout="1s")
        assert server.calls == []
    assert ran.code == 7
    assert "certificate" in ran.said.lower()


async def test_an_authority_of_your_own_is_named_in_the_environment(job: Job, tmp_path: Path) -> None:
    authority = Authority(tmp_path)
    job.env = {"SSL_CERT_FILE": str(authority.root)}
    async with receiving("localhost", tls=authority.server_for("localhost")) as server:
        ran = await run(job, server.url.removesuffix("/hook").replace("127.0.0.1", "localhost"), timeout="1s")
        assert server.calls[0].headers["Authorization"] == f"Bearer {KEY}"
    assert "does not speak like an AgentGate" in ran.said


async def test_the_environment_s_proxy_is_used_but_not_for_this_machine(job: Job, gate: ScriptedGate) -> None:
    gate.plays(PENDING, APPROVED)
    job.env = {"http_proxy": gate.url, "no_proxy": ""}
    ran = await run(job, "http://gate.internal", allow_http="true")
    assert ran.code == 0
    assert {seen.headers["Host"] for seen in gate.seen} == {"gate.internal"}
    with ScriptedGate().plays(PENDING, APPROVED) as here:
        assert (await run(job, here.url)).code == 0
        assert len(here.seen) == 2
