"""A line to the gate: drives flows with httpx and a clock."""

from __future__ import annotations

import time
from typing import TypeVar

import httpx

from ._connection import LIMITS, Address, http_request, lost, reply
from ._flows import Flow, Pause, Send, Terms, exchange
from ._wire import Call, Lost, Reply

T = TypeVar("T")


class AsyncLine:
    """The connections of one client, and the patience with which it uses them."""

    def __init__(self, address: Address, terms: Terms) -> None:
        self.address = address
        self.terms = terms
        self._sleep = address.outside.async_sleep
        self.http = httpx.AsyncClient(
            base_url=address.url,
            headers=address.headers,
            limits=LIMITS,
            follow_redirects=False,
            transport=address.outside.async_transport,
        )

    async def call(self, call: Call[T]) -> T:
        """Send a call and return what it read, within the client's timeout."""
        return await self.run(exchange(call, self.terms))

    async def run(self, flow: Flow[T]) -> T:
        """Do what a flow asks for, step by step, and return its result."""
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
                    await self._sleep(step.seconds)
                    answer = None

    async def aclose(self) -> None:
        """Close the connections."""
        await self.http.aclose()

    async def _send(self, step: Send) -> Reply | Lost:
        give_up_at = time.monotonic() + step.timeout
        try:
            response = await self.http.send(http_request(self.http, step), stream=True)
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
