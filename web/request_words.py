"""What the page of one request says: its card in full, and how the reader stands to it. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from gateway.card import Block, Card, Tone
from gateway.cards import details_card, status_line
from gateway.redact import visible
from gateway.standing import Standing
from gateway.views import RequestView
from models.words import Decision, Status
from web.pretty import cut_at_ends, depth_of, pretty
from web.words import GOES_ON

MOST_LINES = 3000
DEEPEST = 12
"""How deep the style sheet lets lines hang."""
FULL = ("Parameters", "Context")
"""What the page writes out as JSON, with a button to copy it."""


@dataclass(frozen=True, slots=True)
class Headline:
    """The first line of the card; where it ends with when the request expires, that is a moment."""

    text: str
    expires_at: datetime | None


def headline(request: RequestView, *, now: datetime) -> Headline:
    """Return how a request stands."""
    if request.status.is_final or request.is_overdue(now):
        return Headline(status_line(request, now=now), None)
    return Headline(status_line(replace(request, expires_at=None), now=now), request.expires_at)


def card_of(request: RequestView, *, now: datetime) -> tuple[Card, Card]:
    """Return the full card in two parts: what stands before its parameters and context, and what comes after."""
    card = replace(details_card(request, now=now, public_url=""), footer=None, buttons=())
    first = next(place for place, section in enumerate(card.sections) if _is_full(section))
    after = [section for section in card.sections[first:] if not _is_full(section)]
    return replace(card, sections=card.sections[:first]), replace(card, sections=tuple(after))


@dataclass(frozen=True, slots=True)
class Written:
    """What an agent has sent, as JSON; `lines` with their depths, cut where a text in them goes on in a new line.

    A text of very many lines has none: it is shown whole all the same, and a browser stays quick.
    """

    label: str
    text: str
    lines: tuple[tuple[int, list[str]], ...]


def written_out(request: RequestView) -> list[Written]:
    """Return all that the agent has sent: its parameters, its context, and what it said came of it."""
    rest = {"Context": request.context, "What came of it": request.result}
    return [
        _written("Parameters", request.params),
        *(_written(label, value) for label, value in rest.items() if value),
    ]


def _written(label: str, value: Mapping[str, Any]) -> Written:
    lines = pretty(value)
    text = "\n".join(lines)
    if len(lines) + text.count("\\n") > MOST_LINES:
        return Written(label, text, ())
    return Written(label, text, tuple((min(depth_of(line), DEEPEST), cut_at_ends(line)) for line in lines))


def _is_full(section: object) -> bool:
    return isinstance(section, Block) and section.label in FULL


@dataclass(frozen=True, slots=True)
class Place:
    """What stands where the buttons are, or in their place."""

    title: str
    tone: Tone
    sentences: tuple[str, ...]


def place_of(request: RequestView, standing: Standing, *, now: datetime) -> Place:
    """Return what a reader is told who cannot answer now: why, and what else or who can."""
    if request.status.is_final or request.is_overdue(now):
        return _over(request, standing)
    if standing.own is not None:
        word = standing.own.decision.value
        return Place(f"You have {word} this", Tone.WAITING, (votes_so_far(request), "The agent waits for the others."))
    why_not, who = visible(standing.why_not or ""), visible(standing.who_can or "nobody")
    others = () if who in why_not else (f"It can be decided by {who}.",)
    return Place("You cannot decide this", Tone.QUIET, (why_not, *others))


def _over(request: RequestView, standing: Standing) -> Place:
    mine = standing.own is not None and request.decided_by == standing.own.by
    match request.status:
        case Status.APPROVED | Status.DENIED:
            word = request.status.value
            told = "The agent goes on." if request.status is Status.APPROVED else "The agent has been told no."
            if mine:
                return Place(f"You {word} this", _tone(request), (told,))
            said = visible(standing.why_not or "")
            return Place(f"Already {word}", _tone(request), (said, told))
        case Status.EXPIRED | Status.PENDING:
            advice = "If it still matters, the agent has to ask again."
            return Place("Nobody answered in time", Tone.QUIET, (advice,))
        case Status.CANCELLED:
            return Place("Cancelled", Tone.QUIET, (visible(standing.why_not or ""), "There is nothing left to do."))


def _tone(request: RequestView) -> Tone:
    return Tone.GOOD if request.status is Status.APPROVED else Tone.BAD


def votes_so_far(request: RequestView) -> str:
    """Return how far the answers have come."""
    return f"{len(request.approvals)} of {request.approvals_needed} persons have approved so far."


def afterwards(request: RequestView) -> str:
    """Return what an approval does."""
    missing = request.approvals_needed - len(request.approvals)
    if missing > 1:
        return f"{missing} more persons have to approve; you would be one of them. One denial denies."
    return GOES_ON[Decision.APPROVED]
