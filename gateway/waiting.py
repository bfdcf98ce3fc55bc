"""What waits for somebody: the pending requests that this actor may decide and has not answered yet."""

from collections.abc import Mapping
from dataclasses import dataclass

from gateway import browse
from gateway.admission import with_groups
from gateway.errors import Forbidden
from gateway.gate import Gate
from gateway.permission import check_may_decide
from gateway.views import Actor, Approval, RequestView
from models import deliveries, people
from models.requests import RequestFilter
from models.words import Status

AT_ONCE = 100
MOST_LOOKED_AT = 2000
"""How many pending requests one call looks through before it hands out a cursor instead."""


@dataclass(frozen=True, slots=True)
class Waiting:
    """A part of what waits, newest first; `next_cursor` is None when there is no more."""

    requests: tuple[RequestView, ...]
    next_cursor: str | None


async def waiting_for(gate: Gate, *, by: Actor, limit: int, cursor: str | None = None) -> Waiting:
    """Return the requests that wait for this actor, newest first. Raises Invalid for a cursor that is none of ours."""
    persons = {identity.actor: identity.person for identity in await people.all_identities()}
    found: list[RequestView] = []
    pending = RequestFilter(status=Status.PENDING.value)
    for _ in range(MOST_LOOKED_AT // AT_ONCE):
        page = await browse.request_page(pending, limit=AT_ONCE, cursor=cursor, count=False)
        who = await with_groups(gate, by, page.items)
        places = await deliveries.places(request.id for request in page.items)
        found += [one for one in page.items if _waits_for(gate, one, who, persons, places.get(one.id, frozenset()))]
        cursor = page.next_cursor
        if len(found) > limit:
            return Waiting(tuple(found[:limit]), browse.write_cursor(found[limit - 1].id))
        if cursor is None:
            break
    return Waiting(tuple(found), cursor)


def _waits_for(gate: Gate, request: RequestView, by: Actor, persons: Mapping[str, str], places: frozenset[str]) -> bool:
    person = persons.get(by.identity)
    if request.is_overdue(gate.now()) or any(_is_own(vote, by, person, persons) for vote in request.approvals):
        return False
    trust = gate.options.trust
    if person and persons.get(request.requested_by) == person and not trust.allow_self_approval:
        return False
    try:
        check_may_decide(request, by, person=person, trust=trust, places=places)
    except Forbidden:
        return False
    return True


def _is_own(vote: Approval, by: Actor, person: str | None, persons: Mapping[str, str]) -> bool:
    """Whether a vote is this person's, by whichever identity."""
    voter = Actor.parse(vote.by).identity
    if voter == by.identity or vote.voter == by.key_id:
        return True
    return person is not None and (vote.voter == f"person:{person}" or persons.get(voter) == person)
