"""What `@requires_approval` makes of a function."""

# Written from _async_decorated.py by `make format`: change that file, not this one.

from __future__ import annotations

import functools
import inspect
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any, TypeVar

from ._arguments import bound_params, check_unchanged
from ._client import AgentGate
from ._conditions import Conditions
from ._guard import Guard

R = TypeVar("R")


def decorated(function: Callable[..., R], conditions: Conditions, gate: AgentGate | None) -> Callable[..., R]:
    """Return a function that asks, waits and then does what this one does, with the arguments that were approved."""
    signature = inspect.signature(function)

    @functools.wraps(function)
    def guarded(*args: Any, **kwargs: Any) -> R:
        params = bound_params(signature, args, kwargs)
        with _opened(gate) as opened, _asked(opened, conditions, params):
            check_unchanged(params, bound_params(signature, args, kwargs))
        return function(*args, **kwargs)

    return guarded


def _asked(gate: AgentGate, conditions: Conditions, params: Mapping[str, Any]) -> Guard:
    return gate.guard(
        conditions.action,
        params,
        context=conditions.context,
        urgency=conditions.urgency,
        timeout=conditions.timeout,
        report=False,
    )


@contextmanager
def _opened(gate: AgentGate | None) -> Iterator[AgentGate]:
    """Lend the given gate, or one found from the environment for this call alone."""
    if gate is not None:
        yield gate
        return
    with AgentGate() as found:
        yield found
