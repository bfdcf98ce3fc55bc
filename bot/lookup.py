"""Which command a line begins with. PURE."""

import re
from collections.abc import Sequence
from difflib import get_close_matches

from bot import values, words
from bot.registry import Command
from bot.values import UsageError
from bot.words import Word

LONGEST_LINE = 20_000
PREFIX = "agentgate"
CODE = re.compile(r"[0-9a-z]{4}-[0-9a-z]{4}|req_[0-9a-z]{26}")
MEANT = {
    "reject": "deny", "decline": "deny", "refuse": "deny", "no": "deny",
    "accept": "approve", "allow": "approve", "ok": "approve", "yes": "approve",
    "list": "pending", "ls": "pending", "queue": "pending", "inbox": "pending", "requests": "pending",
    "get": "show", "details": "show", "info": "show", "view": "show",
    "log": "audit", "history": "audit", "search": "audit", "health": "status", "doctor": "status",
    "key": "keys", "policy": "policies", "rules": "policies", "person": "people", "users": "people",
    "me": "whoami", "who": "whoami", "test": "try", "sample": "try", "?": "help", "commands": "help",
}  # fmt: skip
"""What people type who know the command under another name."""


def command_words(line: str) -> list[Word]:
    """Return the words of a line without a leading `/agentgate`. Raises UsageError for a line that is too long."""
    if len(line) > LONGEST_LINE:
        raise UsageError(f"This line has {len(line)} characters; {LONGEST_LINE} is the most that is read.")
    found = words.split(line)
    if found and found[0].text.lower() in {f"/{PREFIX}", PREFIX}:
        return found[1:]
    return found


def find(typed: Sequence[Word], commands: Sequence[Command]) -> Command:
    """Return the command that the first words name. Raises UsageError that suggests the nearest."""
    said = [word.text.lower() for word in typed[:2]]
    if said:
        said[0] = said[0].removeprefix("/")
    for length in (2, 1):
        for command in commands:
            if len(command.path) == length and list(command.path) == said[:length]:
                return command
    raise UsageError(_unknown(said, commands))


def _unknown(said: Sequence[str], commands: Sequence[Command]) -> str:
    if not said:
        return "Say what you want; help lists the commands."
    group = [command.path[1] for command in commands if command.path[0] == said[0]]
    if group and len(said) == 1:
        return f"{said[0]} needs one more word: {', '.join(group)}."
    if group:
        return values.unknown(f"one of {said[0]}", said[1], group)
    if CODE.fullmatch(said[0]):
        return f"“{said[0]}” is a request: say show {said[0]}, approve {said[0]} or deny {said[0]}."
    firsts = sorted({command.path[0] for command in commands})
    near = get_close_matches(said[0][:60], [*firsts, *MEANT], n=1, cutoff=0.6)
    hint = f"did you mean {MEANT.get(near[0], near[0])}?" if near else "help lists the commands."
    return f"There is no command “{said[0][:60]}”; {hint}"
