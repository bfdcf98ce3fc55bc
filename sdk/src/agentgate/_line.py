"""A line to the gate: drives flows with httpx and a clock."""

# Written from _async_line.py by `make format`: change that file, not this one.

from __future__ import annotations

import time
from typing import TypeVar

import httpx

from ._connection import LIMITS, Address, http_request, lost, reply
from ._flows import Flow, Pause, Send, Terms, exchange
from ._wire import Call, Lost, Reply

T = TypeVar("T")


class Line:
    """The connections of one client, and the patience with which it uses them."""

    def __init__(self, address: Address, terms: Terms) -> None:
        self.address = address
        self.terms = terms
        self._sleep = address.outside.sleep
        self.http = httpx.Client(
            base_url=address.url,
            headers=address.headers,
            limits=LIMITS,
            follow_redirects=False,
            transport=address.outside.transport,
        )

    def call(self, call: Call[T]) -> T:
        """Send a call and return what it read, within the client's timeout."""
        return self.run(exchange(call, self.terms))

    def run(self, flow: Flow[T]) -> T:
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
                    answer = self._send(step)
                case Pause():
                    self._sleep(step.seconds)
                    answer = None

    def close(self) -> None:
        """Close the connections."""
        self.http.close()

    def _send(self, step: Send) -> Reply | Lost:
        give_up_at = time.monotonic() + step.timeout
        try:
            response = self.http.send(http_request(self.http, step), stream=True)
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
