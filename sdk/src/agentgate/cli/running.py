"""`agentgate run`: ask whether a command may be run, and run exactly that command."""

import contextlib
import getpass
import os
import signal
import socket
import uuid
from datetime import timedelta
from typing import Annotated, Any, Never

import typer

from agentgate import AgentGate, AgentGateError, Conflict, Request, Unavailable, WaitTimeout
from agentgate._digest import digest_of, is_for
from agentgate._errors import Refused

from . import settings, typed
from .command import Command, chosen_variables
from .exits import ExitCode, exit_code_of
from .screen import note, print_json
from .shared import AsJson, Context, ExpiresIn, Timeout, Urgency
from .starting import CannotStart, Ended, become, supervise, told_to_end
from .waiting import outcome, sign_of_life, tell, tell_failure

LAST_WORD = 5.0  # seconds for a withdrawal; who told us to end does not wait much longer
Words = Annotated[
    list[str], typer.Argument(metavar="COMMAND…", help="The command and its arguments, as they are; no shell.")
]


def run(
    context: typer.Context,
    words: Words,
    action: Annotated[str | None, typer.Option("--action", help="What to call it; else run.PROGRAM.")] = None,
    env: Annotated[
        list[str], typer.Option("--env", metavar="NAME[=VALUE]", help="A variable the approver should see. Repeatable.")
    ] = [],  # noqa: B006 -- the command line library reads the default, nothing changes it
    context_pairs: Context = [],  # noqa: B006 -- as above
    reason: Annotated[str | None, typer.Option("--reason", help="Why; the same as --context reason=TEXT.")] = None,
    urgency: Urgency = None,
    expires_in: ExpiresIn = None,
    timeout: Timeout = None,
    confirm: Annotated[
        bool, typer.Option("--confirm", help="Stay until the command ends, and report its exit code.")
    ] = False,
    as_json: AsJson = False,
) -> None:
    """Ask whether a command may be run, and run exactly that one."""
    command = Command.find(words, chosen_variables(env))
    if command is None:
        _leave(
            None, f"{words[0]}: there is no such command, so nobody was asked.", ExitCode.NO_COMMAND, as_json=as_json
        )
    ask: dict[str, Any] = {
        "action": action or command.action,
        "params": command.params,
        "context": _said(context_pairs, reason),
        "urgency": urgency,
        "expires_in": expires_in,
        "idempotency_key": f"run-{uuid.uuid4()}",
    }
    with settings.open_gate(context) as gate:
        approved = _approval(context, gate, ask, timeout=timeout, as_json=as_json)
        _check_the_same(approved, ask["action"], command)
        note(f"{outcome(approved)}.")
        if confirm:
            raise typer.Exit(_report(gate, approved, command, as_json=as_json))
    _start(command, as_json=as_json)


def _said(pairs: list[str], reason: str | None) -> dict[str, Any]:
    """Return the context: on whose machine it would run, and what the asker says about it."""
    said: dict[str, Any] = {"host": socket.gethostname()}
    with contextlib.suppress(OSError, KeyError):  # a user without a name, as in some containers
        said["user"] = getpass.getuser()
    said.update(typed.pairs(pairs, "--context"))
    if reason is not None:
        said["reason"] = reason
    return said


def _approval(
    context: typer.Context, gate: AgentGate, ask: dict[str, Any], *, timeout: timedelta | None, as_json: bool
) -> Request:
    """Return the approved request; leave with the exit code of any other outcome, and nobody asked any more."""
    asked: Request | None = None
    try:
        with told_to_end():
            asked = gate.request(**ask)
            for warning in asked.warnings:
                note(f"Warning: {warning}")
            with sign_of_life(asked, timeout):
                return gate.wait(asked, timeout)
    except Refused as refusal:
        tell(refusal.request, str(refusal), as_json=as_json)
        raise typer.Exit(exit_code_of(refusal)) from refusal
    except WaitTimeout as over:
        last = _withdraw(context, ask, asked)
        if last is not None and last.is_approved:
            return last  # somebody was faster than the withdrawal
        _leave(asked, f"{over} It was not run.", exit_code_of(over), as_json=as_json)
    except Unavailable as storm:
        if asked is not None:
            _withdraw(context, ask, asked)
        _leave(asked, f"{storm} It was not run.", exit_code_of(storm), as_json=as_json)
    except Ended as end:
        last = _withdraw(context, ask, asked)
        code = ExitCode.INTERRUPTED if end.number == signal.SIGINT else ExitCode.TERMINATED
        _leave(last or asked, f"Ended by {signal.Signals(end.number).name}; it was not run.", code, as_json=as_json)


def _withdraw(context: typer.Context, ask: dict[str, Any], asked: Request | None) -> Request | None:
    """Let nobody be asked about what nobody will run any more; return how the request ended, where that is known.

    Where the answer to asking is still on its way, asking again under the same key says which request it was.
    """
    try:
        with settings.of(context).open(timeout=LAST_WORD) as gate:
            return gate.cancel(asked or gate.request(**ask))
    except Conflict as final:
        return final.request
    except AgentGateError as error:
        note(f"The request could not be withdrawn; if it is approved, nothing comes of it. {error}")
        return None


def _check_the_same(approved: Request, action: str, command: Command) -> None:
    """Insist that what was approved is what would be run; what answered may be no gate, or a strange one."""
    if not is_for(approved, action, command.params):
        digest = digest_of(action, command.params)
        raise AgentGateError(
            f"What was approved is not this command: its digest is {digest}, approved was {approved.digest}. "
            "It was not run."
        )


def _start(command: Command, *, as_json: bool) -> None:
    try:
        if os.name == "posix":
            become(command)
        raise typer.Exit(supervise(command))  # elsewhere no process can take another one's place
    except CannotStart as error:
        _leave(None, str(error), _code_of(error), as_json=as_json)


def _report(gate: AgentGate, approved: Request, command: Command, *, as_json: bool) -> int:
    """Run the command as a child and confirm its exit code; what it did stands, also when that cannot be told."""
    try:
        code = supervise(command)
    except CannotStart as error:
        _confirm(gate, approved, {"started": False})
        _leave(None, str(error), _code_of(error), as_json=as_json)
    _confirm(gate, approved, {"exitCode": code})
    return code


def _confirm(gate: AgentGate, approved: Request, result: dict[str, Any]) -> None:
    try:
        gate.confirm(approved, result)
    except AgentGateError as error:
        note(f"The result could not be confirmed: {error}")


def _code_of(error: CannotStart) -> ExitCode:
    return ExitCode.NO_COMMAND if error.is_missing else ExitCode.CANNOT_START


def _leave(asked: Request | None, sentence: str, code: ExitCode, *, as_json: bool) -> Never:
    """Say once why nothing was run, and end."""
    if asked is not None:
        tell_failure(asked, sentence, code.name.lower(), as_json=as_json)
    else:
        if as_json:
            print_json({"error": sentence, "code": code.name.lower()})
        note(f"Error: {sentence}")
    raise typer.Exit(code)
