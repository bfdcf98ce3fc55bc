"""The blocking client: drives the flows with httpx and the wall clock."""

from __future__ import annotations

import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack

import httpx

from . import _calls as calls
from . import _waiting as waiting
from ._admin import Keys, Policies
from ._backoff import Backoff
from ._connection import LIMITS, Address, http_request, lost, reply
from ._flows import Flow, Pause, Send, Terms, exchange
from ._models import Page, Request
from ._records import AuditEntry
from ._wire import Call, Lost, Reply

T = TypeVar("T")


class AgentGate:
    """A blocking connection to a gate; threads may share it.

    `url` and `api_key` come from AGENTGATE_URL and AGENTGATE_API_KEY when they are not given. `timeout` is what
    any call but `wait` may take, in seconds, retries included.
    """

    def __init__(
        self,
        url: str | None = None,
        *,
        api_key: str | None = None,
        timeout: float = 30.0,
        backoff: Backoff | None = None,
    ) -> None:
        self._address = Address.find(url, api_key)
        self._terms = Terms(timeout, backoff or Backoff(), secret=self._address.api_key)
        self._http = httpx.Client(
            base_url=self._address.url, headers=self._address.headers, limits=LIMITS, follow_redirects=False
        )
        self.policies = Policies(self._call)
        self.keys = Keys(self._call)

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
        return self._call(
            calls.request(
                action,
                params=params,
                context=context,
                urgency=urgency,
                expires_in=expires_in,
                expires_at=expires_at,
                idempotency_key=idempotency_key,
            )
        )

    def wait(self, request: Request | str, timeout: float | timedelta | None = None) -> Request:
        """Return the request once it is approved; `timeout` is in seconds, None waits until it is final.

        Raises Denied, Expired or Cancelled when it ended otherwise, WaitTimeout when it is still pending,
        Unavailable when the gate could not be asked.
        """
        return self._run(waiting.wait(request, timeout, self._terms))

    def get(self, request: Request | str) -> Request:
        """Read a request as it is now, by its id or short code."""
        return self._call(calls.get(request))

    def list(self, **filters: Unpack[calls.RequestFilters]) -> Page[Request]:
        """Read one page of requests, newest first."""
        return self._call(calls.list_requests(filters))

    def decide(
        self,
        request: Request | str,
        decision: Literal["approved", "denied"],
        *,
        reason: str | None = None,
        digest: str | None = None,
    ) -> Request:
        """Approve or deny; raises Conflict when somebody was faster or the request is not what it was."""
        return self._call(calls.decide(request, decision, reason=reason, digest=digest))

    def cancel(self, request: Request | str) -> Request:
        """Withdraw a request; raises Conflict when it is final already."""
        return self._call(calls.cancel(request))

    def confirm(self, request: Request | str, result: Mapping[str, Any] | None = None) -> Request:
        """Tell what came of the approved action, once."""
        return self._call(calls.confirm(request, result))

    def audit(self, request: Request | str | None = None, **filters: Unpack[calls.AuditFilters]) -> Page[AuditEntry]:
        """Read one request's history, oldest first, or search the whole audit trail, newest first."""
        return self._call(calls.audit(request, filters))

    def close(self) -> None:
        """Close the connections."""
        self._http.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._address)!r})"

    def _call(self, call: Call[T]) -> T:
        return self._run(exchange(call, self._terms))

    def _run(self, flow: Flow[T]) -> T:
        answer: Reply | Lost | None = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as finished:
                result: T = finished.value
                return result
            match step:
                case Send():
                    answer = self._send(step)
                case Pause():
                    time.sleep(step.seconds)
                    answer = None

    def _send(self, step: Send) -> Reply | Lost:
        give_up_at = time.monotonic() + step.timeout
        try:
            response = self._http.send(http_request(self._http, step), stream=True)
            try:
                return reply(response, _drained(response, give_up_at))
            finally:
                response.close()
        except httpx.RequestError as error:
            return lost(error)


def _drained(response: httpx.Response, give_up_at: float) -> bytes:
    """Read the whole body; httpx limits each read, this limits a body that drips."""
    chunks = []
    for chunk in response.iter_bytes():
        chunks.append(chunk)
        if time.monotonic() > give_up_at:
            raise httpx.ReadTimeout("the answer took too long", request=response.request)
    return b"".join(chunks)
