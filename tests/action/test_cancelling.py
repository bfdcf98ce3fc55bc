"""A job that is cancelled takes its request along, within the time that a runner leaves."""

import asyncio
import signal
import socket
import time

import pytest
from agentgate_action.digest import digest_of

from tests.action.conftest import Scene
from tests.action.runner import KILL_AFTER, SIGTERM_AFTER, Job
from tests.sdk.scripted_gate import KEY, ScriptedGate, Silence, a_request, decided, says

INPUTS = {"api-key": KEY, "action": "deploy.prod"}
DIGEST = digest_of("deploy.prod", {})


@pytest.mark.parametrize(("first", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
async def test_a_cancelled_job_withdraws_its_request(scene: Scene, first: signal.Signals, code: int) -> None:
    running = await scene.starts()
    request_id = await running.asks()
    began = time.monotonic()
    ran = await running.cancelled(first)
    assert time.monotonic() - began < KILL_AFTER
    assert ran.code == code
    assert "The job was cancelled. The request is cancelled." in ran.log
    assert (ran.outputs["request_id"], ran.outputs["approved"]) == (request_id, "false")
    request = await scene.look(request_id)
    assert (request["status"], request["decidedBy"]) == ("cancelled", "api:agent")


async def test_so_does_a_job_that_waits_for_what_an_earlier_step_has_asked(scene: Scene) -> None:
    asked = await scene.runs(mode="submit")
    running = await scene.starts(action="", request_id=asked.outputs["request_id"])
    await running.prints("Waiting for")
    await scene.until_somebody_waits()
    assert (await running.cancelled()).code == 130
    assert (await scene.look(asked.outputs["request_id"]))["status"] == "cancelled"


async def test_a_request_whose_answer_was_still_under_way_is_withdrawn_too(job: Job) -> None:
    """By its idempotency key it is the same request, whether the gateway had it already or not."""
    with ScriptedGate() as gate:
        pending = says(a_request(digest=DIGEST), 201)
        gate.plays(Silence(), pending, says(decided("cancelled", digest=DIGEST)))
        running = await job.starts(INPUTS | {"url": gate.url})
        await asyncio.to_thread(gate.wait_for_requests, 1)
        began = time.monotonic()
        ran = await running.cancelled()
        assert time.monotonic() - began < SIGTERM_AFTER
        asked, again, cancelled = gate.seen
    assert ran.code == 130
    assert asked.headers["Idempotency-Key"] == again.headers["Idempotency-Key"]
    assert (cancelled.method, cancelled.path) == ("POST", f"/api/requests/{a_request()['id']}/cancel")


async def test_what_was_decided_a_moment_before_is_no_approval_for_a_cancelled_job(job: Job) -> None:
    with ScriptedGate() as gate:
        approved = decided("approved", digest=DIGEST)
        conflict = says({"code": "already_final", "detail": "It was approved.", "request": approved}, 409)
        gate.plays(says(a_request(digest=DIGEST), 201), Silence(), conflict)
        running = await job.starts(INPUTS | {"url": gate.url})
        await asyncio.to_thread(gate.wait_for_requests, 2)
        ran = await running.cancelled()
    assert ran.code == 130
    assert "The request is approved." in ran.log
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("approved", "false")


async def test_without_a_gateway_the_step_ends_in_time_all_the_same(job: Job) -> None:
    with socket.socket() as door:
        door.bind(("127.0.0.1", 0))
        running = await job.starts(INPUTS | {"url": f"http://127.0.0.1:{door.getsockname()[1]}"})
        await running.prints("Trying again")
        ran = await running.cancelled()
    assert ran.code == 130
    assert "could not be withdrawn" in ran.log
    assert ran.outputs["approved"] == "false"


async def test_a_look_withdraws_nothing(job: Job) -> None:
    with ScriptedGate() as gate:
        gate.plays(Silence())
        inputs = {"url": gate.url, "api-key": KEY, "mode": "check", "request-id": "k7qm-3vtx"}
        running = await job.starts(inputs)
        await asyncio.to_thread(gate.wait_for_requests, 1)
        assert (await running.cancelled()).code == 130
        assert [seen.method for seen in gate.seen] == ["GET"]
