"""What surrounds a guarded action, as flows: ask before it, withdraw what nobody will do, report what came of it."""

from __future__ import annotations

import logging
from dataclasses import dataclass, field, fields, replace
from typing import Any

from . import _calls as calls
from ._arguments import as_json
from ._errors import AgentGateError, AlreadyDone, Conflict
from ._flows import Flow, Terms, exchange
from ._models import Request
from ._wire import Call

LAST_WORDS = 5.0  # seconds for what is said while an exception or Ctrl-C waits to get through


@dataclass(frozen=True, slots=True)
class GuardedRequest(Request):
    """The approved request inside of `gate.guard(…)`.

    Attributes:
        report: What the gate is told at the end of the block; fill it as you like.
    """

    report: dict[str, Any] = field(default_factory=dict, hash=False, compare=False)


def ask(call: Call[Request], terms: Terms) -> Flow[Request]:
    """Ask for approval."""
    request = yield from exchange(call, terms)
    note(request, terms)
    return request


def note(request: Request, terms: Terms) -> None:
    """Log that a request was asked."""
    terms.tell(
        "request.asked",
        request_id=request.id,
        action=request.action,
        urgency=request.urgency,
        status=request.status.value,
        digest=request.digest,
    )


def withdraw(request: Request, terms: Terms) -> Flow[None]:
    """Cancel a request that nobody will act on any more; what keeps it from being cancelled is logged."""
    try:
        yield from exchange(calls.cancel(request), _hurried(terms))
    except AgentGateError as error:
        level = logging.INFO if isinstance(error, Conflict) else logging.WARNING
        terms.tell("request.not_withdrawn", level, request_id=request.id, error=type(error).__name__)
    else:
        terms.tell("request.withdrawn", request_id=request.id, action=request.action)


def claim(request: Request) -> GuardedRequest:
    """Make an approved request ready for its one use; raise AlreadyDone when that is over."""
    if request.confirmed_at is not None:
        raise AlreadyDone(f"{request.action} was approved and done before; it is not done again.", request=request)
    return GuardedRequest(**{part.name: getattr(request, part.name) for part in fields(Request)})


def report(request: GuardedRequest, error: BaseException | None, terms: Terms) -> Flow[None]:
    """Confirm what was done, or that it failed and by which exception; never raise, for it is done all the same."""
    result = as_json(request.report)
    if error is not None:
        result["error"] = type(error).__name__  # its message may hold what must not be kept
    call = replace(calls.confirm(request, result), repeatable=True)  # the second time is a conflict and no harm
    try:
        yield from exchange(call, terms if error is None else _hurried(terms))
    except Conflict:
        terms.tell("request.confirmed", request_id=request.id, action=request.action, before=True)
    except AgentGateError as trouble:
        terms.tell("request.not_confirmed", logging.WARNING, request_id=request.id, error=type(trouble).__name__)
    else:
        terms.tell("request.confirmed", request_id=request.id, action=request.action, failed=error is not None)


def _hurried(terms: Terms) -> Terms:
    return replace(terms, timeout=min(terms.timeout, LAST_WORDS))
