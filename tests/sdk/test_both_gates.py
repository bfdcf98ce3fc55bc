"""The fake gate is honest: the same stories come out the same at it and at a real one."""

import asyncio
from collections.abc import AsyncIterator, Awaitable
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from agentgate import (
    AlreadyDone,
    ApiError,
    AsyncAgentGate,
    Cancelled,
    Conflict,
    Denied,
    Expired,
    Forbidden,
    InvalidRequest,
    NotFound,
    Request,
    Unauthorized,
    WaitTimeout,
)

from gateway.digest import digest_of
from gateway.gate import Gate
from tests.clock import Clock
from tests.sdk.places import Place, a_place, blocking

KINDS = ("real", "fake", "fake in real time")
PATIENCE = 20
ODD = {"ü": 1e21, "a": [1e-7, 0.1, -0.0, 100.0, 2**53], "\U0001f600": None, "\ufb33": '"\\\n\x7f', "nested": {"b": {}}}


@pytest.fixture(params=KINDS)
async def place(request: pytest.FixtureRequest, gate: Gate, clock: Clock) -> AsyncIterator[Place]:
    async with a_place(request.param, gate, clock) as place:
        yield place


@pytest.fixture
async def agent(place: Place) -> AsyncAgentGate:
    return await place.client_of("agent")


@pytest.fixture
async def lea(place: Place) -> AsyncAgentGate:
    return await place.client_of("lea")


@pytest.fixture
async def max_(place: Place) -> AsyncAgentGate:
    return await place.client_of("max")


async def events_of(agent: AsyncAgentGate, request: Request) -> list[str]:
    return [entry.event_type for entry in await agent.audit(request)]


async def test_an_approval_is_waited_for_and_confirmed(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod", {"env": "prod"}, context={"reason": "x"}, urgency="high")
    await lea.decide(asked, "approved", reason=" fine ")
    approved = await agent.wait(str(asked.code), timeout=PATIENCE)
    assert (approved.decided_by, approved.decided_by_type, approved.requested_by) == ("api:lea", "human", "api:agent")
    assert [(vote.by, vote.decision) for vote in approved.approvals] == [("api:lea", "approved")]
    assert approved.decision_reason is not None
    assert (await agent.confirm(approved, {"took": 3})).result == {"took": 3}
    with pytest.raises(Conflict) as again:
        await agent.confirm(approved)
    assert (again.value.code, again.value.request and again.value.request.result) == ("not_confirmable", {"took": 3})
    assert await events_of(agent, asked) == [
        "request.created", "request.pending", "request.approved", "request.decided", "request.confirmed",
    ]  # fmt: skip


async def test_a_denial_is_raised_and_the_second_answer_loses(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod")
    await lea.decide(asked, "denied", reason="not on a Friday")
    with pytest.raises(Denied) as denied:
        await agent.wait(asked, timeout=PATIENCE)
    assert (denied.value.reason, denied.value.decided_by) == ("not on a Friday", "api:lea")
    with pytest.raises(Conflict) as late:
        await lea.decide(asked, "approved")
    assert (late.value.code, late.value.request and late.value.request.status) == ("already_final", "denied")
    with pytest.raises(Conflict) as unapproved:
        await agent.confirm(asked)
    assert unapproved.value.code == "not_confirmable"


@pytest.mark.parametrize("kind", ["real", "fake in real time"])
async def test_a_waiter_is_woken_by_the_decision(gate: Gate, clock: Clock, kind: str) -> None:
    async with a_place(kind, gate, clock) as place, asyncio.TaskGroup() as together:
        agent, lea = await place.client_of("agent"), await place.client_of("lea")
        one, two = await agent.request("deploy.1"), await agent.request("deploy.2")
        told: list[str] = []
        with blocking(place) as gate_:
            together.create_task(_note(agent.wait(one, timeout=PATIENCE), told))
            blocked = together.create_task(_note(asyncio.to_thread(gate_.wait, two, PATIENCE), told))
            await lea.decide(two, "approved")
            await blocked
            await lea.decide(one, "approved")
    assert told == [two.id, one.id]


async def _note(waiting: Awaitable[Request], told: list[str]) -> None:
    told.append((await waiting).id)


async def test_nobody_deciding_ends_in_a_timeout_and_a_cancellation(agent: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod")
    with pytest.raises(WaitTimeout) as over:
        await agent.wait(asked, timeout=0.2)
    assert over.value.request is not None
    await agent.cancel(asked)
    with pytest.raises(Cancelled):
        await agent.wait(asked)
    with pytest.raises(Conflict):
        await agent.cancel(asked)
    assert await events_of(agent, asked) == ["request.created", "request.pending", "request.cancelled"]


async def test_time_runs_out(place: Place, agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod", expires_in=timedelta(minutes=1))
    assert asked.expires_at is not None
    assert asked.created_at is not None
    assert asked.expires_at - asked.created_at == timedelta(minutes=1)
    await place.pass_time(61)
    with pytest.raises(Conflict):
        await lea.decide(asked, "approved")
    with pytest.raises(Expired) as expired:
        await agent.wait(asked, timeout=PATIENCE)
    assert expired.value.decided_by == "system:expiry"
    assert expired.value.request is not None
    assert expired.value.request.decided_by_type == "system"
    assert await events_of(agent, asked) == ["request.created", "request.pending", "request.expired"]


async def test_without_a_word_about_it_a_request_expires_in_an_hour(agent: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod")
    assert asked.expires_at is not None
    assert asked.created_at is not None
    assert asked.expires_at - asked.created_at == timedelta(hours=1)


async def test_an_idempotency_key_leads_back_to_the_first_request(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    first = await agent.request("deploy.prod", {"n": 1}, idempotency_key="run-7")
    await lea.decide(first, "approved")
    again = await agent.request("deploy.prod", {"n": 1}, idempotency_key="run-7")
    assert (again.id, again.status) == (first.id, "approved")
    with pytest.raises(Conflict) as clash:
        await agent.request("deploy.prod", {"n": 2}, idempotency_key="run-7")
    assert clash.value.code == "idempotency_clash"
    with pytest.raises(Conflict):
        await agent.request("deploy.prod", {"n": 1}, urgency="low", idempotency_key="run-7")
    assert (await lea.request("deploy.prod", {"n": 1}, idempotency_key="run-7")).id != first.id


async def test_an_approval_under_a_key_is_for_what_was_asked_under_it(
    agent: AsyncAgentGate, lea: AsyncAgentGate
) -> None:
    first = await agent.request("deploy.prod", {"n": 1}, idempotency_key="run-7")
    await lea.decide(first, "approved")
    with pytest.raises(Conflict, match="was used for another request"):
        async with agent.guard("deploy.prod", {"n": 2}, idempotency_key="run-7", timeout=PATIENCE):
            raise AssertionError("the block was entered")
    assert (await agent.get(first)).confirmed_at is None


async def test_a_quorum_counts_people(
    place: Place, agent: AsyncAgentGate, lea: AsyncAgentGate, max_: AsyncAgentGate
) -> None:
    await place.needs(2, "deploy.prod")
    asked = await agent.request("deploy.prod")
    assert asked.approvals_needed == 2
    assert (await lea.decide(asked, "approved")).status == "pending"
    assert len((await lea.decide(asked, "denied")).approvals) == 1
    await max_.decide(asked, "approved")
    approved = await agent.wait(asked, timeout=PATIENCE)
    assert ([vote.by for vote in approved.approvals], approved.decided_by) == (["api:lea", "api:max"], "api:max")
    assert "request.voted" in await events_of(agent, asked)
    other = await agent.request("deploy.prod")
    await max_.decide(other, "denied")
    with pytest.raises(Denied):
        await agent.wait(other, timeout=PATIENCE)


async def test_nobody_decides_what_they_asked(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    own = await lea.request("deploy.prod")
    with pytest.raises(Forbidden) as refusal:
        await lea.decide(own, "approved")
    assert refusal.value.code == "self_approval"
    with pytest.raises(Forbidden, match="request:decide"):
        await agent.decide(await agent.request("deploy.prod"), "approved")


async def test_a_key_sees_what_it_asked_and_no_more(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    others = await lea.request("deploy.prod")
    for ref in ("req_01jabcdefghjkmnpqrstvwxyz0", "zzzz-zzzz"):
        with pytest.raises(NotFound):
            await agent.get(ref)
    with pytest.raises(Forbidden, match="only what it asked itself"):
        await agent.get(others)
    with pytest.raises(Forbidden, match="request:read"):
        await agent.list()
    mine = await agent.request("deploy.prod")
    assert (await lea.get(mine)).id == mine.id
    with pytest.raises(Forbidden, match="only that key may confirm"):
        await lea.confirm(mine)
    assert (await lea.cancel(mine)).decided_by == "api:lea"


async def test_requests_are_listed_newest_first(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    for number in range(3):
        await agent.request(f"deploy.{number}", urgency="high" if number else "low")
    page = await lea.list(limit=2)
    assert ([one.action for one in page], page.total, page.has_more) == (["deploy.2", "deploy.1"], 3, True)
    assert [one.action for one in await lea.list(cursor=page.next_cursor)] == ["deploy.0"]
    assert [one.action for one in await lea.list(urgency="low", status="pending", requested_by="api:agent")] == [
        "deploy.0"
    ]


async def test_the_digest_is_that_of_what_was_asked(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod", ODD)
    assert asked.digest == digest_of("deploy.prod", ODD)
    with pytest.raises(Conflict) as other:
        await lea.decide(asked.id, "approved", digest="sha256:00")
    assert other.value.code == "digest_mismatch"


BAD: list[tuple[str, dict[str, Any]]] = [
    ("", {}), ("   ", {}), ("a\nb", {}), ("x" * 201, {}), ("a", {"urgency": "asap"}), ("a", {"expires_in": -5}),
    ("a", {"expires_in": 0}), ("a", {"expires_at": datetime(2020, 1, 1, tzinfo=UTC)}), ("a", {"params": {"n": 2**60}}),
    ("a", {"params": {"t": "\x00"}}), ("a", {"params": {"t": "\ud800"}}),
]  # fmt: skip


@pytest.mark.parametrize(("action", "how"), BAD)
async def test_what_cannot_be_asked_is_refused(agent: AsyncAgentGate, action: str, how: dict[str, Any]) -> None:
    with pytest.raises(InvalidRequest) as refusal:
        await agent.request(action, **how)
    assert refusal.value.status == 400


async def test_a_wrong_key_opens_nothing(place: Place) -> None:
    async with AsyncAgentGate(place.url, api_key="agk_nobodys") as nobody:
        with pytest.raises(Unauthorized):
            await nobody.request("deploy.prod")


async def test_a_guarded_block_is_entered_once(agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = await agent.request("deploy.prod", {"n": 1}, idempotency_key="release-7")
    await lea.decide(asked, "approved")
    async with agent.guard("deploy.prod", {"n": 1}, idempotency_key="release-7", timeout=PATIENCE) as request:
        request.report["rows"] = 3
    assert (await agent.get(asked)).result == {"rows": 3}
    with pytest.raises(AlreadyDone):
        async with agent.guard("deploy.prod", {"n": 1}, idempotency_key="release-7"):
            raise AssertionError("the block was entered a second time")


async def test_several_are_waited_for_by_both_clients(place: Place, agent: AsyncAgentGate, lea: AsyncAgentGate) -> None:
    asked = [await agent.request(f"deploy.{number}") for number in range(3)]
    await lea.decide(asked[0], "denied")
    await lea.decide(asked[2], "approved")
    told = {outcome.asked: outcome.is_approved async for outcome in agent.wait_many(asked, timeout=0.2)}
    with blocking(place) as gate:
        blocked = await asyncio.to_thread(lambda: {one.asked: one.is_approved for one in gate.wait_many(asked, 0.2)})
    assert told == blocked == dict(zip(asked, (False, False, True), strict=True))


async def test_both_write_the_same_json(gate: Gate, clock: Clock) -> None:
    shapes = []
    for kind in ("real", "fake"):
        async with a_place(kind, gate, clock) as place:
            agent, lea = await place.client_of("agent"), await place.client_of("lea")
            asked = await agent.request("deploy.prod")
            await lea.decide(asked, "approved")
            history = (await agent.audit(asked)).items
            problem = await refusal_of(agent, asked)
            told = {name: type(value).__name__ for name, value in (await agent.get(asked)).raw.items()}
            shapes.append((told, {name for entry in history for name in entry.raw}, problem))
    real, fake = shapes
    assert fake == real


async def refusal_of(agent: AsyncAgentGate, asked: Request) -> tuple[str, int, str | None]:
    with pytest.raises(ApiError) as refusal:
        await agent.cancel(asked)
    return type(refusal.value).__name__, refusal.value.status, refusal.value.code


@pytest.mark.parametrize("path", ["/api/requests/req_x?wait=61", "/api/requests/req_x/decide", "/api/requests"])
async def test_raw_calls_are_refused_alike(gate: Gate, clock: Clock, path: str) -> None:
    told = []
    for kind in ("real", "fake"):
        async with a_place(kind, gate, clock) as place:
            agent = await place.client_of("agent")
            http: httpx.AsyncClient = agent._line.http
            answers = [await http.post(path, content=b"[1]"), await http.put(path), await http.get("/api/nowhere")]
            told.append([answer.status_code for answer in answers])
    assert told[0] == told[1]
