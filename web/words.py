"""What the pages of a link say: a link, and what became of following it, become cards and questions."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from gateway.card import Card, Facts, Note, Section, Tone
from gateway.cards import TONES, clock_time, details_card, seal
from gateway.decide import Decided
from gateway.follow import LinkView, how_it_was_spent
from gateway.permission import listed
from gateway.redact import folded, visible
from gateway.views import RequestView
from models.words import Decision, Status


class ReasonField(StrEnum):
    """Whether a form asks for a reason."""

    NEEDED = "needed"
    WELCOME = "welcome"


@dataclass(frozen=True, slots=True)
class Question:
    """What a link's page asks, and what its button does."""

    title: str
    decision: Decision
    label: str
    reason: ReasonField
    afterwards: str


VERBS = {Decision.APPROVED: "Approve", Decision.DENIED: "Deny"}
GOES_ON = {
    Decision.APPROVED: "The agent goes on at once, and everybody who was told of this request sees your answer.",
    Decision.DENIED: "The agent is told no, and everybody who was told of this request sees your answer.",
}
DONE = "You can close this page."


def question(link: LinkView, decision: Decision) -> Question:
    """Return what the page of a link that decides asks."""
    request = link.request
    verb = VERBS[decision]
    needed = request.approvals_needed - len(request.approvals)
    afterwards = GOES_ON[decision]
    if decision is Decision.APPROVED and needed > 1:
        afterwards = f"{needed} persons have to approve; you would be one of them. The agent waits for the others."
    return Question(
        title=f"{verb} this request?",
        decision=decision,
        label=verb,
        reason=ReasonField.NEEDED if request.require_reason else ReasonField.WELCOME,
        afterwards=f"{afterwards} This link works once.",
    )


def as_whom(link: LinkView) -> str:
    """Return as whom a link's holder decides or looks."""
    kind, _, rest = str(link.recipient).partition(":")
    name = visible(rest)
    if kind == "email":
        return f"You decide as {name}." if link.decision else f"This link was sent to {name}."
    if name.startswith("api:"):
        return f"You decide by a link that the API key {name.removeprefix('api:')} made."
    return f"You decide by a link from {name}: whoever opens it decides for all who are there."


def looking_only(request: RequestView) -> str:
    """Return why a page has no button, and who can decide."""
    named = request.policy_decision.approvers
    who = f"{visible(listed(named))} may decide it" if named else "a link to approve or to deny came with it"
    return f"It shows the request and decides nothing; {who}."


def whole(request: RequestView, *, now: datetime) -> Card:
    """Return everything about a request: whoever decides by a link has no other place to see it."""
    return replace(details_card(request, now=now, public_url=""), footer=seal(request), buttons=())


def done(decided: Decided, link: LinkView) -> Card:
    """Return what became of an answer."""
    request = decided.request
    if not decided.counted:
        return _said("You have answered already", Tone.QUIET, [Note(_votes(request)), *_story(request)], request)
    word = link.verdict.value
    if not request.status.is_final:
        rows = Facts((("Action", visible(request.action)), ("Your answer", word)))
        return _said("Your answer counts", Tone.WAITING, [Note(_votes(request)), rows, Note(DONE)], request)
    notes = [Note(f"{_told(request)} {DONE}")]
    return _said(f"You {word} this request", TONES[request.status], [*notes, *_story(request)], request)


def _told(request: RequestView) -> str:
    return "The agent goes on." if request.status is Status.APPROVED else "The agent has been told no."


def over(link: LinkView, *, now: datetime) -> Card:
    """Return why a link does nothing any more, who decided, and what to do next."""
    request = link.request
    ended = _ending(link, request)
    if ended is not None:
        nothing = (Note(f"There is nothing left to do. {DONE}"),)
        return _said(ended, TONES[request.status], (*_story(request), *nothing), request)
    if request.is_overdue(now):
        return _expired(request)
    if link.is_void:
        return _said("This link is void", Tone.BAD, [Note(visible(how_it_was_spent(link))), *_story(request)], request)
    if link.used_at or link.spent_at:
        notes = (Note(f"{_votes(request)} The agent waits for the others. {DONE}"),)
        return _said("You have answered", Tone.WAITING, (*notes, *_story(request)), request)
    advice = "The request still waits: decide it in the chat, or ask whoever runs this server for another link."
    worked = Facts((("Worked until", clock_time(link.expires_at)),))
    return _said("This link is too old", Tone.QUIET, (worked, Note(advice)), request)


def _ending(link: LinkView, request: RequestView) -> str | None:
    match request.status:
        case Status.APPROVED | Status.DENIED:
            if link.used_at and request.decided_by == str(link.recipient):
                return f"You {request.status.value} this request"
            return f"Already {request.status.value}"
        case Status.CANCELLED:
            return "This request was cancelled"
        case Status.EXPIRED:
            return "This request has expired"
        case Status.PENDING:
            return None


def _expired(request: RequestView) -> Card:
    advice = "Nobody answered in time. If it still matters, the agent has to ask again."
    return _said("This request has expired", Tone.QUIET, [Note(advice), *_story(request)], request)


def refused(sentence: str, request: RequestView) -> Card:
    """Return that a link's holder may not decide."""
    return _said("This link cannot decide", Tone.BAD, [Note(visible(sentence)), *_story(request)], request)


def _said(headline: str, tone: Tone, sections: Iterable[Section], request: RequestView) -> Card:
    return Card(headline, tone, tuple(sections), footer=seal(request), request_id=request.id)


def _votes(request: RequestView) -> str:
    return f"{len(request.approvals)} of {request.approvals_needed} persons have approved so far."


def _story(request: RequestView) -> tuple[Facts, ...]:
    """Return which request it was, and how it ended: no parameter, for the link may be in any hands by now."""
    rows = [("Action", visible(request.action))]
    if request.status.is_final:
        rows.append(("Outcome", f"{request.status.value} by {visible(request.decided_by or 'nobody')}"))
    if request.decided_at:
        rows.append(("When", clock_time(request.decided_at)))
    if request.decision_reason:
        rows.append(("Reason", folded(request.decision_reason)))
    return (Facts(tuple(rows)),)
