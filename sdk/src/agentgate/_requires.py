"""`@requires_approval`: a function that runs only after somebody approved this very call of it."""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, overload

from ._async_client import AsyncAgentGate
from ._async_decorated import decorated_async
from ._client import AgentGate
from ._conditions import Conditions
from ._decorated import decorated

P = ParamSpec("P")
R = TypeVar("R")
Gate = AgentGate | AsyncAgentGate


@overload
def requires_approval(function: Callable[P, R], /) -> Callable[P, R]: ...


@overload
def requires_approval(
    function: None = None,
    /,
    *,
    action: str | None = None,
    gate: Gate | None = None,
    urgency: str | None = None,
    timeout: float | timedelta | None = None,
    context: Mapping[str, Any] | None = None,
) -> Callable[[Callable[P, R]], Callable[P, R]]: ...


def requires_approval(
    function: Callable[..., Any] | None = None,
    /,
    *,
    action: str | None = None,
    gate: Gate | None = None,
    urgency: str | None = None,
    timeout: float | timedelta | None = None,
    context: Mapping[str, Any] | None = None,
) -> Callable[..., Any]:
    """Let a function run only once a call with exactly these arguments is approved.

    The action is the function's dotted name unless given; the arguments become `params`. The gate is found from the
    environment at each call unless given. Raises Denied, Expired, Cancelled, Unavailable or – after `timeout`
    seconds, withdrawing the request – WaitTimeout; then the function has not run.
    """
    guard = _Guard(action, gate, urgency, timeout, context)
    return guard if function is None else guard(function)


@dataclass(frozen=True, slots=True)
class _Guard:
    """Wraps functions, sync or async."""

    action: str | None
    gate: Gate | None
    urgency: str | None
    timeout: float | timedelta | None
    context: Mapping[str, Any] | None

    def __call__(self, function: Callable[..., Any], /) -> Callable[..., Any]:
        if inspect.isasyncgenfunction(function):
            raise TypeError("@requires_approval guards functions and coroutines, not async generators.")
        if not callable(function):
            raise TypeError("Write @requires_approval(action=…), below @classmethod, on the function itself.")
        conditions = Conditions(self.action or _dotted_name(function), self.urgency, self.timeout, self.context)
        gate = self.gate
        if inspect.iscoroutinefunction(function):
            if isinstance(gate, AgentGate):
                raise TypeError("Give an AsyncAgentGate as gate= for an async function.")
            return decorated_async(function, conditions, gate)
        if isinstance(gate, AsyncAgentGate):
            raise TypeError("Give an AgentGate as gate= for an ordinary function.")
        return decorated(function, conditions, gate)


def _dotted_name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', '')}.{name}".replace("<locals>.", "").lstrip(".")
