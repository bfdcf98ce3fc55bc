"""Bad weather for a local server: what goes wrong with the next calls of a method or route."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from typing import Protocol

from aiohttp import web


class Cut(Enum):
    """How a fault ends a call."""

    ANSWER = "an answer that the platform would not give in good weather"
    CONNECTION = "the connection is cut without an answer"
    NONE = "nothing else happens"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one call; `after_effect` means that the call was carried out all the same."""

    cut: Cut
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0
    gate: asyncio.Event | None = None
    after_effect: bool = False

    @property
    def ends_the_call(self) -> bool:
        """Whether the call gets another answer than its own, or none."""
        return self.cut is not Cut.NONE

    @property
    def answers_late(self) -> bool:
        """Whether the call is carried out at once, and only its answer takes its time."""
        return self.after_effect and not self.ends_the_call


def html(code: int = 503, *, after_effect: bool = False) -> Fault:
    """A page where JSON was expected, as load balancers send them."""
    page = "<html><title>Server Error</title></html>"
    return Fault(Cut.ANSWER, code, page, "text/html", after_effect=after_effect)


def cut(*, after_effect: bool = False) -> Fault:
    """The connection is cut before the effect, or after it."""
    return Fault(Cut.CONNECTION, after_effect=after_effect)


def slow(seconds: float) -> Fault:
    """The answer takes a while."""
    return Fault(Cut.NONE, seconds=seconds)


def hang(gate: asyncio.Event | None = None) -> Fault:
    """No answer until the gate is set, or for ever."""
    return Fault(Cut.NONE, gate=gate or asyncio.Event())


@dataclass
class Weather:
    """Which faults wait for which method or route; `*` is every one."""

    _coming: dict[str, list[Fault | None]] = field(default_factory=lambda: defaultdict(list))
    _lasting: dict[str, Fault] = field(default_factory=dict)

    def on(self, method: str, fault: Fault, *, times: int = 1, after: int = 0) -> None:
        """Let the next calls of a method go wrong, when `after` more went well."""
        self._coming[method] += [None] * after + [fault] * times

    def keep(self, method: str, fault: Fault) -> None:
        """Let every call of a method go wrong until the weather clears."""
        self._lasting[method] = fault

    def clear(self, method: str | None = None) -> None:
        """Let a method, or all, work again; whoever hangs gets an answer."""
        for fault in self._faults(method):
            if fault.gate:
                fault.gate.set()
        for name in [method] if method else [*self._coming, *self._lasting]:
            self._coming.pop(name, None)
            self._lasting.pop(name, None)

    def strike(self, method: str) -> Fault | None:
        """Take the fault that the call at hand meets, if any."""
        for name in (method, "*"):
            if self._coming.get(name):
                return self._coming[name].pop(0)
            if name in self._lasting:
                return self._lasting[name]
        return None

    def _faults(self, method: str | None) -> list[Fault]:
        waiting = [
            fault for name, faults in self._coming.items() if method in {None, name} for fault in faults if fault
        ]
        return waiting + [fault for name, fault in self._lasting.items() if method in {None, name}]


class Noted(Protocol):
    """A call that is remembered with the status of its answer."""

    status: int


async def wait_out(fault: Fault) -> None:
    """Wait as long as the fault says."""
    if fault.seconds:
        await asyncio.sleep(fault.seconds)
    if fault.gate:
        await fault.gate.wait()


def struck(http: web.Request, fault: Fault, call: Noted) -> web.StreamResponse:
    """End a call as the fault says."""
    call.status = 0
    if fault.cut is Cut.CONNECTION:
        if http.transport:
            http.transport.abort()
        return web.Response()
    call.status = fault.status
    body = fault.body.encode()
    return web.Response(body=body, status=fault.status, content_type=fault.content_type, headers=dict(fault.headers))
