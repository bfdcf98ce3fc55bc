"""The asyncio client: drives the same flows as the blocking one, awaiting."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime, timedelta
from types import TracebackType
from typing import Any, Literal, Self, TypeVar, Unpack

import httpx

from . import _calls as calls
from . import _waiting as waiting
from ._async_admin import AsyncKeys, AsyncPolicies
from ._backoff import Backoff
from ._connection import LIMITS, Address, http_request, lost, reply
from ._flows import Flow, Pause, Send, Terms, exchange
from ._models import Page, Request
from ._records import AuditEntry
from ._wire import Call, Lost, Reply

T = TypeVar("T")


class AsyncAgentGate:
    """A connection to a gate for asyncio; tasks may share it.

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
        self._http = httpx.AsyncClient(
            base_url=self._address.url, headers=self._address.headers, limits=LIMITS, follow_redirects=False
        )
        self.policies = AsyncPolicies(self._call)
        self.keys = AsyncKeys(self._call)

    async def request(
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
        return await self._call(
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

    async def wait(
        self,
        request: Request | str,
        timeout: float | timedelta | None = None,  # noqa: ASYNC109 -- running out of time is an outcome here, not a cancellation
    ) -> Request:
        """Return the request once it is approved; `timeout` is in seconds, None waits until it is final.

        Raises Denied, Expired or Cancelled when it ended otherwise, WaitTimeout when it is still pending,
        Unavailable when the gate could not be asked.
        """
        return await self._run(waiting.wait(request, timeout, self._terms))

    async def get(self, request: Request | str) -> Request:
        """Read a request as it is now, by its id or short code."""
        return await self._call(calls.get(request))

    async def list(self, **filters: Unpack[calls.RequestFilters]) -> Page[Request]:
        """Read one page of requests, newest first."""
        return await self._call(calls.list_requests(filters))

    async def decide(
        self,
        request: Request | str,
        decision: Literal["approved", "denied"],
        *,
        reason: str | None = None,
        digest: str | None = None,
    ) -> Request:
        """Approve or deny; raises Conflict when somebody was faster or the request is not what it was."""
        return await self._call(calls.decide(request, decision, reason=reason, digest=digest))

    async def cancel(self, request: Request | str) -> Request:
        """Withdraw a request; raises Conflict when it is final already."""
        return await self._call(calls.cancel(request))

    async def confirm(self, request: Request | str, result: Mapping[str, Any] | None = None) -> Request:
        """Tell what came of the approved action, once."""
        return await self._call(calls.confirm(request, result))

    async def audit(
        self, request: Request | str | None = None, **filters: Unpack[calls.AuditFilters]
    ) -> Page[AuditEntry]:
        """Read one request's history, oldest first, or search the whole audit trail, newest first."""
        return await self._call(calls.audit(request, filters))

    async def aclose(self) -> None:
        """Close the connections."""
        await self._http.aclose()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        await self.aclose()

    def __repr__(self) -> str:
        return f"{type(self).__name__}({str(self._address)!r})"

    async def _call(self, call: Call[T]) -> T:
        return await self._run(exchange(call, self._terms))

    async def _run(self, flow: Flow[T]) -> T:
        answer: Reply | Lost | None = None
        while True:
            try:
                step = flow.send(answer)
            except StopIteration as finished:
                result: T = finished.value
                return result
            match step:
                case Send():
                    answer = await self._send(step)
                case Pause():
                    await asyncio.sleep(step.seconds)
                    answer = None

    async def _send(self, step: Send) -> Reply | Lost:
        give_up_at = time.monotonic() + step.timeout
        try:
            response = await self._http.send(http_request(self._http, step), stream=True)
            try:
                return reply(response, await _drained(response, give_up_at))
            finally:
                await response.aclose()
        except httpx.RequestError as error:
            return lost(error)


async def _drained(response: httpx.Response, give_up_at: float) -> bytes:
    """Read the whole body; httpx limits each read, this limits a body that drips."""
    chunks = []
    async for chunk in response.aiter_bytes():
        chunks.append(chunk)
        if time.monotonic() > give_up_at:
            raise httpx.ReadTimeout("the answer took too long", request=response.request)
    return b"".join(chunks)
