"""`@requires_approval`: a function that runs only after somebody approved this very call of it."""

from __future__ import annotations

import contextlib
import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any, ParamSpec, TypeVar, cast, overload

from ._arguments import bound_params
from ._async_client import AsyncAgentGate
from ._client import AgentGate
from ._errors import AgentGateError, ArgumentsChanged, WaitTimeout

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
    terms = _Terms(action, gate, urgency, timeout, context)
    return terms.guard if function is None else terms.guard(function)


@dataclass(frozen=True, slots=True)
class _Terms:
    """What a guarded function asks for."""

    action: str | None
    gate: Gate | None
    urgency: str | None
    timeout: float | timedelta | None
    context: Mapping[str, Any] | None

    def guard(self, function: Callable[..., Any]) -> Callable[..., Any]:
        """Wrap a function, sync or async."""
        if inspect.isasyncgenfunction(function):
            raise TypeError("@requires_approval guards functions and coroutines, not async generators.")
        if not callable(function):
            raise TypeError("Write @requires_approval(action=…), below @classmethod, on the function itself.")
        is_async = inspect.iscoroutinefunction(function)
        if self.gate is not None and is_async is not isinstance(self.gate, AsyncAgentGate):
            kinds = ("an AsyncAgentGate", "async") if is_async else ("an AgentGate", "ordinary")
            raise TypeError(f"Give {kinds[0]} as gate= for an {kinds[1]} function.")
        wrap = self._guard_async if is_async else self._guard_sync
        return wrap(function, inspect.signature(function), self.action or _dotted_name(function))

    def _guard_sync(self, function: Callable[..., R], signature: inspect.Signature, action: str) -> Callable[..., R]:
        @functools.wraps(function)
        def guarded(*args: Any, **kwargs: Any) -> R:
            params = bound_params(signature, args, kwargs)
            with self._open() as gate:
                request = gate.request(action, params, context=self.context, urgency=self.urgency)
                try:
                    gate.wait(request, self.timeout)
                except WaitTimeout:
                    # nobody will run it any more, so nobody should be asked any more
                    with contextlib.suppress(AgentGateError):
                        gate.cancel(request)
                    raise
            _check_unchanged(params, bound_params(signature, args, kwargs))
            return function(*args, **kwargs)

        return guarded

    def _guard_async(
        self, function: Callable[..., Awaitable[R]], signature: inspect.Signature, action: str
    ) -> Callable[..., Awaitable[R]]:
        @functools.wraps(function)
        async def guarded(*args: Any, **kwargs: Any) -> R:
            params = bound_params(signature, args, kwargs)
            async with self._open_async() as gate:
                request = await gate.request(action, params, context=self.context, urgency=self.urgency)
                try:
                    await gate.wait(request, self.timeout)
                except WaitTimeout:
                    # nobody will run it any more, so nobody should be asked any more
                    with contextlib.suppress(AgentGateError):
                        await gate.cancel(request)
                    raise
            _check_unchanged(params, bound_params(signature, args, kwargs))
            return await function(*args, **kwargs)

        return guarded

    @contextlib.contextmanager
    def _open(self) -> Iterator[AgentGate]:
        """Lend the given gate, or one found from the environment for this call alone."""
        if self.gate is not None:
            yield cast("AgentGate", self.gate)
            return
        with AgentGate() as gate:
            yield gate

    @contextlib.asynccontextmanager
    async def _open_async(self) -> AsyncIterator[AsyncAgentGate]:
        """Lend the given gate, or one found from the environment for this call alone."""
        if self.gate is not None:
            yield cast("AsyncAgentGate", self.gate)
            return
        async with AsyncAgentGate() as gate:
            yield gate


def _dotted_name(function: Callable[..., Any]) -> str:
    name = getattr(function, "__qualname__", type(function).__qualname__)
    return f"{getattr(function, '__module__', '')}.{name}".replace("<locals>.", "").lstrip(".")


def _check_unchanged(approved: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    if approved != now:
        raise ArgumentsChanged("The arguments changed after they were approved, so the function was not run.")
