"""Searching the audit trail."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from bot.callers import Caller, Role
from bot.registry import ActionName, ActorName, Cursor, EventName, RequestRef, Since, Until, command
from bot.words import quoted
from gateway import browse, search
from gateway.card import Button, Card, Table, Tone, Verb, note_card
from gateway.gate import Gate
from gateway.redact import folded, visible
from gateway.views import EventView, Page
from models.events import EventFilter

AT_ONCE = 10
LINE_LIMIT = 120
HEAD = ("When (UTC)", "Event", "By", "Request", "Details")
SAYS = ("name", "person", "identity", "policy", "decision", "target", "error", "reason")
"""The details that a line of the trail repeats, in this order; `show` and the web page have the rest."""


@command("audit", Role.AUDITOR)
async def audit(
    gate: Gate,
    *,
    event: EventName = "",
    actor: ActorName = "",
    action: ActionName = "",
    request: RequestRef = "",
    from_: Since | None = None,
    to: Until | None = None,
    after: Cursor = "",
    by: Caller,
) -> Card:
    """Search the audit trail, newest first.

    Without options it lists everything. Dates are 2026-01-31, or 7d, 12h and 30m for how long ago.

    Args:
        event: What happened: request.approved, or approved for short
        actor: Who did it, like slack:U123ABC or api:deploy-bot
        action: What was asked for, like deploy.prod
        request: One request, by its short code or id
        from: Not before: 2026-01-31, or 7d for the last seven days
        to: Not after: 2026-01-31 (that day included), or 12h for until twelve hours ago
    """
    which = EventFilter(
        type=event or None,
        actor=actor or None,
        action=action or None,
        request_id=(await browse.load(request)).id if request else None,
        since=from_,
        until=to,
    )
    page = await search.audit_page(which, limit=AT_ONCE, cursor=after or None)
    wanted = {"event": event, "actor": actor, "action": action, "request": request, "from": from_, "to": to}
    return _page_card(page, _line(wanted), is_first=not after)


def _line(wanted: Mapping[str, str | datetime | None]) -> str:
    """Return the command line that asks for the same again; what was `7d` becomes the moment it meant."""
    texts = {
        name: value.isoformat(timespec="milliseconds") if isinstance(value, datetime) else value
        for name, value in wanted.items()
        if value
    }
    return " ".join(["audit", *(f"{name}:{quoted(text)}" for name, text in texts.items() if text)])


def _page_card(page: Page[EventView], line: str, *, is_first: bool) -> Card:
    older = (Button(Verb.RUN, "Older", f"{line} after:{page.next_cursor}"),) if page.has_more else ()
    newest = () if is_first else (Button(Verb.RUN, "Newest", line),)
    if not page.items:
        return note_card("Nothing in the audit trail matches.", buttons=newest, tone=Tone.QUIET)
    total = f"more than {page.total}" if page.total_is_capped else str(page.total)
    entries = f"{total} {'entry' if page.total == 1 else 'entries'}"
    headline = f"{entries} in the audit trail" + (f", {len(page.items)} shown" if older or newest else "")
    rows = tuple(_row(event) for event in page.items)
    return note_card(f"{headline}.", Table(HEAD, rows), buttons=older + newest)


def _row(event: EventView) -> tuple[str, ...]:
    request = event.request
    asked = f"{request.shown_code} {_clipped(visible(request.action))}" if request else ""
    return f"{event.created_at:%Y-%m-%d %H:%M:%S}", event.type, visible(event.actor), asked, _more(event.details)


def history_line(event: EventView) -> str:
    """Return an event of one request as a line of its history."""
    more = _more(event.details)
    line = f"{event.created_at:%Y-%m-%d %H:%M:%S} UTC  {event.type} by {visible(event.actor)}"
    return f"{line} – {more}" if more else line


def _more(details: Mapping[str, Any]) -> str:
    said = [_said(name, str(details[name])) for name in SAYS if details.get(name)]
    if details.get("claimedBy"):
        said.append(f"claims to be {visible(str(details['claimedBy']))}")
    return _clipped(", ".join(said))


def _said(name: str, value: str) -> str:
    """Return a detail as it stands in a line: most are clear by themselves, the name of a policy is not."""
    if name == "reason":
        return folded(value)
    return f"policy {visible(value)}" if name == "policy" else visible(value)


def _clipped(text: str) -> str:
    return text if len(text) <= LINE_LIMIT else f"{text[:LINE_LIMIT]} …{len(text) - LINE_LIMIT} more"
