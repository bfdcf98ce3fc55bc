"""What `@requires_approval` makes of a function."""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any, TypeVar

from ._arguments import bound_params, check_unchanged
from ._async_client import AsyncAgentGate
from ._async_guard import AsyncGuard
from ._conditions import Conditions

R = TypeVar("R")


def decorated_async(
    function: Callable[..., Awaitable[R]], conditions: Conditions, gate: AsyncAgentGate | None
) -> Callable[..., Awaitable[R]]:
    """Return a function that asks, waits and then does what this one does, with the arguments that were approved."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    async def guarded(*args: Any, **kwargs: Any) -> R:
        params = bound_params(signature, args, kwargs)
        async with _opened(gate) as opened, _asked(opened, conditions, params):
            check_unchanged(params, bound_params(signature, args, kwargs))
        return await function(*args, **kwargs)

    return guarded


def _asked(gate: AsyncAgentGate, conditions: Conditions, params: Mapping[str, Any]) -> AsyncGuard:
    return gate.guard(
        conditions.action,
        params,
        context=conditions.context,
        urgency=conditions.urgency,
        timeout=conditions.timeout,
        report=False,
    )


@asynccontextmanager
async def _opened(gate: AsyncAgentGate | None) -> AsyncIterator[AsyncAgentGate]:
    """Lend the given gate, or one found from the environment for this call alone."""
    if gate is not None:
        yield gate
        return
    async with AsyncAgentGate() as found:
        yield found
