"""Bad weather for the Web API: what goes wrong with the next calls of a method."""

import asyncio
from collections import defaultdict
from dataclasses import dataclass, field
from enum import Enum


class Cut(Enum):
    """How a fault ends a call."""

    ANSWER = "an answer that Slack would not give in good weather"
    CONNECTION = "the connection is cut without an answer"
    NONE = "nothing else happens"


@dataclass(frozen=True)
class Fault:
    """Something that goes wrong with one call; `after_effect` means that the call was carried out all the same."""

    cut: Cut
    status: int = 200
    body: str = ""
    content_type: str = "application/json"
    retry_after: int | None = None
    seconds: float = 0
    gate: asyncio.Event | None = None
    after_effect: bool = False


def error(word: str, *, after_effect: bool = False) -> Fault:
    """`ok: false` with this word: `internal_error`, `fatal_error`, `service_unavailable`, …"""
    return Fault(Cut.ANSWER, body=f'{{"ok": false, "error": "{word}"}}', after_effect=after_effect)


def rate_limited(retry_after: int = 1) -> Fault:
    """429 with Retry-After in whole seconds, as Slack sends them."""
    return Fault(Cut.ANSWER, 429, '{"ok": false, "error": "ratelimited"}', retry_after=retry_after)


def status(code: int, *, after_effect: bool = False) -> Fault:
    """A bare HTTP error: 500, 502, 503, …"""
    return Fault(Cut.ANSWER, code, '{"ok": false, "error": "internal_error"}', after_effect=after_effect)


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
    """Which faults wait for which method; `*` is every method, `response_url` the answers to interactions."""

    one_message_a_second: bool = False
    """Answer 429 to whoever posts faster into one channel, as Slack does."""
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
