"""What a decision does to the step, and what the steps after it read."""

import pytest

from models.words import Decision, Scope
from tests.action.conftest import Scene
from tests.api.served import Api
from tests.conftest import a_key
from tests.gateway.scenes import ruled


async def test_an_approval_lets_the_job_go_on_and_says_who_why_and_when(scene: Scene) -> None:
    running = await scene.starts(params='{"env": "prod"}', urgency="high")
    request_id = await running.asks()
    await scene.decides(request_id, Decision.APPROVED, "ship it")
    ran = await running.end()
    request = await scene.look(request_id)
    assert ran.code == 0
    assert ran.outputs == {
        "request_id": request_id,
        "status": "approved",
        "approved": "true",
        "decided_by": "terminal:lea",
        "decision_reason": "ship it",
        "decided_at": request["decidedAt"],
        "url": request["url"],
        "digest": request["digest"],
    }
    assert (request["params"], request["urgency"]) == ({"env": "prod"}, "high")
    assert f"deploy.prod ({request['code']}) was approved by terminal:lea: ship it" in ran.log
    assert ran.commands == []
    assert ran.summary.startswith("### AgentGate: approved\n")
    assert "| Decided by | <code>terminal&#58;lea</code> |" in ran.summary
    assert f"]({request['url']}) |" in ran.summary


async def test_a_denial_fails_the_step_and_stands_on_the_run_s_page(scene: Scene) -> None:
    running = await scene.starts()
    request_id = await running.asks()
    await scene.decides(request_id, Decision.DENIED, "not on a Friday")
    ran = await running.end()
    assert ran.code == 3
    code = (await scene.look(request_id))["code"]
    assert ran.said == f"error: deploy.prod ({code}) was denied by terminal:lea: not on a Friday"
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("denied", "false")
    assert (ran.outputs["decided_by"], ran.outputs["decision_reason"]) == ("terminal:lea", "not on a Friday")


async def test_a_denial_lets_the_job_go_on_where_the_workflow_says_so(scene: Scene) -> None:
    running = await scene.starts(on_denied="continue")
    await scene.decides(await running.asks(), Decision.DENIED, "no")
    ran = await running.end()
    assert ran.code == 0
    assert ran.said.startswith("warning: deploy.prod")
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("denied", "false")


async def test_what_nobody_decides_ends_otherwise_than_a_denial_and_is_withdrawn(scene: Scene) -> None:
    ran = await scene.runs(timeout="1s", on_denied="continue")
    assert ran.code == 4
    assert "has expired: nobody decided in time" in ran.said
    assert (ran.outputs["status"], ran.outputs["approved"], ran.outputs["decided_by"]) == ("expired", "false", "")
    assert (await scene.look(ran.outputs["request_id"]))["status"] == "cancelled"


async def test_time_that_is_up_lets_the_job_go_on_where_the_workflow_says_so(scene: Scene) -> None:
    ran = await scene.runs(timeout="1s", on_timeout="continue")
    assert ran.code == 0
    assert ran.said.startswith("warning: deploy.prod")
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("expired", "false")


async def test_the_request_waits_as_long_as_the_step(scene: Scene) -> None:
    ran = await scene.runs(mode="submit", timeout="1h30m")
    assert (await scene.look(ran.outputs["request_id"]))["slaRemainingMs"] == 5_400_000


@pytest.mark.parametrize("going_on", ["fail", "continue"])
async def test_what_somebody_cancelled_is_neither_denied_nor_too_late(scene: Scene, going_on: str) -> None:
    running = await scene.starts(on_denied=going_on, on_timeout=going_on)
    request_id = await running.asks()
    await scene.as_agent.post(f"/api/requests/{request_id}/cancel")
    ran = await running.end()
    assert ran.code == 6
    assert "was cancelled by api:agent" in ran.said
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("cancelled", "false")


async def test_a_policy_approves_at_once(scene: Scene) -> None:
    await ruled(scene.gate, {"match": {"context.repository": "acme/shop"}, "decision": "auto_approve"}, name="shop")
    ran = await scene.runs()
    assert ran.code == 0
    assert (ran.outputs["approved"], ran.outputs["decided_by"]) == ("true", "policy:shop")


@pytest.mark.parametrize("mode", ["wait", "submit"])
async def test_a_policy_denies_at_once(scene: Scene, mode: str) -> None:
    await ruled(scene.gate, {"decision": "auto_deny"}, name="freeze")
    ran = await scene.runs(mode=mode)
    assert ran.code == 3
    assert "was denied by policy:freeze." in ran.said


async def test_who_asks_is_told_where_nobody_can_decide(scene: Scene) -> None:
    await ruled(scene.gate, {"decision": "route_to_human", "channels": ["slack:#nowhere"]})
    ran = await scene.runs(mode="submit")
    assert ran.said.startswith("warning: ")
    assert "slack" in ran.said


async def test_a_key_that_is_unknown_or_may_not_ask_ends_the_step_at_once(scene: Scene, api: Api) -> None:
    unknown = await scene.runs(api_key="agk_unknown-but-well-formed")
    reader = await a_key(api.gate, "reader", Scope.REQUEST_READ)
    scopeless = await scene.runs(api_key=reader.secret)
    assert (unknown.code, scopeless.code) == (1, 1)
    assert unknown.said.startswith("error: The gateway refuses: ")
    assert "request:create" in scopeless.said
    assert unknown.outputs["approved"] == "false"
