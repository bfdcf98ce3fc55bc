"""The agent's commands: request, wait, status, cancel, confirm."""

from datetime import timedelta
from typing import Annotated

import typer

from . import typed
from .screen import note, print_json, say
from .settings import open_gate
from .shared import AsJson, Context, ExpiresIn, Params, ParamsFile, RequestRef, Timeout, Urgency, params_of
from .waiting import outcome, wait_for

Wait = Annotated[
    timedelta | None,
    typer.Option(
        "--wait", parser=typed.duration, metavar="DURATION", help="Wait so long for the decision, such as 15m."
    ),
]


def request(
    context: typer.Context,
    action: Annotated[str, typer.Argument(metavar="ACTION", help="What is to be done, such as deploy.prod.")],
    param: Params = [],  # noqa: B006 -- the command line library reads the default, nothing changes it
    params_file: ParamsFile = None,
    context_pairs: Context = [],  # noqa: B006 -- as above
    reason: Annotated[str | None, typer.Option("--reason", help="Why; the same as --context reason=TEXT.")] = None,
    urgency: Urgency = None,
    expires_in: ExpiresIn = None,
    idempotency_key: Annotated[
        str | None, typer.Option("--idempotency-key", help="Asking again under the same key joins the first request.")
    ] = None,
    wait: Wait = None,
    as_json: AsJson = False,
) -> None:
    """Ask for approval; with --wait, wait for the answer."""
    said = typed.pairs(context_pairs, "--context")
    if reason is not None:
        said["reason"] = reason
    with open_gate(context) as gate:
        asked = gate.request(
            action,
            params_of(param, params_file),
            context=said,
            urgency=urgency,
            expires_in=expires_in,
            idempotency_key=idempotency_key,
        )
        for warning in asked.warnings:
            note(f"Warning: {warning}")
        if wait is not None:
            wait_for(gate, asked, timeout=wait, as_json=as_json)
        elif as_json:
            print_json(asked.raw)
        else:
            say(f"{outcome(asked)}. Request {asked.code or ''} {asked.id}", status=asked.status)
            if not asked.is_final:
                say(f"Wait for the decision with: agentgate wait {asked.code or asked.id}")


def wait(context: typer.Context, ref: RequestRef, timeout: Timeout = None, as_json: AsJson = False) -> None:
    """Wait until a request is decided."""
    with open_gate(context) as gate:
        wait_for(gate, ref, timeout=timeout, as_json=as_json)


def status(context: typer.Context, ref: RequestRef, as_json: AsJson = False) -> None:
    """Print a request's status, one word; exit code 0 whatever it is."""
    with open_gate(context) as gate:
        found = gate.get(ref)
    print_json(found.raw) if as_json else say(found.status, status=found.status)


def cancel(context: typer.Context, ref: RequestRef, as_json: AsJson = False) -> None:
    """Withdraw a request."""
    with open_gate(context) as gate:
        found = gate.cancel(ref)
    print_json(found.raw) if as_json else say(outcome(found), status=found.status)


def confirm(
    context: typer.Context,
    ref: RequestRef,
    result: Annotated[
        str | None, typer.Option("--result", metavar="JSON", help="What came of it, as an object.")
    ] = None,
    result_file: Annotated[
        str | None, typer.Option("--result-file", metavar="FILE", help="The same from a file; - for standard input.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Tell what came of an approved action, once."""
    if result is not None and result_file is not None:
        raise typer.BadParameter("Give --result or --result-file, not both.")
    outcome_object = typed.json_object(result, "--result") if result is not None else None
    if result_file is not None:
        outcome_object = typed.json_file(result_file)
    with open_gate(context) as gate:
        found = gate.confirm(ref, outcome_object)
    print_json(found.raw) if as_json else say(f"Confirmed: {found.action} was done.")
