"""A person, or an agent's key, answers a request."""

from dataclasses import dataclass

from gateway import browse
from gateway.admission import admit
from gateway.checks import check_text, clean_reason
from gateway.closing import close
from gateway.errors import AlreadyFinal, DigestMismatch, Gone, ReasonRequired
from gateway.events import LinkUsed, RequestVoted
from gateway.gate import Gate, Unit
from gateway.overdue import expire
from gateway.policy import enough
from gateway.views import Actor, Approval, RequestView
from models import links, people, requests, votes
from models.words import DeciderType, Decision, Status


@dataclass(frozen=True, slots=True)
class Answer:
    """What somebody answers: the verdict, why, what they say of themselves (a claim, never trusted), by which link."""

    decision: Decision
    reason: str | None = None
    claimed_by: str | None = None
    link_id: str | None = None


@dataclass(frozen=True, slots=True)
class Decided:
    """The request after an answer; `counted` is False when the same person had answered before."""

    request: RequestView
    counted: bool


async def decide(
    gate: Gate,
    ref: str,
    decision: Decision,
    *,
    by: Actor,
    reason: str | None = None,
    digest: str | None = None,
    claimed_by: str | None = None,
    link_id: str | None = None,
) -> Decided:
    """Record an answer, and that its link is used; when the answers are enough, the request ends with them.

    Raises NotFound, AlreadyFinal (also for a request whose time has run out), DigestMismatch, SelfApproval,
    NotAnApprover, ReasonRequired, Gone (the link was used meanwhile), Invalid or Unavailable.
    """
    claim = check_text(claimed_by, "decidedBy") if claimed_by else None
    answer = Answer(decision, clean_reason(reason), claim, link_id)
    request = await browse.load(ref)
    check_open(request)
    voter = await admit(gate, request, by=by)
    if digest is not None and digest != request.digest:
        raise DigestMismatch(f"The digest is not that of {request.shown_code}; look at it again.", request=request)
    if request.require_reason and answer.reason is None:
        raise ReasonRequired(f"{request.shown_code} needs a reason: say why.", field="reason")
    counted = await _record(gate, request, answer, voter=voter, by=by)
    after = await browse.load(request.id)
    if counted is None:
        check_open(after)
        raise Gone(f"This link to {after.shown_code} was used a moment ago.")
    return Decided(after, bool(counted))


async def _record(gate: Gate, request: RequestView, answer: Answer, *, voter: str, by: Actor) -> bool | None:
    """Write the vote; return whether it was a new one, or None when the request or the link had ended by then."""
    async with gate.unit(by=by) as unit:
        await requests.hold(request.id)
        held = await browse.load(request.id)
        if held.status.is_final:
            return None
        if held.is_overdue(gate.now()):
            await expire(unit, held)
            return None
        if await vote_of(held, voter, by=by):
            return False
        if answer.link_id and not await _use_link(unit, request, answer.link_id, answer.decision, by=by):
            return None
        await votes.add(
            id=unit.new_id("vot"),
            request_id=request.id,
            voter=voter,
            by=str(by),
            decision=answer.decision.value,
            reason=answer.reason,
            created_at=unit.at,
        )
        await _conclude(unit, await browse.load(request.id), answer, by=by)
        if answer.link_id and request.id in unit.ended:
            await links.spend_all(request.id, at=unit.at)
    return True


async def _use_link(unit: Unit, request: RequestView, link_id: str, decision: Decision, *, by: Actor) -> bool:
    """End the link, and those by which the same recipient could answer again; return False when it had ended before."""
    if not await links.use(link_id, at=unit.at):
        return False
    await links.spend_pair(request.id, str(by), at=unit.at)
    unit.publish(LinkUsed(request_id=request.id, action=request.action, recipient=str(by), verdict=decision.value))
    return True


async def vote_of(request: RequestView, voter: str, *, by: Actor) -> Approval | None:
    """Return what this person answered before, also by an identity that was linked or unlinked since."""
    kind, _, person = voter.partition(":")
    identities = {by.identity, *(await people.identities_of(person) if kind == "person" else ())}
    votes_of_theirs = (
        vote for vote in request.approvals if vote.voter == voter or Actor.parse(vote.by).identity in identities
    )
    return next(votes_of_theirs, None)


async def _conclude(unit: Unit, request: RequestView, answer: Answer, *, by: Actor) -> None:
    """End the request if the votes are enough, else publish the vote."""
    verdict = enough(request.approvals, request.approvals_needed)
    if verdict is None:
        await requests.touch(request.id, at=unit.at)
        voted = RequestVoted(
            request_id=request.id,
            action=request.action,
            decision=answer.decision.value,
            reason=answer.reason,
            claimed_by=answer.claimed_by,
        )
        unit.publish(voted, to=request.targets)
        return
    await close(
        unit,
        request,
        status=Status(verdict.value),
        by=by,
        by_type=DeciderType.HUMAN,
        reason=answer.reason,
        claimed_by=answer.claimed_by,
    )


def check_open(request: RequestView) -> None:
    """Let a pending request through. Raises AlreadyFinal, naming who ended it and how."""
    match request.status:
        case Status.PENDING:
            return
        case Status.APPROVED | Status.DENIED:
            sentence = f"{request.shown_code} was already {request.status.value} by {request.decided_by}."
        case Status.EXPIRED:
            sentence = f"{request.shown_code} has expired: nobody answered in time."
        case Status.CANCELLED:
            sentence = f"{request.shown_code} was cancelled by {request.decided_by}."
    raise AlreadyFinal(sentence, request=request)
