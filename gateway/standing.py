"""How somebody stands to a request: whether they may answer it now; if not, why, and who can."""

from collections.abc import Iterator
from dataclasses import dataclass

from gateway.admission import admit
from gateway.decide import check_open, vote_of
from gateway.errors import AlreadyFinal, Forbidden
from gateway.gate import Gate
from gateway.permission import Trust, listed
from gateway.targets import kind_of, unique
from gateway.views import Actor, Approval, RequestView

CHATS = ("slack", "discord")


@dataclass(frozen=True, slots=True)
class Standing:
    """What a page says where its buttons are, or in their place. `own` is what this person has answered before."""

    why_not: str | None = None
    who_can: str | None = None
    own: Approval | None = None

    @property
    def may_answer(self) -> bool:
        """Whether an answer of theirs would count now."""
        return self.why_not is None


async def standing_of(gate: Gate, request: RequestView, *, by: Actor) -> Standing:
    """Return how an actor stands to a request, by the rules that would be asked if they answered now."""
    why_not, own = await _judged(gate, request, by=by)
    if request.status.is_final or request.is_overdue(gate.now()):
        return Standing(why_not=_how_it_ended(request), own=own)
    if own is not None:
        return Standing(why_not=f"You have {own.decision.value} {request.shown_code} already.", own=own)
    return Standing(why_not, who_may(request, gate.options.trust) if why_not else None)


async def _judged(gate: Gate, request: RequestView, *, by: Actor) -> tuple[str | None, Approval | None]:
    """Return why an actor may not decide, if so, and what they have answered before."""
    try:
        voter = await admit(gate, request, by=by)
    except Forbidden as refusal:
        return refusal.sentence, None
    return None, await vote_of(request, voter, by=by)


def _how_it_ended(request: RequestView) -> str:
    try:
        check_open(request)
    except AlreadyFinal as ended:
        return ended.sentence
    return f"{request.shown_code} has expired: nobody answered in time."


def who_may(request: RequestView, trust: Trust) -> str:
    """Return who can decide a request, as a person says it: `slack:U1 or slack:U2`."""
    named = request.policy_decision.approvers
    if named:
        return listed(list(named))
    return listed(["whoever has a key with the scope request:decide", *_where_it_hangs(request, trust)])


def _where_it_hangs(request: RequestView, trust: Trust) -> Iterator[str]:
    """Return who can decide at each place that the request is told to."""
    for kind in unique(kind_of(target) for target in request.targets):
        places = [target for target in request.targets if kind_of(target) == kind]
        if kind in CHATS and trust.approvers.get(kind):
            yield from sorted(trust.approvers[kind])
        elif kind in CHATS:
            yield f"whoever sees it in {listed(places)}"
        elif kind == "email":
            yield from places
        elif kind == "terminal":
            yield "whoever sits at the server"
