"""Answers that come in time, whatever hangs: a name server, a gate, somebody who never closes a pipe."""

import os
import queue
import threading
from collections.abc import Callable
from typing import TypeVar

T = TypeVar("T")
PART = 65_536  # bytes read at once


def within(seconds: float, work: Callable[[], T]) -> T:
    """Return what the work returns, or raise what it raises; raise TimeoutError when it takes longer.

    What takes longer is left behind in a thread that ends with the process.
    """
    outcome: queue.SimpleQueue[tuple[T | None, BaseException | None]] = queue.SimpleQueue()

    def run() -> None:
        try:
            outcome.put((work(), None))
        except BaseException as error:  # noqa: BLE001 -- it is raised again by who waits
            outcome.put((None, error))

    threading.Thread(target=run, daemon=True).start()
    try:
        result, error = outcome.get(timeout=max(seconds, 0.0))
    except queue.Empty:
        raise TimeoutError from None
    if error is not None:
        raise error
    return result  # type: ignore[return-value]  # without an error it is what the work returned


def read_all(descriptor: int, *, at_most: int) -> bytes:
    """Read to the end, or past what is allowed; without Python's buffers, which could not be left behind."""
    parts, size = [], 0
    while size <= at_most and (part := os.read(descriptor, PART)):
        parts.append(part)
        size += len(part)
    return b"".join(parts)
