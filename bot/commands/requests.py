"""What waits, and everything about one request."""

from dataclasses import replace

from bot.callers import Caller, Role, RoleMissing
from bot.commands.audit import history_line
from bot.registry import Cursor, RequestRef, command
from gateway import browse
from gateway.admission import check_may_look
from gateway.card import Button, Card, Entry, Note, Tone, Verb, note_card
from gateway.cards import decision_buttons, details_card, summary_line
from gateway.errors import Forbidden, Unavailable
from gateway.gate import Gate
from gateway.redact import folded, visible
from gateway.standing import standing_of
from gateway.views import RequestView
from gateway.waiting import waiting_for

AT_ONCE = 5
LINE_LIMIT = 120


@command("pending", Role.APPROVER, checks_itself=True)
async def pending(gate: Gate, *, after: Cursor = "", by: Caller) -> Card:
    """List what waits for you, newest first, with buttons."""
    waiting = await waiting_for(gate, by=by.actor, limit=AT_ONCE, cursor=after or None)
    older = (Button(Verb.RUN, "Older", f"pending after:{waiting.next_cursor}"),) if waiting.next_cursor else ()
    newest = (Button(Verb.RUN, "Newest", "pending"),) if after else ()
    if not waiting.requests:
        return _nothing(by, buttons=older + newest)
    count = len(waiting.requests)
    more = ", and there are older ones" if older else ""
    entries = [_entry(request, gate) for request in waiting.requests]
    verb = "request waits" if count == 1 else "requests wait"
    return note_card(f"{count} {verb} for you{more}.", *entries, buttons=older + newest, tone=Tone.WAITING)


def _nothing(by: Caller, *, buttons: tuple[Button, ...]) -> Card:
    if not by.has(Role.APPROVER):
        raise by.lacks(Role.APPROVER, "What waits")
    if not by.sees_every_request:
        hint = Note(by.how_to_get(Role.APPROVER))
        return note_card("Nothing waits for you here.", hint, buttons=buttons, tone=Tone.QUIET)
    return note_card("Nothing waits for you.", buttons=buttons, tone=Tone.QUIET)


def _entry(request: RequestView, gate: Gate) -> Entry:
    lines = [_clipped(visible(request.action)), summary_line(request, now=gate.now())]
    if request.approvals_needed > 1:
        lines.append(f"{len(request.approvals)} of {request.approvals_needed} approvals")
    said = request.context.get("reason") or request.context.get("summary")
    if isinstance(said, str) and said.strip():
        lines.append(f"Agent says: {_clipped(folded(said))}")
    return Entry(request.shown_code, tuple(lines), decision_buttons(request))


def _clipped(text: str) -> str:
    return text if len(text) <= LINE_LIMIT else f"{text[:LINE_LIMIT]} …{len(text) - LINE_LIMIT} more, see Details"


@command("show", Role.APPROVER, checks_itself=True)
async def show(gate: Gate, request: RequestRef, *, by: Caller) -> Card:
    """Show everything about a request, with its history.

    Args:
        request: Its short code, like k7qm-3vtx, or its id
    """
    found = await browse.load(request)
    await check_shown(gate, found, by=by)
    history = [history_line(event) for event in await browse.history(gate, found.id, by=by.actor)]
    card = details_card(found, now=gate.now(), public_url=gate.options.public_url, history=history)
    why_not = await _why_not(gate, found, by=by) if card.buttons else None
    return replace(card, sections=(Note(why_not), *card.sections), buttons=()) if why_not else card


async def _why_not(gate: Gate, request: RequestView, *, by: Caller) -> str | None:
    """Say why an answer of theirs would not count; None where it would, or where that cannot be found out now."""
    try:
        standing = await standing_of(gate, request, by=by.actor)
    except Unavailable:
        return None
    if standing.why_not is None or standing.own is not None:
        return standing.why_not
    return f"You cannot decide this. {visible(standing.why_not)}"


async def check_shown(gate: Gate, request: RequestView, *, by: Caller) -> None:
    """Let those look who see every request, and others for whom this very one is. Raises RoleMissing or Unavailable."""
    if by.sees_every_request:
        return
    try:
        await check_may_look(gate, request, by=by.actor)
    except Forbidden as refusal:
        if by.approves_by_place:
            raise RoleMissing(refusal.sentence, hint=by.how_to_get(Role.APPROVER)) from refusal
        raise by.lacks(Role.APPROVER, "Looking at a request") from refusal
