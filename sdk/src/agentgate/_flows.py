"""What to do in which order – retry, wait, give up – as generators that both clients drive.

A flow yields `Send` or `Pause`, is sent back what came of it, and returns its result; it performs no I/O itself.
"""

from __future__ import annotations

import logging
import math
import time
from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from typing import Any, TypeAlias, TypeVar

from ._backoff import Backoff, Deadline
from ._errors import AgentGateError, ApiError, RateLimited, Unavailable
from ._log import Log, LogEvent, to_logging, told
from ._replies import read_reply, retry_after
from ._wire import Call, Lost, Reply

T = TypeVar("T")
LONGEST_RETRY_AFTER = 300.0  # seconds; a proxy that says "tomorrow" must not silence a waiter till then


@dataclass(frozen=True, slots=True)
class Terms:
    """What every flow of one client shares: its patience, its clock, its log and the key to keep out of messages."""

    timeout: float = 30.0
    backoff: Backoff = field(default_factory=Backoff)
    clock: Callable[[], float] = time.monotonic
    secret: str | None = field(default=None, repr=False)
    log: Log = to_logging

    def tell(self, name: str, level: int = logging.INFO, **fields: object) -> None:
        """Log what happened."""
        told(self.log, LogEvent(name, level, fields))


@dataclass(frozen=True, slots=True)
class Send:
    """Ask the driver to send a call and to give up after so many seconds."""

    call: Call[Any]
    timeout: float


@dataclass(frozen=True, slots=True)
class Pause:
    """Ask the driver to let time pass."""

    seconds: float


Step: TypeAlias = Send | Pause
Flow: TypeAlias = Generator[Step, Reply | Lost | None, T]


@dataclass(frozen=True, slots=True)
class Trouble:
    """Why a try failed, whether another try is allowed, and when the gate asked for it; `why` may be logged."""

    error: AgentGateError
    again: bool
    after: float | None = None
    why: str = ""


def once(call: Call[T], *, timeout: float, terms: Terms) -> Flow[T | Trouble]:
    """Send a call a single time and say what came of it; an answer that no retry can better is raised."""
    outcome = yield Send(call, timeout)
    match outcome:
        case Reply(status=429):
            return Trouble(_raised(outcome, call, terms), again=True, after=retry_after(outcome), why="HTTP 429")
        case Reply(status=status) if status >= 500:
            error = _raised(outcome, call, terms)
            return Trouble(error, again=call.repeatable, after=retry_after(outcome), why=f"HTTP {status}")
        case Reply():
            return read_reply(outcome, call.read, secret=terms.secret)
        case Lost():
            error = _unreachable(outcome, call)
            return Trouble(error, again=call.repeatable or not outcome.sent, why=_cause(outcome))
        case None:
            raise TypeError("A sent call needs an answer.")


def exchange(call: Call[T], terms: Terms) -> Flow[T]:
    """Send a call, again where that is safe and of use, within the client's timeout; return its answer."""
    deadline = Deadline.after(terms.timeout, terms.clock)
    failures = 0
    while True:
        outcome = yield from once(call, timeout=max(deadline.left(), 0.1), terms=terms)
        if not isinstance(outcome, Trouble):
            return outcome
        failures += 1
        pause = next_pause(outcome, failures, terms.backoff)
        if not outcome.again or failures >= terms.backoff.tries or pause >= deadline.left():
            raise outcome.error
        retried(call, outcome, failures, pause, terms)
        yield Pause(pause)


def retried(call: Call[Any], trouble: Trouble, failures: int, pause: float, terms: Terms) -> None:
    """Log that a call is tried again."""
    terms.tell(
        "call.retried",
        logging.WARNING,
        method=call.method,
        path=call.path,
        why=trouble.why,
        failures=failures,
        pause_seconds=round(pause, 3),
    )


def next_pause(trouble: Trouble, failures: int, backoff: Backoff) -> float:
    """Return the seconds until the next try: our own growing pause, or longer where the gate asks for it."""
    asked = trouble.after if trouble.after is not None and math.isfinite(trouble.after) else 0.0
    return max(min(asked, LONGEST_RETRY_AFTER), backoff.pause(failures))


def _raised(reply: Reply, call: Call[T], terms: Terms) -> ApiError | Unavailable:
    try:
        read_reply(reply, call.read, secret=terms.secret)
    except (RateLimited, Unavailable) as error:
        return error
    raise TypeError("Only an error answer can be read as an error.")


def _unreachable(lost: Lost, call: Call[T]) -> Unavailable:
    doubt = " It may or may not have happened." if lost.sent and not call.repeatable else ""
    advice = "" if lost.sent else " Is it running, and is that its address? AGENTGATE_URL sets another."
    error = Unavailable(f"The gate at {lost.gate} could not be reached: {_cause(lost)}.{doubt}{advice}")
    error.__cause__ = lost.cause
    return error


def _cause(lost: Lost) -> str:
    return str(lost.cause) or type(lost.cause).__name__
