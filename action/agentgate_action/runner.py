"""What GitHub's runner is told: lines and commands on standard output, files for outputs and for the run's page."""

from __future__ import annotations

import re
import secrets
from collections.abc import Mapping
from typing import Any

LONGEST_LINE = 1000
OUTPUTS = {
    "request_id": "id",
    "status": "status",
    "decided_by": "decidedBy",
    "decision_reason": "decisionReason",
    "decided_at": "decidedAt",
    "url": "url",
    "digest": "digest",
}
"""The outputs beside `approved`, and where they stand in a request."""
SUMMARY = {"Action": "action", "Decided by": "decidedBy", "Reason": "decisionReason", "At": "decidedAt"}
ADDRESS = re.compile(r"https?://[\w.:/\[\]-]+", re.ASCII)


class Runner:
    """Tells the runner what happens. Whatever text comes from elsewhere stays text, and the key is in none of it."""

    def __init__(self, env: Mapping[str, str]) -> None:
        self._env = env
        self._key = env.get("INPUT_API_KEY", "").strip()
        if self._key:
            _print("::add-mask::" + _as_data(self._key))

    def say(self, text: str) -> None:
        """Print a line; one that begins like a command, as an action's name may, is put in quotes and is none."""
        line = self._line(text)
        _print(f"“{line}”" if line.lstrip().startswith("::") else line)

    def annotate(self, level: str, text: str) -> None:
        """Let a sentence stand on the run's page: `error`, `warning` or `notice`."""
        _print(f"::{level} title=AgentGate::{_as_data(self._line(text))}")

    def outputs(self, request: Mapping[str, Any], *, is_approved: bool) -> None:
        """Write the outputs. No value can pass for another output: what ends it cannot be guessed."""
        end = f"end-{secrets.token_hex(16)}"
        values = {"approved": str(is_approved).lower(), **{name: request.get(key) for name, key in OUTPUTS.items()}}
        for name, value in values.items():
            text = "" if value is None else self._without_key(str(value))
            self._append("GITHUB_OUTPUT", f"{name}<<{end}\n{text}\n{end}\n")

    def conclude(self, request: Mapping[str, Any], sentence: str, *, is_approved: bool) -> None:
        """Write the outputs, and what came of it on the run's page – without parameters, for others may read that."""
        self.outputs(request, is_approved=is_approved)
        rows = [f"| {title} | {self._code(request[key])} |" for title, key in SUMMARY.items() if request.get(key)]
        url = str(request.get("url"))
        if ADDRESS.fullmatch(url):
            rows.append(f"| Request | [{self._code(request.get('code'))}]({url}) |")
        lines = (f"### AgentGate: {request.get('status') or 'not asked'}", "", self._code(sentence), "")
        table = ("| | |", "|---|---|", *rows, "") if rows else ()
        self._append("GITHUB_STEP_SUMMARY", "\n".join((*lines, *table)) + "\n")

    def _code(self, text: Any) -> str:
        """Return text as code in Markdown that cannot end it, and that mentions nobody."""
        return f"<code>{re.sub('[^A-Za-z0-9 ]', _as_entity, self._line(str(text)))}</code>"

    def _line(self, text: str) -> str:
        """Return text as one line that hides nothing; `##[` would begin a command even in the middle of it."""
        shown = "".join(_visible(character) for character in self._without_key(text)).replace("##[", "## [")
        left_out = len(shown) - LONGEST_LINE
        return shown if left_out <= 0 else f"{shown[:LONGEST_LINE]} …{left_out} more characters"

    def _without_key(self, text: str) -> str:
        return text.replace(self._key, "***") if self._key else text

    def _append(self, name: str, text: str) -> None:
        path = self._env.get(name)
        if path:
            with open(path, "a", encoding="utf-8", errors="replace", newline="\n") as opened:
                opened.write(text)


def _print(line: str) -> None:
    print(line, flush=True)


def _visible(character: str) -> str:
    return character if character.isprintable() else character.encode("unicode_escape").decode()


def _as_entity(odd: re.Match[str]) -> str:
    return f"&#{ord(odd[0])};"


def _as_data(text: str) -> str:
    """Return text as the data of a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")
