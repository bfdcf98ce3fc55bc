"""The commands that look: list, show, audit."""

from typing import Annotated

import typer

from agentgate import AuditEntry, Page, Request

from .screen import cell, fields, note, print_json, say, table
from .settings import open_gate
from .shared import AsJson, Cursor, Limit, RequestRef, Since, Until, Urgency


def list_requests(
    context: typer.Context,
    status: Annotated[
        str | None, typer.Option("--status", help="pending, approved, denied, expired, cancelled.")
    ] = None,
    action: Annotated[str | None, typer.Option("--action", help="Exactly this action.")] = None,
    urgency: Urgency = None,
    requested_by: Annotated[str | None, typer.Option("--requested-by", help="Who asked, such as api:bot.")] = None,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """List requests, newest first."""
    with open_gate(context) as gate:
        page = gate.list(
            status=status, action=action, urgency=urgency, requested_by=requested_by, limit=limit, cursor=cursor
        )
    if as_json:
        print_json(page.raw)
        return
    rows = [(one.code or one.id, one.status, one.action, one.urgency, one.requested_by, one.created_at) for one in page]
    table(("CODE", "STATUS", "ACTION", "URGENCY", "ASKED BY", "ASKED AT"), rows)
    tell_more(page)


def show(context: typer.Context, ref: RequestRef, as_json: AsJson = False) -> None:
    """Show everything about a request, with its history."""
    with open_gate(context) as gate:
        request = gate.get(ref)
        history = gate.audit(request)
    if as_json:
        print_json({**request.raw, "history": [entry.raw for entry in history]})
        return
    fields(_facts(request))
    for head, values in (("Parameters", request.params), ("Agent says", request.context)):
        if values:
            say(head)
            table(("NAME", "VALUE"), [(name, _shown(value)) for name, value in sorted(values.items())])
    say("History")
    table(("AT", "EVENT", "ACTOR"), [(entry.created_at, entry.event_type, entry.actor) for entry in history])


def audit(
    context: typer.Context,
    event: Annotated[str | None, typer.Option("--event", help="Such as request.approved, or approved.")] = None,
    actor: Annotated[str | None, typer.Option("--actor", help="Who did it, such as slack:U123.")] = None,
    action: Annotated[str | None, typer.Option("--action", help="Of requests for exactly this action.")] = None,
    request: Annotated[str | None, typer.Option("--request", help="A request's id or short code.")] = None,
    status: Annotated[str | None, typer.Option("--status", help="The requests' status.")] = None,
    since: Since = None,
    until: Until = None,
    limit: Limit = None,
    cursor: Cursor = None,
    as_json: AsJson = False,
) -> None:
    """Search the audit trail, newest first."""
    with open_gate(context) as gate:
        page = gate.audit(
            event_type=event,
            actor=actor,
            action=action,
            request_id=request,
            status=status,
            since=since,
            until=until,
            limit=limit,
            cursor=cursor,
        )
    if as_json:
        print_json(page.raw)
        return
    rows = [
        (one.created_at, one.event_type, one.actor, one.request_id, (one.request.action if one.request else None))
        for one in page
    ]
    table(("AT", "EVENT", "ACTOR", "REQUEST", "ACTION"), rows)
    tell_more(page)


def tell_more(page: Page[Request] | Page[AuditEntry]) -> None:
    """Say how to see the rest, if there is any."""
    if page.has_more and page.next_cursor:
        note(f"There is more: --cursor {page.next_cursor}")


def _facts(request: Request) -> list[tuple[str, object]]:
    policy = request.policy_decision
    rule = "" if policy is None or policy.rule is None else f", rule {policy.rule + 1}"
    return [
        ("request", f"{request.code or ''} {request.id}".strip()),
        ("status", request.status),
        ("action", request.action),
        ("urgency", request.urgency),
        ("asked by", request.requested_by),
        ("asked at", request.created_at),
        ("expires at", request.expires_at),
        (
            "approvals",
            f"{len(request.approvals)} of {request.approvals_needed}" if request.approvals_needed > 1 else "",
        ),
        ("decided by", request.decided_by),
        ("decided at", request.decided_at),
        ("reason", request.decision_reason),
        ("policy", f"{policy.policy or '(none)'}{rule}: {policy.decision}" if policy else None),
        ("confirmed at", request.confirmed_at),
        ("result", request.result or None),
        ("digest", request.digest),
        ("page", request.url),
    ]


def _shown(value: object) -> str:
    return value if isinstance(value, str) else cell(value)
