"""Somebody follows a link: looking changes nothing, answering ends the link and counts, in one unit or not at all."""

from dataclasses import dataclass
from datetime import datetime
from typing import Self

from gateway import browse
from gateway.admin_views import KeyView
from gateway.admission import admit
from gateway.decide import Decided, check_open, decide
from gateway.errors import Forbidden, Gone, NotAnApprover, NotFound
from gateway.gate import Gate
from gateway.permission import check_scope
from gateway.targets import kind_of
from gateway.views import Actor, RequestView
from models import keys, links
from models.tables import Link
from models.words import Decision, Status, Verdict

NO_SUCH_LINK = "No link like this was sent from here. It may be cut off: copy all of it, or open it where you got it."


@dataclass(frozen=True, slots=True)
class LinkView:
    """A link, and the request it leads to, as they stood when they were read."""

    id: str
    verdict: Verdict
    recipient: Actor
    created_at: datetime
    expires_at: datetime
    used_at: datetime | None
    spent_at: datetime | None
    request: RequestView

    @property
    def decision(self) -> Decision | None:
        """Return what the link decides, or None when it only shows."""
        return None if self.verdict is Verdict.VIEW else Decision(self.verdict.value)

    @property
    def is_void(self) -> bool:
        """Whether it was ended because the key that made it was revoked, or got another secret or name."""
        answered = any(vote.by == str(self.recipient) for vote in self.request.approvals)
        return self.spent_at is not None and not self.request.status.is_final and not answered

    def is_out_of_time(self, now: datetime) -> bool:
        """Whether the link's own time has run out."""
        return self.expires_at <= now

    @classmethod
    def of(cls, row: Link, request: RequestView) -> Self:
        """Build from a row."""
        recipient = Actor.parse(row.recipient)
        moments = row.created_at, row.expires_at, row.used_at, row.spent_at
        return cls(row.id, Verdict(row.verdict), recipient, *moments, request)


async def open_link(gate: Gate, token: str) -> LinkView:
    """Return the link of a token. Raises NotFound with the same sentence, after the same work, for every wrong one."""
    row = await links.find_digest(gate.tokens.digest(token))
    if row is None:
        raise NotFound(NO_SUCH_LINK)
    return LinkView.of(row, await browse.load(row.request_id))


async def check_link(gate: Gate, link: LinkView) -> None:
    """Let a link through that can still do what it is for.

    Raises Gone for a spent link and where the time of the link or the request is over, AlreadyFinal for a request that
    ended in another way, SelfApproval or NotAnApprover, also where the key that made it does not work any more.
    """
    request, now = link.request, gate.now()
    if link.is_out_of_time(now) and not request.status.is_final:
        raise Gone(f"This link to {request.shown_code} worked until {link.expires_at:%Y-%m-%d %H:%M} UTC.")
    if request.status is Status.EXPIRED or request.is_overdue(now):
        raise Gone(f"{request.shown_code} has expired: nobody answered in time.")
    if link.used_at or link.spent_at:
        raise Gone(how_it_was_spent(link))
    check_open(request)
    if link.decision is not None:
        await _check_maker(gate, link)
        await admit(gate, request, by=link.recipient)


async def _check_maker(gate: Gate, link: LinkView) -> None:
    """Let no link outlive the key in whose name it decides, nor come back with the next key of that name."""
    if kind_of(link.recipient.identity) != "api":
        return
    name = link.recipient.identity.removeprefix("api:")
    row = await keys.find_active(name)
    key = KeyView.of(row) if row else None
    if key is None or not key.is_active(gate.now()) or key.created_at > link.created_at:
        raise NotAnApprover(f"The key {name} that made this link does not work any more; ask for another link.")
    check_scope(key.actor, link.request)


def how_it_was_spent(link: LinkView) -> str:
    """Return what a link was used for, or what ended it."""
    request = link.request
    if link.is_void:
        name = link.recipient.identity.removeprefix("api:")
        return f"The key {name} that made this link was revoked, rotated or renamed since; ask for another link."
    if request.status.is_final:
        return f"{request.shown_code} was already {request.status.value} by {request.decided_by}."
    answer = next((vote for vote in request.approvals if vote.by == str(link.recipient)), None)
    word = answer.decision.value if answer else "answered"
    return f"You have {word} {request.shown_code} already; {votes_so_far(request)}."


def votes_so_far(request: RequestView) -> str:
    """Return how far the answers have come: `1 of 2 persons have approved`."""
    return f"{len(request.approvals)} of {request.approvals_needed} persons have approved so far"


async def decide_by_link(gate: Gate, token: str, *, reason: str | None = None) -> Decided:
    """Answer as the link's recipient what the link says, once.

    Raises NotFound, Forbidden for a link that only shows, and what `check_link` and `decide` raise.
    """
    link = await open_link(gate, token)
    await check_link(gate, link)
    if link.decision is None:
        raise Forbidden("This link shows the request and decides nothing.")
    return await decide(gate, link.request.id, link.decision, by=link.recipient, reason=reason, link_id=link.id)
