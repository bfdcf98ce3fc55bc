"""A sample request, to check the set-up."""

from datetime import timedelta

from bot.callers import Caller, Role
from bot.registry import command
from gateway.card import Card, Facts, Note, Tone
from gateway.cards import footer, why_here
from gateway.gate import Gate
from gateway.redact import visible
from gateway.submit import submit
from gateway.views import Actor, Ask
from models.words import Status, Urgency

TRIES_LAST = timedelta(minutes=15)


@command("try", Role.ADMIN)
async def try_out(gate: Gate, *, by: Caller) -> Card:
    """Post a sample request to the default channel, to check the set-up.

    It asks for nothing real: approve or deny it as you like. It expires after 15 minutes.
    """
    submitted = await submit(gate, _sample(by), by=Actor("system", "try"))
    request = submitted.request
    waits = request.status is Status.PENDING
    headline = "A sample request is on its way." if waits else f"A policy answered the sample: {request.status.value}."
    rows = [("Request", request.shown_code), ("Goes to", visible(", ".join(request.targets)) or "nobody")]
    warnings = [Note(warning) for warning in submitted.warnings]
    place = footer(request, public_url=gate.options.public_url)
    facts = Facts((*rows, ("Why here", why_here(request))))
    return Card(
        headline, Tone.WAITING if waits else Tone.PLAIN, (facts, *warnings), footer=place, request_id=request.id
    )


def _sample(by: Caller) -> Ask:
    return Ask(
        action="agentgate.try",
        params={"sample": True, "triedBy": str(by.actor), "apiToken": "never shown"},
        context={"reason": "A sample request, to see that cards arrive and buttons work. Nothing happens either way."},
        urgency=Urgency.LOW,
        expires_in=TRIES_LAST,
    )
