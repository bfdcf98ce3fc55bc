"""The client that blocks; threads may share it."""

# Written from _async_client.py by `make format`: change that file, not this one.

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, Unpack

from . import _calls as calls
from . import _guarding as guarding
from . import _many as many
from . import _waiting as waiting
from ._admin import Keys, Policies
from ._backoff import Backoff
from ._connection import Address
from ._flows import Terms
from ._guard import Guard
from ._line import Line
from ._log import Log, to_logging
from ._many import Outcome
from ._models import Page, Request
from ._records import AuditEntry


class AgentGate:
    """A connection to a gate that blocks; threads may share it.

    `url` and `api_key` come from AGENTGATE_URL and AGENTGATE_API_KEY when they are not given. `timeout` is what
    any call that does not wait for a person may take, in seconds, retries included. `log` hears what the client
    does, as LogEvents; without it they go to the logger `agentgate`.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout: float = 30.0,
        backoff: Backoff | None = None,
        log: Log | None = None,
    ) -> None:
        address = Address.find(url, api_key)
        terms = Terms(timeout, backoff or Backoff(), address.outside.clock, address.api_key, log or to_logging)
        self._line = Line(address, terms)
        self.policies = Policies(self._line.call)
        self.keys = Keys(self._line.call)

    def request(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        urgency: str | None = None,
        expires_in: float | timedelta | None = None,
        expires_at: datetime | None = None,
        idempotency_key: str | None = None,
    ) -> Request:
        """Ask for approval and return at once; an `idempotency_key` makes asking again join the first request.

        `expires_in` is in seconds. Raises an ApiError when the gate will not take it,
        Unavailable when it is not there.
        """
        call = calls.request(
            action,
            params=params,
            context=context,
            urgency=urgency,
            expires_in=expires_in,
            expires_at=expires_at,
            idempotency_key=idempotency_key,
        )
        return self._line.run(guarding.ask(call, self._line.terms))

    def wait(
        self,
        request: Request | str,
        timeout: float | timedelta | None = None,
    ) -> Request:
        """Return the request once it is approved; `timeout` is in seconds, None waits until it is final.

        Raises Denied, Expired or Cancelled when it ended otherwise, WaitTimeout when it is still pending,
        Unavailable when the gate could not be asked.
        """
        return self._line.run(waiting.wait(request, timeout, self._line.terms))

    def wait_many(
        self, requests: Iterable[Request | str], timeout: float | timedelta | None = None
    ) -> Iterator[Outcome]:
        """Wait for several requests and give each one's Outcome in the order in which they are decided.

        One that fails does not end the others; `Outcome.approved()` raises what `wait` would have raised. The time
        counts from the first step of the iteration, for all of them. Leaving it ends the waiting, not the requests.
        """
        return many.outcomes(self._line, many.several(requests), timeout)

    def guard(
        self,
        action: str,
        params: Mapping[str, Any] | None = None,
        *,
        context: Mapping[str, Any] | None = None,
        urgency: str | None = None,
        expires_in: float | timedelta | None = None,
        timeout: float | timedelta | None = None,
        idempotency_key: str | None = None,
        report: bool = True,
    ) -> Guard:
        """Enter a block only once it is approved, and tell the gate at its end what came of it.

        The block is given the approved request. What it puts into `request.report` is the result that is confirmed; an
        exception is confirmed as `error`, by its class, and goes on. `report=False` leaves confirming to you.
        A request that is given up – after `timeout` seconds, by Ctrl-C – is withdrawn, unless it has an
        `idempotency_key` to come back by. Raises what `request` and `wait` raise, and AlreadyDone when the request
        under this key was confirmed before; then the block is not entered. Two processes that guard under one key at
        the same time may both enter it: confirm at the beginning of the block, with `report=False`, to let one of them.
        """
        call = calls.request(
            action,
            params=params,
            context=context,
            urgency=urgency,
            expires_in=expires_in,
            idempotency_key=idempotency_key,
        )
        stays = idempotency_key is not None
        return Guard(self._line, call, timeout, stays=stays, reports=report)

    def get(self, request: Request | str) -> Request:
        """Read a request as it is now, by its id or short code."""
        return self._line.call(calls.get(request))

    def list(self, **filters: Unpack[calls.RequestFilters]) -> Page[Request]:
        """Read one page of requests, newest first."""
        return self._line.call(calls.list_requests(filters))

    def decide(
        self,
        request: Request | str,
        decision: Literal["approved", "denied"],
        *,
        reason: str | None = None,
        digest: str | None = None,
    ) -> Request:
        """Approve or deny; raises Conflict when somebody was faster or the request is not what it was."""
        return self._line.call(calls.decide(request, decision, reason=reason, digest=digest))

    def cancel(self, request: Request | str) -> Request:
        """Withdraw a request; raises Conflict when it is final already."""
        return self._line.call(calls.cancel(request))

    def confirm(self, request: Request | str, result: Mapping[str, Any] | None = None) -> Request:
        """Tell what came of the approved action, once."""
        return self._line.call(calls.confirm(request, result))

    def audit(self, request: Request | str | None = None, **filters: Unpack[calls.AuditFilters]) -> Page[AuditEntry]:
        """Read one request's history, oldest first, or search the whole audit trail, newest first."""
        return self._line.call(calls.audit(request, filters))

    def close(self) -> None:
        """Close the connections."""
        self._line.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._line.address)!r})"
