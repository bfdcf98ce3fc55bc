"""`agentgate hook claude-code`, by recorded inputs: what is allowed was approved, once; everything else is denied."""

import asyncio
import json
import os
import signal
import sys
from pathlib import Path
from typing import Any

import pytest
from agentgate import AsyncAgentGate, Status

from tests.agents.house import Finished, House, Running
from tests.sdk.scripted_gate import Drip, ScriptedGate, Silence, a_request, page, problem, says

RECORDED = Path(__file__).parent / "recorded"
HOOK = ("hook", "claude-code")


def recorded(name: str, **changes: Any) -> bytes:
    """Return a recorded input, changed; None takes a field away."""
    told = json.loads((RECORDED / f"{name}.json").read_text(encoding="utf-8")) | changes
    return json.dumps({field: value for field, value in told.items() if value is not None}).encode()


BASH = recorded("bash")
PERMISSION = recorded("permission")


def said(done: Finished) -> tuple[str, str]:
    """Return the decision and its reason, and hold the answer to the documented form."""
    assert done.code == 0, done.err
    output = done.document["hookSpecificOutput"]
    match output["hookEventName"]:
        case "PreToolUse":
            assert set(output) == {"hookEventName", "permissionDecision", "permissionDecisionReason"}
            return output["permissionDecision"], output["permissionDecisionReason"]
        case "PermissionRequest" if output["decision"]["behavior"] == "allow":
            assert output["decision"] == {"behavior": "allow"}
            return "allow", done.document["systemMessage"]
        case "PermissionRequest":
            assert set(output["decision"]) == {"behavior", "message"}
            return output["decision"]["behavior"], output["decision"]["message"]
    raise AssertionError(output)


async def start(house: House, told: bytes) -> tuple[Running, asyncio.Task[Finished]]:
    """Start the hook and give it its input; its end comes later."""
    running = await house.start(*HOOK)
    return running, asyncio.ensure_future(running.finished(told))


@pytest.mark.parametrize("name", ["bash", "write", "mcp", "permission"])
async def test_an_approval_lets_the_call_through_and_says_who_and_why(house: House, name: str) -> None:
    _, answer = await start(house, recorded(name))
    approved = await house.decided(reason="go")
    assert said(await answer) == ("allow", f"Approved by api:lea ({approved.code}): go")
    told = json.loads(recorded(name))
    assert approved.action == f"claude-code.{told['tool_name']}"
    assert approved.params == told["tool_input"]
    assert approved.context == {"session": told["session_id"], "cwd": told["cwd"]}


@pytest.mark.parametrize("name", ["bash", "permission"])
async def test_a_denial_stops_it_and_tells_the_reason(house: House, name: str) -> None:
    _, answer = await start(house, recorded(name))
    await house.decided("denied", reason="not on a Friday")
    decision, reason = said(await answer)
    assert decision == "deny"
    assert "was denied by api:lea: not on a Friday. Do not do it in another way" in reason


async def test_a_policy_answers_at_once(house: House) -> None:
    await house.rule("auto_deny", action="claude-code.Bash", **{"params.command": {"$regex": "--force"}})
    await house.rule("auto_approve", action="claude-code.Write")
    assert said(await house.run(*HOOK, stdin=BASH))[0] == "deny"
    assert said(await house.run(*HOOK, stdin=recorded("write")))[0] == "allow"


async def test_a_client_that_gave_up_asks_again_and_gets_the_same_request(house: House) -> None:
    first, given_up = await start(house, BASH)
    await house.asked()
    first.told(signal.SIGKILL)
    await given_up
    _, again = await start(house, BASH)
    await house.decided()
    assert said(await again)[0] == "allow"
    assert len(await house.requests()) == 1


async def test_a_permission_that_is_asked_for_again_joins_too_though_it_has_no_id(house: House) -> None:
    first, given_up = await start(house, PERMISSION)
    await house.asked()
    first.told(signal.SIGKILL)
    await given_up
    assert said(await house.run(*HOOK, "--wait", "1s", stdin=PERMISSION))[0] == "deny"
    await house.decided()
    assert said(await house.run(*HOOK, stdin=PERMISSION))[0] == "allow"
    assert len(await house.requests()) == 1


async def test_two_hooks_for_one_call_ask_once_and_are_both_answered(house: House) -> None:
    answers = [(await start(house, BASH))[1] for _ in range(2)]
    await house.decided()
    assert {said(answer)[0] for answer in await asyncio.gather(*answers)} == {"allow"}
    assert len(await house.requests()) == 1


async def test_when_nobody_decides_in_time_it_is_denied_and_a_later_call_finds_the_approval(house: House) -> None:
    decision, reason = said(await house.run(*HOOK, "--wait", "1s", stdin=BASH))
    [asked] = await house.asked()
    assert decision == "deny"
    assert f"Nobody has decided yet about claude-code.Bash ({asked.code})" in reason
    assert str(asked.url) in reason
    await house.decided()
    another = recorded("bash", tool_use_id="toolu_another")
    assert said(await house.run(*HOOK, stdin=another))[0] == "allow"
    assert len(await house.requests()) == 1


@pytest.mark.parametrize("name", ["bash", "permission"])
async def test_an_approval_is_for_one_tool_call(house: House, name: str) -> None:
    changes: list[dict[str, Any]] = [{}, {"tool_use_id": "toolu_another"} if name == "bash" else {}]
    for number, change in enumerate(changes, 1):
        _, answer = await start(house, recorded(name, **change))
        await house.asked(number)
        await house.decided()
        assert said(await answer)[0] == "allow"
    first, second = await house.requests()
    assert first.id != second.id
    assert {one.confirmed_at is not None for one in await house.requests()} == {True}


async def test_two_calls_that_ask_the_same_at_once_need_two_approvals(house: House) -> None:
    """Both wait for one request, since neither knows whether the other still lives; one of them gets its approval."""
    answers = [(await start(house, PERMISSION))[1]]
    await house.asked()
    answers.append((await start(house, PERMISSION))[1])
    await house.decided()
    done, waiting = await asyncio.wait(answers, return_when=asyncio.FIRST_COMPLETED)
    assert {said(answer.result())[0] for answer in done} == {"allow"}
    if waiting:
        await house.asked(2)
        await house.decided("denied")
        assert said(await waiting.pop())[0] == "deny"
    used = [one.id for one in await house.requests() if one.status is Status.APPROVED]
    assert len(used) == sum(said(answer.result())[0] == "allow" for answer in answers)


async def test_a_denial_nobody_heard_is_told_to_the_next_call(house: House) -> None:
    await house.run(*HOOK, "--wait", "1s", stdin=PERMISSION)
    await house.decided("denied", reason="no")
    assert "denied by api:lea: no" in said(await house.run(*HOOK, stdin=PERMISSION))[1]
    _, anew = await start(house, PERMISSION)
    await house.asked(2)
    await house.decided()
    assert said(await anew)[0] == "allow"


async def test_what_a_policy_said_to_a_hook_that_was_killed_is_asked_anew(house: House) -> None:
    await house.run(*HOOK, "--wait", "0s", stdin=BASH)
    [kept] = (house.home / ".config/agentgate/unanswered").iterdir()
    await house.rule("auto_approve", action="claude-code.Bash")
    async with AsyncAgentGate(house.url, api_key=house.key.secret) as agent:
        approved = await agent.request("claude-code.Bash", json.loads(BASH)["tool_input"])
    assert approved.is_approved
    kept.write_text(approved.id)
    await house.rule("auto_deny", action="claude-code.Bash")
    assert said(await house.run(*HOOK, stdin=BASH))[0] == "deny"


async def test_the_same_command_in_another_folder_is_another_question(house: House) -> None:
    await house.run(*HOOK, "--wait", "0s", stdin=BASH)
    await house.run(*HOOK, "--wait", "0s", stdin=recorded("bash", cwd="/projects/other"))
    assert len(await house.requests()) == 2


@pytest.mark.parametrize(
    ("told", "sentence"),
    [
        (b"", "not JSON"),
        (BASH[: len(BASH) // 2], "not JSON"),
        (PERMISSION[: len(PERMISSION) // 2], "not JSON"),
        (b"[]", "not a JSON object"),
        (b"\xff\xfe{}", "not UTF-8"),
        (b'{"tool_name": "A", "tool_name": "B"}', "twice"),
        (b"[" * 200_000, "not JSON"),
        (recorded("bash", hook_event_name="PostToolUse"), "PostToolUse"),
        (recorded("bash", hook_event_name=None), "null"),
        (recorded("bash", tool_name=None), "no tool"),
        (recorded("bash", tool_name="Ba\u202esh"), "no tool"),
        (recorded("bash", tool_name="B" * 300), "no tool"),
        (recorded("bash", tool_input=["ls"]), "no tool_input"),
        (recorded("bash", session_id=7), "session_id"),
        (recorded("bash", tool_input={"command": "x" * 1_100_000}), "body"),
        (recorded("bash", tool_input={"command": "x" * 5_000_000}), "bytes"),
        (recorded("bash", tool_input={"command": "\x00"}), "params"),
        (recorded("bash", tool_input={"n": 2**60}), "integer"),
        (BASH.replace(b"120000", b"NaN"), "NaN"),
    ],
)  # fmt: skip
async def test_what_cannot_be_asked_is_denied(house: House, told: bytes, sentence: str) -> None:
    decision, reason = said(await house.run(*HOOK, stdin=told))
    assert decision == "deny"
    assert sentence in reason
    assert "nothing is approved" in reason or "nobody could look at it" in reason
    assert await house.requests() == []


async def test_an_answer_is_in_the_form_of_its_event_though_the_input_is_half(house: House) -> None:
    done = await house.run(*HOOK, stdin=PERMISSION[: len(PERMISSION) // 2])
    assert done.document["hookSpecificOutput"]["hookEventName"] == "PermissionRequest"


@pytest.mark.parametrize(
    "settings",
    [
        {"AGENTGATE_URL": "http://127.0.0.1:9"},
        {"AGENTGATE_URL": "nonsense"},
        {"AGENTGATE_URL": "http://user:word@127.0.0.1"},
        {"AGENTGATE_API_KEY": "agk_unknown-key-of-nobody"},
        {"AGENTGATE_API_KEY": ""},
        {"AGENTGATE_API_KEY": "agk_\u00e9"},
    ],
)
async def test_a_gate_that_cannot_be_asked_denies(house: House, settings: dict[str, Any]) -> None:
    assert said(await house.run(*HOOK, stdin=BASH, **settings))[0] == "deny"


@pytest.mark.parametrize(
    "scene",
    [
        page("<html>approved</html>"),
        says({"status": "approved"}),
        says(a_request(action="something.else", status="approved")),
        says(a_request(action="claude-code.Bash", params={"command": "ls"}, status="approved")),
        says(a_request(action="claude-code.Bash", digest="sha256:" + "ab" * 32, status="approved")),
        problem(403, "This key lacks the scope request:create.", "forbidden"),
        problem(500, "Oh."),
    ],
)
async def test_nonsense_denies(house: House, scripted: ScriptedGate, scene: Any) -> None:
    scripted.plays(scene)
    assert said(await house.run(*HOOK, stdin=BASH, AGENTGATE_URL=scripted.url))[0] == "deny"


@pytest.mark.parametrize("scene", [Silence(), Drip()])
async def test_a_gate_that_never_answers_denies_in_time(house: House, scripted: ScriptedGate, scene: Any) -> None:
    scripted.plays(scene)
    decision, _ = said(await house.run(*HOOK, "--wait", "2s", stdin=BASH, AGENTGATE_URL=scripted.url))
    assert decision == "deny"


async def test_an_input_that_never_ends_is_denied_in_time(house: House) -> None:
    running = await house.start(*HOOK)
    assert running.process.stdin is not None
    assert running.process.stdout is not None
    running.process.stdin.write(PERMISSION[:50])
    await running.process.stdin.drain()
    answer = json.loads(await running.process.stdout.read())
    assert answer["hookSpecificOutput"]["permissionDecision"] == "deny"
    assert await running.process.wait() == 0


@pytest.mark.parametrize(
    "words",
    [
        ("hook",),
        ("hook", "nonsense"),
        (*HOOK, "--wait", "soon"),
        (*HOOK, "--wait", "99999999d"),
        (*HOOK, "--nonsense"),
        ("--nonsense", *HOOK),
        ("--api-key", "agk_x", "hook"),
    ],
)
async def test_a_wrong_command_line_of_a_hook_stops_the_call(house: House, words: tuple[str, ...]) -> None:
    done = await house.run(*words, stdin=BASH)
    assert (done.code, done.out) == (2, "")
    assert done.err
    assert "Traceback" not in done.err


async def test_a_broken_file_of_settings_stops_the_call(house: House) -> None:
    folder = house.home / ".config/agentgate"
    folder.mkdir(parents=True)
    (folder / "config.json").write_text("{")
    done = await house.run(*HOOK, stdin=BASH)
    assert done.code == 2
    assert "config.json is not JSON" in done.err


async def test_a_hook_without_its_extra_stops_the_call(house: House) -> None:
    (house.home / "typer.py").write_text("raise ModuleNotFoundError(\"No module named 'typer'\", name='typer')")
    done = await house.run(*HOOK, stdin=BASH, PYTHONPATH=str(house.home))
    assert done.code == 2
    assert "agentgate-client[cli]" in done.err


async def test_a_hook_that_breaks_stops_the_call(house: House) -> None:
    (house.home / "typer.py").write_text("raise RuntimeError('broken installation')")
    done = await house.run(*HOOK, stdin=BASH, PYTHONPATH=str(house.home))
    assert done.code == 2
    assert "broken installation" in done.err


async def test_a_hook_that_is_told_to_end_stops_the_call(house: House) -> None:
    running, answer = await start(house, BASH)
    await house.asked()
    running.told(signal.SIGTERM)
    done = await answer
    assert (done.code, done.out) == (2, "")
    assert "nothing is approved" in done.err


async def test_an_answer_that_nobody_can_read_stops_the_call(house: House) -> None:
    await house.rule()
    reader, writer = os.pipe()
    os.close(reader)
    hook = await asyncio.create_subprocess_exec(
        *(sys.executable, "-m", "agentgate", *HOOK),
        env=house.environment,
        stdin=asyncio.subprocess.PIPE,
        stdout=writer,
        stderr=asyncio.subprocess.PIPE,
    )
    os.close(writer)
    await hook.communicate(BASH)
    assert hook.returncode == 2


async def test_where_nothing_can_be_remembered_everything_still_works(house: House) -> None:
    (house.home / ".config").write_text("no folder")
    _, answer = await start(house, PERMISSION)
    await house.decided()
    assert said(await answer)[0] == "allow"


async def test_what_is_remembered_says_nothing(house: House) -> None:
    await house.run(*HOOK, "--wait", "0s", stdin=BASH)
    [asked] = await house.requests()
    [kept] = (house.home / ".config/agentgate/unanswered").iterdir()
    assert kept.read_text() == asked.id
    await house.decided("denied")
    await house.run(*HOOK, stdin=BASH)
    assert not kept.exists()
