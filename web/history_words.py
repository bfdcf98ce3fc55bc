"""What the page of one request tells of its past: its history, and whom it was told to. PURE."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from gateway.arrivals import Told
from gateway.card import Tone
from gateway.permission import listed
from gateway.redact import visible
from gateway.views import EventView
from models.words import DeliveryState


@dataclass(frozen=True, slots=True)
class Step:
    """One entry of the history; `said` is the reason that somebody gave."""

    title: str
    tone: Tone
    by: str
    at: datetime
    said: str = ""
    more: str = ""


def steps(events: Iterable[EventView]) -> list[Step]:
    """Return a request's history, oldest first, without what another entry of the same moment has told."""
    return [_step(event) for event in events if event.type not in TOLD_ALREADY]


def _step(event: EventView) -> Step:
    title, tone = TITLES.get(event.type, (event.type, Tone.PLAIN))
    details = event.details
    if event.type == "request.voted":
        title = f"{visible(str(details.get('decision', 'answered'))).capitalize()}, and others are needed"
    return Step(
        title=title,
        tone=tone,
        by=visible(event.actor),
        at=event.created_at,
        said=visible(str(details.get("reason") or ""), keep="\n"),
        more=_more(event),
    )


TOLD_ALREADY = {"request.pending", "request.decided"}
"""What is written beside `request.created`, and beside the answer that decided."""
TITLES = {
    "request.created": ("Asked", Tone.PLAIN),
    "request.voted": ("Answered", Tone.WAITING),
    "request.approved": ("Approved", Tone.GOOD),
    "request.denied": ("Denied", Tone.BAD),
    "request.expired": ("Expired: nobody answered in time", Tone.QUIET),
    "request.cancelled": ("Cancelled", Tone.QUIET),
    "request.confirmed": ("The agent reported what came of it", Tone.GOOD),
    "request.reminded": ("Reminded", Tone.WAITING),
    "request.escalated": ("Told to others too", Tone.WAITING),
    "link.issued": ("Links were made", Tone.PLAIN),
    "link.used": ("Answered by a link", Tone.PLAIN),
    "delivery.failed": ("Somebody could not be told", Tone.BAD),
    "delivery.replayed": ("A notification was sent again", Tone.PLAIN),
}


def _more(event: EventView) -> str:
    """Return what else an entry tells: whom a link or a notification was for, and what went wrong."""
    details = event.details
    said = [
        listed([str(one) for one in details["to"]]) if details.get("to") else "",
        str(details.get("recipient") or details.get("target") or ""),
        str(details.get("error") or ""),
        f"claims to be {details['claimedBy']}" if details.get("claimedBy") else "",
    ]
    if event.type == "request.created" and details.get("policy"):
        said.append(f"policy {details['policy']}, rule {int(details.get('rule') or 0) + 1}")
    return visible(" · ".join(part for part in said if part))


@dataclass(frozen=True, slots=True)
class Fate:
    """How one place has been told of a request."""

    target: str
    word: str
    tone: Tone
    trouble: str
    at: datetime


def fates(told: Sequence[Told]) -> list[Fate]:
    """Return whom a request was told to, and how that went."""
    return [Fate(visible(one.target), *_word(one), visible(one.trouble or ""), one.at) for one in told]


def _word(one: Told) -> tuple[str, Tone]:
    match one.state:
        case DeliveryState.DONE:
            return "told", Tone.GOOD
        case DeliveryState.DUE:
            return ("tried again soon", Tone.WAITING) if one.trouble else ("on its way", Tone.QUIET)
        case DeliveryState.DEAD:
            return "given up", Tone.BAD
