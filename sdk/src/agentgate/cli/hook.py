"""`agentgate hook`: what a coding agent calls before it uses a tool. Whatever goes wrong here, the tool is not used."""

import os
import sys
import time
from datetime import timedelta
from typing import Annotated, Any

import typer

from agentgate._backoff import Deadline

from . import claude_code as protocol
from . import settings, typed
from .gating import Gating, Verdict
from .intime import read_all, within
from .screen import note, print_json
from .shared import ExpiresIn, Urgency
from .starting import Ended, told_to_end

app = typer.Typer(no_args_is_help=True, help="Answer the hooks of coding agents.", rich_markup_mode=None)
LARGEST = 4 * 2**20
"""Bytes of input; the gate takes a million, so more could not be asked anyway."""
PATIENCE = 50.0
"""Seconds for a person to decide; hooks had 60 before they had 600."""
READING = 10.0
"""Seconds for the input to arrive; a client that never closes the pipe would go on without an answer."""
LATE = 5.0
"""Seconds that an answer may be later than promised, when something hangs that no time-out covers."""
BLOCKED = 2
"""The exit code that stops a tool call; every other one but 0 lets it through."""
Wait = Annotated[
    timedelta | None,
    typer.Option(
        "--wait",
        parser=typed.duration,
        metavar="DURATION",
        help="How long a person has, 50s by default: less than the hook's timeout.",
    ),
]


@app.callback()
def hooks() -> None:
    """Answer the hooks of coding agents."""


@app.command("claude-code")
def claude_code(
    context: typer.Context, wait: Wait = None, urgency: Urgency = None, expires_in: ExpiresIn = None
) -> None:
    """Ask about a tool call of Claude Code: JSON in, JSON out."""
    deadline = Deadline.after(PATIENCE if wait is None else wait.total_seconds(), time.monotonic)
    event = protocol.PRE_TOOL_USE
    try:
        with told_to_end():
            raw = within(READING, lambda: read_all(0, at_most=LARGEST))
            event = protocol.event_in(raw)
            verdict = _verdict(context, raw, deadline, urgency=urgency, expires_in=expires_in)
    except TimeoutError:
        verdict = Verdict(False, "No answer came in time, so nothing is approved. The gate or the hook's input hangs.")
    except Ended:
        note("The hook was told to end before there was an answer, so nothing is approved.")
        raise typer.Exit(BLOCKED) from None
    _answer(protocol.allow(event, verdict.reason) if verdict.allowed else protocol.deny(event, verdict.reason))


def _verdict(context: typer.Context, raw: bytes, deadline: Deadline, **ask: Any) -> Verdict:
    if len(raw) > LARGEST:
        return Verdict(False, f"The tool call has more than {LARGEST} bytes; nobody could look at it.")
    try:
        call = protocol.read(raw)
        gate = settings.of(context).open(timeout=min(max(deadline.left(), LATE), 30.0))
    except ValueError as error:
        return Verdict(False, f"{error} So nobody was asked, and nothing is approved.")
    gating = Gating(gate, call, deadline, settings.path().parent / "unanswered", **ask)
    return within(deadline.left() + LATE, gating.verdict)


def _answer(answer: dict[str, Any]) -> None:
    """Print the answer; where it does not arrive, the exit code has to say no."""
    try:
        print_json(answer)
        sys.stdout.flush()
    except OSError as error:
        note(f"The answer could not be given, so nothing is approved: {error}.")
        os.dup2(os.open(os.devnull, os.O_WRONLY), 1)  # what is left in the buffer would fail again at the end
        raise typer.Exit(BLOCKED) from error
