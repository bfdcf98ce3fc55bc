"""The approver's commands: approve and deny."""

from typing import Literal

import typer

from agentgate import InvalidRequest, Request

from .screen import print_json, say
from .settings import open_gate
from .shared import AsJson, Reason, RequestRef
from .waiting import outcome


def approve(context: typer.Context, ref: RequestRef, reason: Reason = None, as_json: AsJson = False) -> None:
    """Approve a request."""
    _decide(context, ref, "approved", reason=reason, as_json=as_json)


def deny(context: typer.Context, ref: RequestRef, reason: Reason = None, as_json: AsJson = False) -> None:
    """Deny a request."""
    _decide(context, ref, "denied", reason=reason, as_json=as_json)


def _decide(
    context: typer.Context, ref: str, decision: Literal["approved", "denied"], *, reason: str | None, as_json: bool
) -> None:
    with open_gate(context) as gate:
        try:
            request = gate.decide(ref, decision, reason=reason)
        except InvalidRequest as refusal:
            if refusal.code == "reason_required":
                refusal.args = (f"{refusal} Give it with --reason TEXT.",)
            raise
    print_json(request.raw) if as_json else say(_told(request), status=request.status)


def _told(request: Request) -> str:
    if request.is_final:
        return outcome(request)
    given = sum(1 for vote in request.approvals if vote.decision == "approved")
    return f"Your answer counts; {request.action} has {given} of {request.approvals_needed} approvals and is pending."
