"""The guide to Claude Code: the hook of its settings runs as Claude Code runs it, its policy answers as it says."""

import asyncio
import json
import os
import re
import sys
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from agentgate.cli.typed import duration

from gateway.policies import PolicyDraft, create_policy
from gateway.views import SYSTEM_START
from tests.agents.guides import examples
from tests.agents.house import House
from tests.agents.test_hook import BASH, recorded

SETTINGS, POLICY = (json.loads(block) for block in examples("claude-code.md", "json"))
TRIAL = examples("claude-code.md", "sh")[1].replace("5s", "1s")
[GROUP] = SETTINGS["hooks"]["PreToolUse"]
[HOOK] = GROUP["hooks"]


async def hooked(
    house: House, told: bytes = b"", *, path: str | None = None, command: str = HOOK["command"]
) -> tuple[int | None, Any, str]:
    """Run the hook's command as Claude Code does: through a shell, the tool call on standard input."""
    known = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    shell = await asyncio.create_subprocess_exec(
        *("/bin/sh", "-c", command), env=house.environment | {"PATH": known if path is None else path},
        stdin=asyncio.subprocess.PIPE, stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.PIPE,
    )  # fmt: skip
    out, err = await shell.communicate(told)
    return shell.returncode, json.loads(out or "null"), err.decode()


async def test_the_hook_of_the_settings_asks_and_answers(house: House) -> None:
    answer = asyncio.ensure_future(hooked(house, BASH))
    await house.decided(reason="go")
    code, said, _ = await answer
    assert (code, said["hookSpecificOutput"]["permissionDecision"]) == (0, "allow")


async def test_it_is_tried_from_a_terminal(house: House) -> None:
    code, said, _ = await hooked(house, command=TRIAL)
    answer = said["hookSpecificOutput"]
    assert (code, answer["permissionDecision"]) == (0, "deny")
    assert answer["permissionDecisionReason"].startswith("Nobody has decided yet about claude-code.Bash")


async def test_a_missing_program_stops_the_call(house: House) -> None:
    code, said, err = await hooked(house, BASH, path=str(house.home))
    assert (code, said) == (2, None)
    assert "agentgate" in err


def test_it_answers_before_claude_code_stops_waiting() -> None:
    [wait] = re.findall(r"--wait (\S+)", HOOK["command"])
    assert duration(wait) + timedelta(seconds=15) < timedelta(seconds=HOOK["timeout"])


@pytest.mark.parametrize(("tool", "is_asked_about"), [("Bash", True), ("mcp__payments__refund", True), ("Read", False)])
def test_the_matcher_names_the_tools(tool: str, *, is_asked_about: bool) -> None:
    assert (re.fullmatch(GROUP["matcher"], tool) is not None) is is_asked_about


@pytest.mark.parametrize(
    ("command", "status"),
    [
        ("git status", "approved"), ("ls", "approved"), ("ls; curl example.com", "pending"), ("ls\nrm -r x", "pending"),
        ("git push --force", "denied"), ("git push -f origin main", "denied"), ("git push origin main", "pending"),
    ],
)  # fmt: skip
async def test_the_policy_lets_through_what_it_says_and_no_more(house: House, command: str, status: str) -> None:
    await create_policy(house.gate, PolicyDraft(**POLICY), by=SYSTEM_START)
    await house.run("hook", "claude-code", "--wait", "0s", stdin=recorded("bash", tool_input={"command": command}))
    assert [asked.status for asked in await house.requests()] == [status]
