"""A sample request, to check the set-up."""

from datetime import timedelta

from bot.callers import Caller, Role
from bot.registry import command
from gateway.arrivals import Arrival, arrivals
from gateway.card import Card, Facts, Note, Tone
from gateway.cards import footer, why_here
from gateway.gate import Gate
from gateway.redact import visible
from gateway.submit import submit
from gateway.views import Actor, Ask
from models.words import DeliveryState, Status, Urgency

TRIES_LAST = timedelta(minutes=15)
PATIENCE = timedelta(seconds=3)
"""How long the answer waits for the first try of every delivery."""


@command("try", Role.ADMIN)
async def try_out(gate: Gate, *, by: Caller) -> Card:
    """Post a sample request to the default channel, to check the set-up.

    It asks for nothing real: approve or deny it as you like. It expires after 15 minutes.
    """
    submitted = await submit(gate, _sample(by), by=Actor("system", "try"))
    request = submitted.request
    waits = request.status is Status.PENDING
    headline = "A sample request is on its way." if waits else f"A policy answered the sample: {request.status.value}."
    fates = await arrivals(request.id, patience=PATIENCE)
    rows = [("Request", request.shown_code), *map(_fate, fates)]
    warnings = [Note(warning) for warning in submitted.warnings]
    place = footer(request, public_url=gate.options.public_url)
    facts = Facts((*rows, ("Why here", why_here(request))))
    return Card(
        headline, Tone.WAITING if waits else Tone.PLAIN, (facts, *warnings), footer=place, request_id=request.id
    )


def _fate(arrival: Arrival) -> tuple[str, str]:
    """Return where a card goes and how it fares, with the platform's own word for what went wrong."""
    match arrival.state:
        case DeliveryState.DONE:
            return visible(arrival.target), "arrived"
        case DeliveryState.DUE if arrival.trouble is None:
            return visible(arrival.target), "on its way"
        case DeliveryState.DUE:
            return visible(arrival.target), f"tried again soon: {visible(arrival.trouble or '')}"
        case DeliveryState.DEAD:
            return visible(arrival.target), f"given up: {visible(arrival.trouble or '')}"


def _sample(by: Caller) -> Ask:
    return Ask(
        action="agentgate.try",
        params={"sample": True, "triedBy": str(by.actor), "apiToken": "never shown"},
        context={"reason": "A sample request, to see that cards arrive and buttons work. Nothing happens either way."},
        urgency=Urgency.LOW,
        expires_in=TRIES_LAST,
    )
