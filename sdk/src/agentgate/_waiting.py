"""The one flow that matters most: wait until a person has decided, through any weather, up to a deadline."""

from __future__ import annotations

import logging
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar, assert_never

from . import _calls as calls
from ._backoff import Deadline
from ._errors import AgentGateError, Cancelled, Denied, Expired, Unavailable, WaitTimeout
from ._flows import Flow, Pause, Terms, Trouble, next_pause, once, retried
from ._models import Request, Status

T = TypeVar("T")
POLL = 25  # seconds that the gate is asked to hold one long-poll
GRACE = 10.0  # seconds that an answer may be late before the connection counts as lost
SLACK = 1.0  # the same for the last long-poll before our own deadline
LONGEST_IDLE = 2.0  # seconds between polls of a gate that answers "pending" at once


def seconds_of(timeout: float | timedelta | None) -> float | None:
    """Return a duration as seconds."""
    return timeout.total_seconds() if isinstance(timeout, timedelta) else timeout


def wait(asked: Request | str, timeout: float | timedelta | None, terms: Terms) -> Flow[Request]:
    """Return the request once it is approved; raise what else became of it, or of the time."""
    started_at = terms.clock()
    name = asked.id if isinstance(asked, Request) else asked
    try:
        request = yield from _final(asked, Deadline.after(seconds_of(timeout), terms.clock), terms)
    except AgentGateError as error:
        seconds = round(terms.clock() - started_at, 3)
        terms.tell(
            "wait.given_up", logging.WARNING, request_id=name, error=type(error).__name__, waited_seconds=seconds
        )
        raise
    terms.tell(
        "wait.ended",
        request_id=request.id,
        action=request.action,
        status=request.status.value,
        decided_by=request.decided_by,
        waited_seconds=round(terms.clock() - started_at, 3),
    )
    return verdict(request)


def _final(asked: Request | str, deadline: Deadline, terms: Terms) -> Flow[Request]:
    """Return the request in its final state."""
    if isinstance(asked, Request) and asked.is_final:
        return asked
    weather = _Weather(terms)
    while True:
        hold = int(min(POLL, deadline.left()))
        started_at = terms.clock()
        patience = min(hold + GRACE, deadline.left() + SLACK)
        call = calls.get(asked, wait=hold)
        outcome = yield from once(call, timeout=patience, terms=terms)
        if isinstance(outcome, Request) and outcome.is_final:
            return outcome
        if deadline.left() <= 0:
            raise _out_of_time(outcome)
        pause = min(weather.pause(outcome, held=terms.clock() - started_at, hold=hold), deadline.left())
        if isinstance(outcome, Trouble):
            retried(call, outcome, weather.failures, pause, terms)
        if pause > 0:
            yield Pause(pause)


def verdict(request: Request) -> Request:
    """Return an approved request; raise for every other final state."""
    by = f" by {request.decided_by}" if request.decided_by else ""
    why = f": {request.decision_reason}" if request.decision_reason else "."
    match request.status:
        case Status.APPROVED:
            return request
        case Status.DENIED:
            raise Denied(f"{request.action} was denied{by}{why}", request=request)
        case Status.EXPIRED:
            raise Expired(f"Nobody decided about {request.action} in time.", request=request)
        case Status.CANCELLED:
            raise Cancelled(f"{request.action} was cancelled{by}{why}", request=request)
        case Status.PENDING:
            raise WaitTimeout(f"{request.action} is still pending.", request=request)
        case _:
            assert_never(request.status)


@dataclass(slots=True)
class _Weather:
    """Counts troubles and hasty answers in a row, and paces the polling by them."""

    terms: Terms
    failures: int = 0
    hasty: int = 0

    def pause(self, outcome: Request | Trouble, *, held: float, hold: float) -> float:
        """Return the seconds to let pass before the next poll; none after a poll that was held."""
        if isinstance(outcome, Trouble):
            self.failures += 1
            return next_pause(outcome, self.failures, self.terms.backoff)
        self.failures = 0
        self.hasty = self.hasty + 1 if hold == 0 or held < hold * 0.9 else 0
        return min(self.terms.backoff.pause(self.hasty), LONGEST_IDLE) if self.hasty else 0.0


def _out_of_time(outcome: Request | Trouble) -> WaitTimeout | Unavailable:
    if isinstance(outcome, Request):
        return WaitTimeout(f"{outcome.action} is still pending; nobody has decided yet.", request=outcome)
    if isinstance(outcome.error, Unavailable):
        return outcome.error
    error = Unavailable(f"The gate would not say what became of the request: {outcome.error}")
    error.__cause__ = outcome.error
    return error
