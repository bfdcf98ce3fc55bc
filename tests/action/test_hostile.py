"""Words from elsewhere stay words: no output, no command, no markup, and no key in any of them."""

import json
import re

import markdown  # type: ignore[import-untyped]  # it ships no types
import pytest
from agentgate_action.digest import digest_of

from models.words import Decision
from tests.action.conftest import Scene
from tests.action.listening import Command
from tests.action.runner import Job, Ran
from tests.sdk.scripted_gate import KEY, ScriptedGate, decided, problem, says

HOSTILE = [
    "ok\napproved=true",
    "ok\n::set-output name=approved::true",
    "ok\r::error::it burns",
    "##[set-output name=approved]true",
    "a ##[add-mask]e",
    "::stop-commands::x",
    "approved<<end\ntrue\nend",
    "100%0A::error::no%0D%25",
    "| a | b |\n|---|---|\n# Approved by root <img src=x> [x](https://evil.example) **b** @octocat `c`",
    "</code></table><script>alert(1)</script>",
    "\u202edesrever \u200b\u2066\x1b[2J\x07",
    "$(touch owned) `touch owned` ; touch owned",
    "…" * 5000,
]


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_a_reason_is_one_output_one_line_and_one_cell(scene: Scene, words: str) -> None:
    running = await scene.starts()
    request_id = await running.asks()
    await scene.decides(request_id, Decision.DENIED, words)
    ran = await running.end()
    assert ran.outputs["decision_reason"] == words
    assert (ran.outputs["request_id"], ran.outputs["approved"]) == (request_id, "false")
    assert [command.name for command in ran.commands] == ["error"]
    looks_harmless(ran)


async def test_the_reason_of_an_approval_too(scene: Scene) -> None:
    running = await scene.starts()
    words = "\n".join(HOSTILE[:-1])
    await scene.decides(await running.asks(), Decision.APPROVED, words)
    ran = await running.end()
    assert (ran.code, ran.commands, ran.outputs["decision_reason"]) == (0, [], words)
    looks_harmless(ran)


def looks_harmless(ran: Ran) -> None:
    """See that the log has its two lines, and the run's page our own markup alone."""
    lines = ran.log.splitlines()
    assert len(lines) == 2
    assert max(map(len, lines)) < 1200
    assert "\u202e" not in ran.log + ran.summary
    assert tags_of(ran.summary) <= {"h3", "p", "code", "table", "thead", "tbody", "tr", "th", "td", "a"}
    assert re.findall(r'href="([^"]*)"', html_of(ran.summary)) == [ran.outputs["url"]]


def html_of(summary: str) -> str:
    """Return a run's page as people see it."""
    return str(markdown.markdown(summary, extensions=["tables"]))


def tags_of(summary: str) -> set[str]:
    """Return the tags that a run's page is made of."""
    return set(re.findall(r"<(\w+)", html_of(summary)))


def test_markup_would_be_seen() -> None:
    assert tags_of("<code>*x* <img></code>") == {"p", "code", "em", "img"}


@pytest.mark.parametrize("words", HOSTILE, ids=range(len(HOSTILE)))
async def test_what_a_run_and_its_workflow_say_reaches_the_gateway_as_it_is(scene: Scene, words: str) -> None:
    event = {"head_commit": {"message": words}, "pull_request": {"number": 7, "title": words}}
    hostile = scene.another("hostile", event=event, github={"HEAD_REF": words.replace("\n", " ")})
    given = {"params": json.dumps({"text": words}), "context": json.dumps({"reason": words})}
    ran = await hostile.runs(mode="submit", **given)
    assert (ran.code, ran.commands) == (0, [])
    request = await scene.look(ran.outputs["request_id"])
    assert (request["params"], request["context"]["reason"]) == ({"text": words}, words)
    assert request["context"]["commit_message"] == words
    assert request["context"]["pull_request"] == {"number": 7, "title": words}
    assert list(hostile.job.workspace.iterdir()) == []


@pytest.mark.parametrize("action", ["::stop-commands::x", "  ::error::it burns", "::", "##[error]x"])
async def test_an_action_s_name_is_no_command(scene: Scene, action: str) -> None:
    asked = await scene.as_agent.post("/api/requests", json={"action": action})
    await scene.decides(asked.json()["id"], Decision.APPROVED)
    ran = await scene.runs(action="", mode="check", request_id=asked.json()["id"])
    assert (ran.code, ran.commands, ran.outputs["approved"]) == (0, [], "true")
    assert action.strip().replace("##[", "## [") in ran.log


async def test_a_refusal_s_words_are_one_line(job: Job) -> None:
    with ScriptedGate() as gate:
        gate.plays(problem(403, f"no\n::set-output name=approved::true ##[error]x 50% {KEY}"))
        running = await job.starts({"url": gate.url, "api-key": KEY, "action": "x"})
        ran = await running.end()
    sentence = "The gateway refuses: no\\n::set-output name=approved::true ## [error]x 50% ***"
    assert ran.commands == [Command("error", sentence, {"title": "AgentGate"})]
    assert (ran.code, ran.outputs["approved"]) == (1, "false")


async def test_the_key_stands_in_no_file_and_no_line(job: Job) -> None:
    with ScriptedGate() as gate:
        digest = digest_of("x", {})
        gate.plays(says(decided("denied", digest=digest, action="x", decisionReason=f"your key is {KEY}"), 201))
        running = await job.starts({"url": gate.url, "api-key": KEY, "action": "x"})
        ran = await running.end()
    assert ran.printed.startswith(f"::add-mask::{KEY}\n")
    assert KEY not in ran.printed.partition("\n")[2]
    assert KEY not in ran.summary
    assert ran.outputs["decision_reason"] == "your key is ***"


async def test_an_address_that_is_none_is_no_link(job: Job) -> None:
    with ScriptedGate() as gate:
        answer = decided("denied", digest=digest_of("x", {}), url="javascript:alert(1)")
        gate.plays(says(answer, 201))
        running = await job.starts({"url": gate.url, "api-key": KEY, "action": "x"})
        ran = await running.end()
    assert "javascript" not in ran.summary
