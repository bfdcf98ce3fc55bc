"""Who hears of a request, and when a failed delivery is tried again. PURE."""

from datetime import timedelta
from random import Random

from gateway.policy import Judgement
from gateway.targets import unique
from models.words import Outcome

LADDER = tuple(timedelta(seconds=seconds) for seconds in (2, 5, 15, 30, 60, 120, 300, 600, 1800))
"""The waits after the first failures; the last one repeats."""

GIVE_UP_AFTER = timedelta(days=1)


def targets_for(judgement: Judgement, defaults: tuple[str, ...]) -> tuple[str, ...]:
    """Return where a request's card goes: the rule's channels, else the defaults when a human is needed.

    What a policy decides by itself, or leaves to another agent, disturbs nobody unless the rule names channels.
    """
    if judgement.rule.channels:
        return unique(judgement.rule.channels)
    return unique(defaults) if judgement.rule.outcome is Outcome.ROUTE_TO_HUMAN else ()


def next_try(attempts: int, *, age: timedelta, chance: Random) -> timedelta | None:
    """Return how long to wait after this many failed attempts, spread by a fifth; None to give up after a day."""
    if age >= GIVE_UP_AFTER:
        return None
    wait = LADDER[min(attempts, len(LADDER)) - 1]
    return wait * chance.uniform(0.8, 1.2)
