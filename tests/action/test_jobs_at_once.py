"""Two jobs that wait at once never get each other's answer – unless the workflow says that they share one."""

import asyncio
from typing import Any

import pytest

from models.words import Decision
from tests.action.conftest import Scene

LEGS: list[Any] = [
    pytest.param({"github": {"JOB": "east"}}, {"github": {"JOB": "west"}}, id="jobs"),
    pytest.param({"github": {"RUN_ID": "1"}}, {"github": {"RUN_ID": "2"}}, id="runs"),
    pytest.param({"github": {"RUN_ATTEMPT": "1"}}, {"github": {"RUN_ATTEMPT": "2"}}, id="attempts"),
    pytest.param({"github": {"REPOSITORY": "acme/a"}}, {"github": {"REPOSITORY": "acme/b"}}, id="repositories"),
    pytest.param({"matrix": {"region": "eu"}}, {"matrix": {"region": "us"}, "job_index": 1}, id="legs of a matrix"),
    pytest.param({"check_run": 51}, {"check_run": 52}, id="callers of one reusable workflow"),
]


@pytest.mark.parametrize(("one", "other"), LEGS)
@pytest.mark.parametrize("names_files", [True, False], ids=["runner", "other runner"])
async def test_each_gets_its_own_answer(scene: Scene, one: Any, other: Any, *, names_files: bool) -> None:
    """Also on a runner that gives every step's file of outputs the same name."""
    scenes = [
        scene.another("one", names_files=names_files, **one),
        scene.another("other", names_files=names_files, **other),
    ]
    steps = await asyncio.gather(*(each.starts(params='{"env": "prod"}') for each in scenes))
    first, second = [await step.asks() for step in steps]
    assert first != second
    await scene.decides(second, Decision.DENIED, "not this one")
    await scene.decides(first, Decision.APPROVED, "this one")
    approved, denied = await asyncio.gather(*(step.end() for step in steps))
    assert (approved.code, approved.outputs["request_id"]) == (0, first)
    assert (denied.code, denied.outputs["request_id"]) == (3, second)


async def test_two_steps_of_one_composite_action_ask_each_for_itself(scene: Scene) -> None:
    """They have the same name, and all the rest too; only the runner's files tell them apart."""
    one, other = await scene.runs(mode="submit"), await scene.runs(mode="submit")
    assert one.outputs["request_id"] != other.outputs["request_id"]


async def test_steps_share_a_request_under_a_key_of_their_own(scene: Scene) -> None:
    """One approval for every leg of a matrix, and for the next attempt at what was approved."""
    eu = scene.another("eu", matrix={"region": "eu"})
    us = scene.another("us", matrix={"region": "us"}, job_index=1, github={"JOB": "other"})
    steps = [await each.starts(idempotency_key="release-4242") for each in (eu, us)]
    request_id, same = [await step.asks() for step in steps]
    assert request_id == same
    await scene.decides(request_id, Decision.APPROVED)
    assert [(await step.end()).code for step in steps] == [0, 0]
    again = await scene.another("again", github={"RUN_ATTEMPT": "2"}).runs(idempotency_key="release-4242")
    assert (again.code, again.outputs["request_id"]) == (0, request_id)


async def test_a_key_that_was_used_for_something_else_is_refused(scene: Scene) -> None:
    await scene.runs(mode="submit", idempotency_key="mine", params='{"env": "staging"}')
    ran = await scene.runs(mode="submit", idempotency_key="mine", params='{"env": "prod"}')
    assert ran.code == 1
    assert "The gateway refuses: " in ran.said
    assert "idempotency" in ran.said.lower()


async def test_a_step_that_is_run_once_more_in_one_attempt_joins_its_request(scene: Scene) -> None:
    job = scene.another("named", names_files=False)
    one = await job.runs(mode="submit")
    same = await job.runs(mode="submit")
    assert one.outputs["request_id"] == same.outputs["request_id"]
