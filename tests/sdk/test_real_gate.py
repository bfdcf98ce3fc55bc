"""The client and the real gate understand each other: every verb, once, over HTTP."""

import asyncio
import json
import os
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from agentgate import AsyncAgentGate, Conflict, Denied, Forbidden, NotFound, Status, WaitTimeout

from gateway.gate import Gate
from gateway.keys import NewKey
from models.words import Scope
from tests.api.served import Api, served
from tests.conftest import a_key


@pytest.fixture
async def api(gate: Gate) -> AsyncIterator[Api]:
    async with served(gate) as api:
        yield api


@pytest.fixture
async def as_agent(api: Api, agent: NewKey) -> AsyncIterator[AsyncAgentGate]:
    async with AsyncAgentGate(api.url, api_key=agent.secret) as client:
        yield client


@pytest.fixture
async def as_admin(api: Api, admin: NewKey) -> AsyncIterator[AsyncAgentGate]:
    async with AsyncAgentGate(api.url, api_key=admin.secret) as client:
        yield client


async def test_an_approval_reaches_the_waiter_and_is_confirmed(
    as_agent: AsyncAgentGate, as_admin: AsyncAgentGate
) -> None:
    asked = await as_agent.request("deploy.prod", {"env": "prod", "share": 0.1}, urgency="high", expires_in=60)
    async with asyncio.TaskGroup() as together:
        waiting = together.create_task(as_agent.wait(asked, timeout=20))
        await as_admin.decide(await as_admin.get(str(asked.code)), "approved", reason="fine")
    approved = waiting.result()
    assert (approved.decision_reason, approved.decided_by, approved.urgency) == ("fine", "api:admin", "high")
    assert (await as_agent.confirm(approved, {"took": 3})).result == {"took": 3}
    with pytest.raises(Conflict, match="confirmed"):
        await as_agent.confirm(approved)
    history = [entry.event_type for entry in await as_agent.audit(asked)]
    assert history[0] == "request.created"
    assert history[-1] == "request.confirmed"


async def test_a_denial_reaches_the_waiter_with_its_reason(as_agent: AsyncAgentGate, as_admin: AsyncAgentGate) -> None:
    asked = await as_agent.request("deploy.prod")
    await as_admin.decide(asked, "denied", reason="not on a Friday")
    with pytest.raises(Denied, match="not on a Friday"):
        await as_agent.wait(asked)
    with pytest.raises(Conflict) as late:
        await as_admin.decide(asked, "approved")
    assert late.value.request is not None
    assert late.value.request.status is Status.DENIED


async def test_patience_ends_while_nobody_decides_and_the_request_is_withdrawn(as_agent: AsyncAgentGate) -> None:
    asked = await as_agent.request("deploy.prod")
    with pytest.raises(WaitTimeout):
        await as_agent.wait(str(asked.code), timeout=0)
    assert (await as_agent.cancel(asked)).status is Status.CANCELLED


async def test_asking_again_under_one_key_joins_the_first_request(as_agent: AsyncAgentGate) -> None:
    first = await as_agent.request("deploy.prod", {"n": 1}, idempotency_key="run-7")
    assert (await as_agent.request("deploy.prod", {"n": 1}, idempotency_key="run-7")).id == first.id
    with pytest.raises(Conflict):
        await as_agent.request("deploy.prod", {"n": 2}, idempotency_key="run-7")


async def test_what_a_key_may_not_do_is_named(as_agent: AsyncAgentGate) -> None:
    with pytest.raises(Forbidden, match="key:manage"):
        await as_agent.keys.list()
    with pytest.raises(NotFound):
        await as_agent.get("req_01jabcdefghjkmnpqrstvwxyz0")


async def test_lists_and_the_audit_trail_are_paged(as_agent: AsyncAgentGate, as_admin: AsyncAgentGate) -> None:
    for number in range(3):
        await as_agent.request("deploy.prod", {"n": number})
    first = await as_admin.list(status="pending", action="deploy.prod", requested_by="api:agent", limit=2)
    rest = await as_admin.list(limit=2, cursor=first.next_cursor)
    assert [request.params["n"] for request in (*first, *rest)] == [2, 1, 0]
    found = await as_admin.audit(event_type="created", actor="api:agent", limit=1)
    assert (found.has_more, found.items[0].request and found.items[0].request.action) == (True, "deploy.prod")


async def test_policies_are_kept_and_tried(as_agent: AsyncAgentGate, as_admin: AsyncAgentGate) -> None:
    rules = [{"match": {"action": "read.docs"}, "decision": "auto_approve"}]
    saved = await as_admin.policies.create({"name": "reading", "priority": 5, "rules": rules})
    assert (await as_admin.policies.try_("read.docs"))["decision"] == "auto_approve"
    asked = await as_agent.request("read.docs")
    assert (await as_agent.wait(asked)).decided_by == "policy:reading"
    assert asked.policy_decision is not None
    assert not (await as_admin.policies.update(saved.id, {"enabled": False})).enabled
    assert (await as_admin.policies.get(saved.id)).name == "reading"
    await as_admin.policies.delete(saved.id)
    assert len(await as_admin.policies.list()) == 0


async def test_keys_are_made_changed_and_revoked(api: Api, as_admin: AsyncAgentGate) -> None:
    made = await as_admin.keys.create("bot", ["request:create"], rate_limit=30)
    async with AsyncAgentGate(api.url, api_key=made.secret) as bot:
        assert (await bot.request("deploy.prod")).requested_by == "api:bot"
    assert (await as_admin.keys.update(made.id, scopes=["request:read"])).scopes == ("request:read",)
    await as_admin.keys.revoke(made.id)
    assert [key.active for key in await as_admin.keys.list() if key.name == "bot"] == [False]


async def test_the_command_line_asks_and_another_approves(gate: Gate, api: Api, agent: NewKey, tmp_path: Path) -> None:
    approver = await a_key(gate, "approver", Scope.REQUEST_DECIDE)

    async def agentgate(key: NewKey, *arguments: str) -> tuple[int | None, dict[str, str]]:
        settings = {"AGENTGATE_URL": api.url, "AGENTGATE_API_KEY": key.secret, "HOME": str(tmp_path)}
        command = await asyncio.create_subprocess_exec(
            sys.executable,
            *("-m", "agentgate", *arguments, "--json"),
            env={**os.environ, **settings},
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.DEVNULL,
        )
        told, _ = await command.communicate()
        return command.returncode, json.loads(told)

    code, asked = await agentgate(agent, "request", "deploy.prod", "--param", "env=prod")
    assert (code, asked["status"]) == (0, "pending")
    waiting = asyncio.ensure_future(agentgate(agent, "wait", asked["code"], "--timeout", "30s"))
    assert (await agentgate(approver, "approve", asked["code"], "--reason", "fine"))[0] == 0
    code, outcome = await waiting
    assert (code, outcome["status"], outcome["decisionReason"]) == (0, "approved", "fine")
