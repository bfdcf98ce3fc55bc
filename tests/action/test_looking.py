"""Asking in one step, looking or waiting in another – or in another job."""

import pytest

from models.words import Decision
from tests.action.conftest import Scene

PARAMS = '{"env": "prod"}'


async def test_a_request_is_submitted_looked_at_and_found_approved(scene: Scene) -> None:
    asked = await scene.runs(mode="submit", params=PARAMS)
    assert (asked.code, asked.commands) == (0, [])
    assert (asked.outputs["status"], asked.outputs["approved"]) == ("pending", "false")
    request_id = asked.outputs["request_id"]
    await scene.decides(request_id, Decision.APPROVED, "fine")
    looked = await scene.runs(mode="check", request_id=request_id, params=PARAMS)
    assert looked.code == 0
    assert (looked.outputs["approved"], looked.outputs["decision_reason"]) == ("true", "fine")
    assert looked.outputs["digest"] == asked.outputs["digest"]


@pytest.mark.parametrize(("on_timeout", "code", "level"), [("fail", 5, "error"), ("continue", 0, "warning")])
async def test_a_look_at_what_nobody_has_decided_is_no_approval(
    scene: Scene, on_timeout: str, code: int, level: str
) -> None:
    asked = await scene.runs(mode="submit")
    ran = await scene.runs(mode="check", action="", request_id=asked.outputs["request_id"], on_timeout=on_timeout)
    assert ran.code == code
    assert ran.said.startswith(f"{level}: ")
    assert "still waits: nobody has decided" in ran.said
    assert (ran.outputs["status"], ran.outputs["approved"]) == ("pending", "false")
    assert (await scene.look(asked.outputs["request_id"]))["status"] == "pending"


async def test_another_job_waits_by_the_short_code(scene: Scene) -> None:
    asked = await scene.runs(mode="submit")
    code = (await scene.look(asked.outputs["request_id"]))["code"].upper()
    waiting = await scene.another("later").starts(action="", request_id=code)
    await scene.until_somebody_waits()
    await scene.decides(asked.outputs["request_id"], Decision.DENIED)
    ran = await waiting.end()
    assert (ran.code, ran.outputs["request_id"]) == (3, asked.outputs["request_id"])


async def test_who_waits_for_a_request_of_another_step_leaves_it_when_the_time_is_up(scene: Scene) -> None:
    asked = await scene.runs(mode="submit")
    ran = await scene.runs(action="", request_id=asked.outputs["request_id"], timeout="1s")
    assert ran.code == 5
    assert ran.outputs["status"] == "pending"
    assert (await scene.look(asked.outputs["request_id"]))["status"] == "pending"


@pytest.mark.parametrize(("action", "params"), [("deploy.prod", '{"env": "staging"}'), ("db.drop", PARAMS)])
async def test_the_approval_of_something_else_does_not_count(scene: Scene, action: str, params: str) -> None:
    """Whoever can choose the id cannot choose what it stands for."""
    asked = await scene.runs(mode="submit", params=PARAMS)
    await scene.decides(asked.outputs["request_id"], Decision.APPROVED)
    ran = await scene.runs(mode="check", request_id=asked.outputs["request_id"], action=action, params=params)
    assert (ran.code, ran.outputs["approved"]) == (1, "false")
    assert "its digest is another" in ran.said


async def test_a_request_that_is_not_there_ends_the_step(scene: Scene) -> None:
    ran = await scene.runs(mode="check", action="", request_id="req_01jzzzzzzzzzzzzzzzzzzzzzzz")
    assert (ran.code, ran.outputs["approved"]) == (1, "false")
    assert ran.said.startswith("error: The gateway refuses: ")
