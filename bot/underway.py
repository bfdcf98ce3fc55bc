"""What people have set going in a chat: the end of a connection waits for it a moment, then has it put right."""

import asyncio
import contextlib
from collections.abc import Iterator
from typing import Any

SETTLE_SECONDS = 0.5
"""How long the end waits for what is being done."""
LET_GO_SECONDS = 0.35
"""How long what is not done by then may take to put right what it has begun, such as a card that says “Recording …”."""


class Underway:
    """The tasks of one connection."""

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()

    @contextlib.contextmanager
    def going_on(self) -> Iterator[None]:
        """Know of what is being done, so that the end can wait for it."""
        task = asyncio.current_task()
        if task is None:
            yield
            return
        self._tasks.add(task)
        try:
            yield
        finally:
            self._tasks.discard(task)

    async def end(self) -> None:
        """Let what is being done finish; cancel what does not, within a second in all."""
        try:
            if self._tasks:
                await asyncio.wait(self._tasks, timeout=SETTLE_SECONDS)
        finally:
            left = list(self._tasks)
            for task in left:
                task.cancel()
            if left:
                await asyncio.wait(left, timeout=LET_GO_SECONDS)
