"""Approving and denying."""

from bot.callers import Caller, Role
from bot.registry import Reason, RequestRef, command
from gateway.card import Card, Facts, Note, Section, Tone
from gateway.cards import TONES, footer
from gateway.decide import Decided, decide
from gateway.gate import Gate
from gateway.redact import folded, visible
from gateway.views import RequestView
from models.words import Decision, Status


@command("approve", Role.APPROVER, checks_itself=True)
async def approve(gate: Gate, request: RequestRef, reason: Reason = "", *, by: Caller) -> Card:
    """Approve a request, and say why if you like.

    Where more than one approval is needed, each person counts once, over all their identities.

    Args:
        request: Its short code, like k7qm-3vtx, or its id
        reason: Why; some rules ask for it
    """
    return await _answer(gate, request, Decision.APPROVED, reason=reason, by=by)


@command("deny", Role.APPROVER, checks_itself=True)
async def deny(gate: Gate, request: RequestRef, reason: Reason = "", *, by: Caller) -> Card:
    """Deny a request; the agent is told the reason.

    One denial is enough, however many approvals are needed.

    Args:
        request: Its short code, like k7qm-3vtx, or its id
        reason: Why not; the agent reads it
    """
    return await _answer(gate, request, Decision.DENIED, reason=reason, by=by)


async def _answer(gate: Gate, ref: str, decision: Decision, *, reason: str, by: Caller) -> Card:
    decided = await decide(gate, ref, decision, by=by.actor, reason=reason or None)
    return answer_card(gate, decided, by=by, reason=reason)


def answer_card(gate: Gate, decided: Decided, *, by: Caller, reason: str = "") -> Card:
    """Return what an answer brought about."""
    request = decided.request
    headline, tone, more = _outcome(decided)
    facts = _facts(request, reason=reason if decided.counted else "", by=by)
    sections: tuple[Section, ...] = (facts, *((Note(more),) if more else ()))
    place = footer(request, public_url=gate.options.public_url)
    return Card(headline, tone, sections, footer=place, request_id=request.id)


def _outcome(decided: Decided) -> tuple[str, Tone, str | None]:
    """Return what to say of an answer: how the request stands, the card's tone, and what follows."""
    request = decided.request
    votes, needed = len(request.approvals), request.approvals_needed
    if request.status is not Status.PENDING:
        return f"{request.shown_code} is {request.status.value}.", TONES[request.status], None
    still = f"{request.shown_code} waits for {needed - votes} more."
    if decided.counted:
        return f"Your approval counts: {votes} of {needed}.", Tone.WAITING, still
    return (
        f"Your first answer stands: {votes} of {needed}.",
        Tone.WAITING,
        f"Each person counts once, so this one changed nothing. {still}",
    )


def _facts(request: RequestView, *, reason: str, by: Caller) -> Facts:
    rows = [("Action", visible(request.action)), ("By", str(by.actor))]
    if reason:
        rows.append(("Reason", folded(reason)))
    return Facts(tuple(rows))
