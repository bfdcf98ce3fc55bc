"""Waiting on the command line: say for what, then the outcome, then the exit code."""

from contextlib import AbstractContextManager, nullcontext
from datetime import timedelta
from typing import Any

import typer
from rich.text import Text

from agentgate import AgentGate, Request, Unavailable, WaitTimeout
from agentgate._errors import Refused

from .exits import ExitCode, exit_code_of
from .screen import err, note, print_json, say
from .visible import visible


def wait_for(gate: AgentGate, asked: Request | str, *, timeout: timedelta | None, as_json: bool) -> None:
    """Wait until the request is decided and leave with the exit code of its outcome."""
    ref = (asked.code or asked.id) if isinstance(asked, Request) else asked
    try:
        with sign_of_life(asked, timeout):
            request = gate.wait(asked, timeout)
    except Refused as refusal:
        tell(refusal.request, str(refusal), as_json=as_json)
        raise typer.Exit(exit_code_of(refusal)) from refusal
    except WaitTimeout as over:
        tell(over.request, f"{ref} is still pending. {_how_to_go_on(ref)}", as_json=as_json)
        raise typer.Exit(ExitCode.PENDING) from over
    except Unavailable as storm:
        tell_failure(asked, f"Error: {storm} {_how_to_go_on(ref)}", "unavailable", as_json=as_json)
        raise typer.Exit(ExitCode.UNAVAILABLE) from storm
    except KeyboardInterrupt as interruption:
        sentence = f"Interrupted; request {ref} is still pending. {_how_to_go_on(ref)}"
        tell_failure(asked, sentence, "interrupted", as_json=as_json)
        raise typer.Exit(ExitCode.INTERRUPTED) from interruption
    tell(request, outcome(request), as_json=as_json)


def outcome(request: Request) -> str:
    """Return what became of a request, who decided and why, as one sentence."""
    by = f" by {request.decided_by}" if request.decided_by else ""
    why = f": {request.decision_reason}" if request.decision_reason else ""
    return f"{request.action} is {request.status}{by}{why}"


def duration_words(duration: timedelta) -> str:
    """Return a duration as people say it."""
    minutes, seconds = divmod(int(duration.total_seconds()), 60)
    hours, minutes = divmod(minutes, 60)
    parts = [(hours, "h"), (minutes, "min"), (seconds, "s")]
    return " ".join(f"{amount} {unit}" for amount, unit in parts if amount) or "0 s"


def sign_of_life(asked: Request | str, timeout: timedelta | None) -> AbstractContextManager[Any]:
    """Say on standard error what is waited for, as long as it takes; nothing where it is decided already."""
    if isinstance(asked, Request) and asked.is_final:
        return nullcontext()
    what = f"{asked.action} ({asked.code or asked.id})" if isinstance(asked, Request) else f"request {asked}"
    limit = f", {duration_words(timeout)} at most" if timeout is not None else ""
    sentence = f"Waiting until somebody decides about {what}{limit} …"
    console = err()
    if console.is_terminal:
        return console.status(Text(visible(sentence)))
    note(sentence)
    return nullcontext()


def tell(request: Request | None, sentence: str, *, as_json: bool) -> None:
    """Print what became of a request: in words, or as the one JSON document."""
    if as_json:
        print_json(request.raw if request else {"error": sentence, "code": "unknown"})
    else:
        say(sentence, status=request.status if request else "")


def tell_failure(asked: Request | str, sentence: str, word: str, *, as_json: bool) -> None:
    """Say why the outcome is not known; as JSON with the id, so that the request can be found again."""
    if as_json:
        request_id = asked.id if isinstance(asked, Request) else asked
        print_json({"error": sentence, "code": word, "requestId": request_id})
    note(sentence)


def _how_to_go_on(ref: str) -> str:
    return f"Go on with `agentgate wait {ref}`, or withdraw it with `agentgate cancel {ref}`."
