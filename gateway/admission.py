"""Letting somebody in, to decide or to look: what the platform knows of them, where cards hang, who they are."""

import asyncio
from collections.abc import Iterable
from dataclasses import replace

from gateway.errors import Forbidden
from gateway.gate import Gate
from gateway.permission import (
    check_may_decide,
    check_not_the_askers,
    is_anybodys,
    place_counts,
    place_shows,
    where_shown,
)
from gateway.views import Actor, RequestView
from models import deliveries, people

LOOKS, SECONDS_BETWEEN = 20, 0.1
"""How often it is looked whether a card that is on its way has arrived, and what lies between."""


async def admit(gate: Gate, request: RequestView, *, by: Actor) -> str:
    """Return the name under which the actor's vote counts: the person's, a key's id, or the actor's own.

    Raises SelfApproval or NotAnApprover with who can, or Unavailable when the actor's platform does not answer.
    """
    waits = place_counts(request, by, gate.options.trust)
    return await _let_in(gate, request, by=by, places=await _places(request, by=by, waits=waits))


async def check_may_look(gate: Gate, request: RequestView, *, by: Actor) -> None:
    """Let somebody in a chat look at a request: who may decide it, who asked for it, whoever is where its card hangs.

    Raises Forbidden with where it is shown, or Unavailable when the actor's platform does not answer.
    """
    counts = place_shows(by, gate.options.trust)
    places = await _places(request, by=by, waits=counts)
    if counts and by.place in {*request.targets, *places}:
        return
    person = await people.person_of(by.identity)
    if request.was_asked_by(by) or (person and person == await people.person_of(request.requested_by)):
        return
    try:
        await _let_in(gate, request, by=by, places=places)
    except Forbidden as refusal:
        raise Forbidden(where_shown(request, by.kind)) from refusal


async def _let_in(gate: Gate, request: RequestView, *, by: Actor, places: frozenset[str]) -> str:
    trust = gate.options.trust
    person = await people.person_of(by.identity)
    by = await with_groups(gate, by, [request])
    check_may_decide(request, by, person=person, trust=trust, places=places)
    asker = await people.person_of(request.requested_by) if person or is_anybodys(by) else None
    check_not_the_askers(request, by, asker=asker, trust=trust)
    if person and person == asker and not trust.allow_self_approval:
        check_may_decide(request, Actor.parse(request.requested_by), person=person, trust=trust, places=places)
    return f"person:{person}" if person else by.key_id or by.identity  # a key that is given another name votes once


async def _places(request: RequestView, *, by: Actor, waits: bool) -> frozenset[str]:
    """Return where the cards hang. One may be pressed in the instant before its place is noted: that is waited for."""
    for _ in range(LOOKS):
        places = (await deliveries.places([request.id])).get(request.id, frozenset())
        if not waits or by.place is None or by.place in {*request.targets, *places}:
            break
        if not await deliveries.is_on_its_way(request.id, kind=by.kind):
            break
        await asyncio.sleep(SECONDS_BETWEEN)
    return places


async def with_groups(gate: Gate, by: Actor, requests: Iterable[RequestView]) -> Actor:
    """Return the actor with those groups of the platform that count for these requests."""
    roster = gate.rosters.get(by.kind)
    if roster is None:
        return by
    named = {name for request in requests for name in request.policy_decision.approvers}
    configured = gate.options.trust.approvers.get(by.kind, frozenset())
    among = frozenset(name for name in named | configured if name.startswith(f"{by.kind}:"))
    return replace(by, groups=by.groups | await roster.groups_of(by, among=among))
