"""What Claude Code tells a hook about a tool call, and how a hook answers.

The formats are those of its hooks reference, https://code.claude.com/docs/en/hooks: JSON on standard input, and with
exit code 0 one JSON document on standard output.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import typer

from .typed import json_object

PRE_TOOL_USE = "PreToolUse"
PERMISSION_REQUEST = "PermissionRequest"
LONGEST_TOOL = 180
"""Characters of a tool's name; an action has 200 at most."""
EVENT = re.compile(rb'"hook_event_name"\s*:\s*"PermissionRequest"')


class Unreadable(ValueError):
    """This is no tool call that can be shown to anybody."""


@dataclass(frozen=True, slots=True)
class ToolCall:
    """What Claude Code is about to do."""

    event: str
    tool: str
    given: Mapping[str, Any] = field(hash=False)
    session: str = ""
    cwd: str = ""
    id: str = ""
    """The tool call's own id; a PermissionRequest has none."""

    @property
    def action(self) -> str:
        """What it is called on a card and in policies."""
        return f"claude-code.{self.tool}"

    @property
    def context(self) -> dict[str, str]:
        """What helps to decide."""
        return {name: value for name, value in (("session", self.session), ("cwd", self.cwd)) if value}


def read(raw: bytes) -> ToolCall:
    """Read what a hook is given on standard input. Raises Unreadable."""
    try:
        told = json_object(raw.decode("utf-8-sig"), "The hook's input")
    except UnicodeDecodeError as error:
        raise Unreadable("The hook's input is not UTF-8.") from error
    except typer.BadParameter as error:  # no JSON, or JSON that says a thing twice
        raise Unreadable(error.message) from error
    event, tool, given = (told.get(name) for name in ("hook_event_name", "tool_name", "tool_input"))
    if event not in {PRE_TOOL_USE, PERMISSION_REQUEST}:
        raise Unreadable(
            f"This hook answers {PRE_TOOL_USE} and {PERMISSION_REQUEST}, and was called for {_shown(event)}."
        )
    if not isinstance(tool, str) or not 0 < len(tool) <= LONGEST_TOOL or not tool.isprintable() or tool != tool.strip():
        raise Unreadable(f"The hook's input names no tool that could be shown: {_shown(tool)}.")
    if not isinstance(given, dict):
        raise Unreadable(f"The hook's input has no tool_input for {tool}.")
    session, cwd, call = (_text(told, name) for name in ("session_id", "cwd", "tool_use_id"))
    return ToolCall(event, tool, given, session, cwd, call)


def event_in(raw: bytes) -> str:
    """Tell which event an input is about that cannot be read otherwise, so that the answer to it is understood."""
    return PERMISSION_REQUEST if EVENT.search(raw) else PRE_TOOL_USE


def allow(event: str, reason: str) -> dict[str, Any]:
    """Let the tool call through; the user is shown why."""
    if event == PERMISSION_REQUEST:
        return {**_output(event, decision={"behavior": "allow"}), "systemMessage": reason}
    return _output(event, permissionDecision="allow", permissionDecisionReason=reason)


def deny(event: str, reason: str) -> dict[str, Any]:
    """Stop the tool call; the model is told why."""
    if event == PERMISSION_REQUEST:
        return _output(event, decision={"behavior": "deny", "message": reason})
    return _output(event, permissionDecision="deny", permissionDecisionReason=reason)


def _output(event: str, **output: Any) -> dict[str, Any]:
    return {"hookSpecificOutput": {"hookEventName": event, **output}}


def _text(told: Mapping[str, Any], name: str) -> str:
    value = told.get(name)
    if value is None:
        return ""
    if not isinstance(value, str):
        raise Unreadable(f"The hook's input has a {name} that is no text: {_shown(value)}.")
    return value


def _shown(value: object) -> str:
    return json.dumps(value)[:100]
