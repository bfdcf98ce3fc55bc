"""What a request's card says, the same on every surface. PURE.

The order is fixed and never in the agent's hands; secrets are redacted; nothing is cut silently: what was left out is
counted.
"""

import json
import re
from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from gateway.card import Block, Button, Card, Facts, Link, Quote, Section, Tone, Verb
from gateway.permission import listed
from gateway.redact import folded, visible, without_secrets
from gateway.views import RequestView
from models.words import DeciderType, Status

QUOTE_LIMIT = 1500
LINE_LIMIT = 300
LINES_LIMIT = 30
RUN_ADDRESS = re.compile(r"https?://([a-zA-Z0-9.-]{1,253})(?::\d{1,5})?(?:/|$)")


TONES = {
    Status.PENDING: Tone.WAITING,
    Status.APPROVED: Tone.GOOD,
    Status.DENIED: Tone.BAD,
    Status.EXPIRED: Tone.QUIET,
    Status.CANCELLED: Tone.QUIET,
}


def request_card(request: RequestView, *, now: datetime, public_url: str, links: Sequence[Link] = ()) -> Card:
    """Return the card of a request as it stands: waiting with buttons and its reader's links, or its outcome."""
    waiting = request.status is Status.PENDING and not request.is_overdue(now)
    return Card(
        headline=status_line(request, now=now),
        tone=Tone.QUIET if request.is_overdue(now) else TONES[request.status],
        sections=_sections(request),
        buttons=decision_buttons(request) if waiting else (),
        links=tuple(links) if waiting else (),
        footer=footer(request, public_url=public_url),
        request_id=request.id,
    )


def details_card(request: RequestView, *, now: datetime, public_url: str, history: Sequence[str] = ()) -> Card:
    """Return the full card: every parameter and context value, the whole digest, and the history if it is given."""
    full = (
        _facts(request),
        *_says(request, limit=10_000),
        Block("Parameters", tuple(parameter_lines(request.params))),
        *((Block("Context", tuple(parameter_lines(request.context))),) if request.context else ()),
        *_votes(request),
        *_outcome(request),
        Facts((("Why here", why_here(request)), *_escalation(request), ("Id", request.id), ("Digest", request.digest))),
        *((Block("History", tuple(history)),) if history else ()),
    )
    card = request_card(request, now=now, public_url=public_url)
    return Card(card.headline, card.tone, full, card.buttons[:2], card.footer, request.id)


def _sections(request: RequestView) -> tuple[Section, ...]:
    return (
        _facts(request),
        *_says(request, limit=QUOTE_LIMIT),
        _parameters(request.params),
        *_votes(request),
        *_outcome(request),
        Facts((("Why here", why_here(request)), *_escalation(request))),
    )


def _facts(request: RequestView) -> Facts:
    rows = [("Action", visible(request.action)), ("Urgency", request.urgency.value), ("Asked by", asker(request))]
    return Facts(tuple(rows))


def asker(request: RequestView) -> str:
    """Return who asks: the key's name, and where a CI run says it runs, as a literal host."""
    by, host = visible(request.requested_by), _host_of_run(request.context)
    return f"{by}, which says that it runs on {host}" if host else by


def _host_of_run(context: Mapping[str, Any]) -> str | None:
    """Return the host in `run_url`; none where it is no plain address, for nothing may look like a host that is not."""
    found = RUN_ADDRESS.match(context["run_url"]) if isinstance(context.get("run_url"), str) else None
    return found[1].lower() if found else None


def _says(request: RequestView, *, limit: int) -> tuple[Quote, ...]:
    said = [request.context[key] for key in ("reason", "summary") if isinstance(request.context.get(key), str)]
    text = visible("\n".join(said), keep="\n").strip()
    if not text:
        return ()
    left_out = f"…{len(text) - limit} more characters, see the full view" if len(text) > limit else None
    return (Quote("Agent says", text[:limit], left_out),)


def _parameters(params: Mapping[str, Any]) -> Block:
    lines = parameter_lines(params)
    shown = tuple(_clipped(line) for line in lines[:LINES_LIMIT])
    hidden = len(lines) - len(shown)
    return Block("Parameters", shown, f"…{hidden} more lines, see the full view" if hidden else None)


def parameter_lines(params: Mapping[str, Any]) -> list[str]:
    """Return parameters as lines `name: value`: sorted, secrets redacted, invisible characters made visible."""
    shown = without_secrets(params)
    return [f"{visible(key)}: {_literal(shown[key])}" for key in sorted(shown)] or ["(none)"]


def _literal(value: Any) -> str:
    if isinstance(value, str):
        return visible(value)
    return visible(json.dumps(value, ensure_ascii=False, sort_keys=True))


def _clipped(line: str) -> str:
    if len(line) <= LINE_LIMIT:
        return line
    return f"{line[:LINE_LIMIT]} …{len(line) - LINE_LIMIT} more characters, see the full view"


def _votes(request: RequestView) -> tuple[Facts, ...]:
    if request.approvals_needed == 1 or not request.approvals:
        return ()
    rows = [
        (vote.decision.value.capitalize(), _with_reason(visible(vote.by), vote.reason)) for vote in request.approvals
    ]
    return (Facts(tuple(rows)),)


def _outcome(request: RequestView) -> tuple[Facts, ...]:
    if request.status is Status.PENDING:
        return ()
    rows = [("Outcome", f"{request.status.value} by {visible(request.decided_by or 'nobody')}")]
    if request.decided_at:
        rows.append(("When", clock_time(request.decided_at)))
    if request.decision_reason:
        rows.append(("Reason", folded(request.decision_reason)))
    return (Facts(tuple(rows)),)


def _with_reason(text: str, reason: str | None) -> str:
    return f"{text} – {folded(reason)}" if reason else text


def why_here(request: RequestView) -> str:
    """Return which rule sent the request here, and who may decide it."""
    answer = request.policy_decision
    if answer.note:
        return f"{visible(answer.note)}, so a human decides"
    if answer.policy is None:
        return "no policy matched, so a human decides"
    rule = f"policy {visible(answer.policy)}, rule {(answer.rule or 0) + 1}"
    who = f"; {listed(answer.approvers)} may decide" if answer.approvers and request.status is Status.PENDING else ""
    return f"{rule}{who}"


def _escalation(request: RequestView) -> tuple[tuple[str, str], ...]:
    """Return the line that says who else hears of a request that nobody had answered in time."""
    if request.escalated_at is None:
        return ()
    after = duration(request.escalated_at - request.created_at)
    others = visible(", ".join(request.policy_decision.escalate_to))
    return (("Escalated", f"to {others}, as nobody had answered in {after}"),)


def reminder_line(card: Card) -> str:
    """Return what a reminder says of a card that hangs above it, in our own words."""
    code = (card.footer or "").partition(" · ")[0]
    return f"Reminder: {code} still waits. {card.headline}"


def status_line(request: RequestView, *, now: datetime) -> str:
    """Return the first line of the card, all in our words."""
    match request.status:
        case Status.PENDING if request.is_overdue(now):
            return "Expired · nobody answered in time"
        case Status.PENDING:
            parts = ["Waiting for approval"]
            if request.approvals_needed > 1:
                parts.append(f"{len(request.approvals)} of {request.approvals_needed}")
            if request.expires_at:
                parts.append(f"expires in {duration(request.expires_at - now)}")
            return " · ".join(parts)
        case Status.EXPIRED:
            return "Expired · nobody answered in time"
        case Status.CANCELLED:
            return f"Cancelled by {visible(request.decided_by or 'the asker')}"
        case Status.APPROVED | Status.DENIED:
            how = "automatically by " if request.decided_by_type is DeciderType.POLICY else "by "
            return f"{request.status.value.capitalize()} {how}{visible(request.decided_by or '')}"


def decision_buttons(request: RequestView) -> tuple[Button, ...]:
    """Return Approve, Deny… and Details for a request that waits."""
    asks = request.require_reason
    return (
        Button(Verb.APPROVE, "Approve…" if asks else "Approve", request.id, asks_reason=asks),
        Button(Verb.DENY, "Deny…", request.id, asks_reason=True),
        details_button(request),
    )


def details_button(request: RequestView) -> Button:
    """Return the button that shows everything."""
    return Button(Verb.DETAILS, "Details", request.id)


def footer(request: RequestView, *, public_url: str) -> str:
    """Return the code, the first 12 hex digits of the digest, and where the full view is."""
    return f"{seal(request)} · {public_url}/requests/{request.id}"


def seal(request: RequestView) -> str:
    """Return the code and the first 12 hex digits of the digest: what tells this request from every other."""
    return f"{request.shown_code} · {request.digest.removeprefix('sha256:')[:12]}"


def summary_line(request: RequestView, *, now: datetime) -> str:
    """Return a request in one line, for lists."""
    left = f" · {duration(request.expires_at - now)} left" if request.expires_at else ""
    return f"{request.urgency.value} · asked by {asker(request)} {duration(now - request.created_at)} ago{left}"


def duration(span: timedelta) -> str:
    """Return a span as people say it: `25 min`, `3 h`, `2 days`."""
    seconds = max(0, int(span.total_seconds()))
    if seconds < 90:
        return f"{seconds} s"
    if seconds < 90 * 60:
        return f"{round(seconds / 60)} min"
    if seconds < 36 * 3600:
        return f"{round(seconds / 3600)} h"
    return f"{round(seconds / 86400)} days"


def clock_time(moment: datetime) -> str:
    """Return a moment as it stands on cards: `2026-01-31 14:05:09 UTC`."""
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC"
