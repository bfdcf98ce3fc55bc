"""What the list of requests says: rows, filters, and what stands there where there is nothing. PURE."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlencode

from gateway.board import Board
from gateway.card import Tone
from gateway.cards import TONES, asker
from gateway.checks import check_text
from gateway.errors import Invalid
from gateway.redact import visible
from gateway.views import RequestView
from models.requests import RequestFilter
from models.words import Status, Urgency

SAID_LIMIT = 160
STATUSES = {
    Status.PENDING: "Waiting",
    Status.APPROVED: "Approved",
    Status.DENIED: "Denied",
    Status.EXPIRED: "Expired",
    Status.CANCELLED: "Cancelled",
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request in the list; `said` is what its agent gave as the reason."""

    request: RequestView
    status: str
    tone: Tone
    action: str
    asked_by: str
    said: str
    left_out: str
    votes: str
    decided_by: str
    expires_at: datetime | None


def row(request: RequestView, *, now: datetime) -> Row:
    """Return what the list says of a request."""
    is_over = request.is_overdue(now)
    status = Status.EXPIRED if is_over else request.status
    waits = status is Status.PENDING
    said = _said(request)
    more = len(said) - SAID_LIMIT
    return Row(
        request=request,
        status=STATUSES[status],
        tone=TONES[status],
        action=visible(request.action),
        asked_by=asker(request),
        said=said[:SAID_LIMIT].rstrip(),
        left_out=f"…{more} more characters" if more > 0 else "",
        votes=f"{len(request.approvals)} of {request.approvals_needed}"
        if request.approvals_needed > 1 and waits
        else "",
        decided_by=visible(request.decided_by or ""),
        expires_at=request.expires_at if waits else None,
    )


def _said(request: RequestView) -> str:
    said = request.context.get("reason") or request.context.get("summary")
    return " ".join(visible(said, keep="\n").split()) if isinstance(said, str) else ""


@dataclass(frozen=True, slots=True)
class Wanted:
    """The filter of the list, as it stands in the address."""

    status: Status | None = None
    action: str = ""
    urgency: Urgency | None = None
    cursor: str | None = None

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return bool(self.status or self.action or self.urgency)

    @property
    def filter(self) -> RequestFilter:
        """Return the filter as it is asked of the gateway."""
        return RequestFilter(
            status=self.status.value if self.status else None,
            action=self.action or None,
            urgency=self.urgency.value if self.urgency else None,
        )

    def address(self, cursor: str | None = None) -> str:
        """Return the address of this filter's list, after the page that ended at the cursor."""
        parts = {"status": self.status, "action": self.action, "urgency": self.urgency, "cursor": cursor}
        query = urlencode({name: str(value) for name, value in parts.items() if value})
        return f"/requests?{query}" if query else "/requests"


def read_wanted(query: Mapping[str, str]) -> Wanted:
    """Return the filter that an address names. Raises Invalid for words that there are not, or that nothing can be."""
    status, urgency = query.get("status", ""), query.get("urgency", "")
    if status and status not in tuple(Status):
        raise Invalid(f"There is no status “{visible(status[:60])}”; it is one of {', '.join(Status)}.", field="status")
    if urgency and urgency not in tuple(Urgency):
        words = ", ".join(Urgency)
        raise Invalid(f"There is no urgency “{visible(urgency[:60])}”; it is one of {words}.", field="urgency")
    return Wanted(
        status=Status(status) if status else None,
        action=check_text(query.get("action", "").strip(), "action"),
        urgency=Urgency(urgency) if urgency else None,
        cursor=query.get("cursor") or None,
    )


@dataclass(frozen=True, slots=True)
class Group:
    """The requests that wait, or those that have ended."""

    title: str
    rows: tuple[Row, ...]


def groups(found: Board, *, now: datetime) -> tuple[Group, ...]:
    """Return the page's requests in their groups, those that wait first."""
    rows = [row(request, now=now) for request in found.items]
    waiting = tuple(one for one in rows if one.request.status is Status.PENDING)
    ended = tuple(one for one in rows if one.request.status is not Status.PENDING)
    titled = (Group("Waiting for an answer", waiting), Group("Ended", ended))
    return tuple(group for group in titled if group.rows)


def how_many_wait(found: Board) -> str:
    """Return how much waits, in a sentence."""
    if found.waiting_is_capped:
        return f"More than {found.waiting} requests wait for an answer."
    return {0: "Nothing waits for an answer.", 1: "1 request waits for an answer."}.get(
        found.waiting, f"{found.waiting} requests wait for an answer."
    )


def title(found: Board) -> str:
    """Return the page's title, with how much waits where a tab shows its beginning."""
    plus = "+" if found.waiting_is_capped else ""
    return f"({found.waiting}{plus}) Requests" if found.waiting else "Requests"


def suggested(actions: Iterable[str], *, at_most: int) -> list[str]:
    """Return actions to choose from while one is typed: those that are what they look like."""
    return [action for action in actions if visible(action) == action][:at_most]
