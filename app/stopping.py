"""Stopping: what SIGINT and SIGTERM mean, and how long each part of an orderly end may take.

Whatever hangs – a database, a chat, a thread – the process ends: from the signal on a last clock runs beside it all.
"""

import asyncio
import contextlib
import os
import signal
import threading
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

import structlog

SIGNALS = {signal.SIGINT: 1.6, signal.SIGTERM: 9.5}
"""After how many seconds the process ends, come what may: a person waits for two, a container for ten."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds the parts of an end may take: deliveries on their way, open calls, whatever runs beside them."""

    deliveries: float
    calls: float
    others: float


AT_ONCE = Patience(deliveries=0.4, calls=0.15, others=0.15)
IN_ORDER = Patience(deliveries=4.0, calls=1.0, others=1.0)
"""Open calls get their time twice: to end by themselves, and to end when they are cancelled."""


class StopSignal:
    """SIGINT and SIGTERM: during the start they end it, later they ask for an orderly end."""

    def __init__(self) -> None:
        self.came = asyncio.Event()
        self.patience = AT_ONCE
        self.exit_code = 0
        self._starting = asyncio.current_task()
        for number in SIGNALS:
            asyncio.get_running_loop().add_signal_handler(number, self.heed, number)

    def has_started(self) -> None:
        """Take the next signal as a wish for an orderly end."""
        self._starting = None

    def heed(self, number: signal.Signals) -> None:
        """Begin the end, as this signal has it."""
        self.exit_code = 128 + number
        self.patience = IN_ORDER if number is signal.SIGTERM else AT_ONCE
        self.came.set()
        last = threading.Timer(SIGNALS[number], _end_hard, [self.exit_code])
        last.daemon = True
        last.start()
        if self._starting is not None:
            self._starting.cancel()


def _end_hard(exit_code: int) -> None:
    log.error("stop.forced", next="what was on its way is sent again after the next start")
    os._exit(exit_code)


async def until_stopped(stop: StopSignal, foreground: Callable[[], Awaitable[None]] | None = None) -> None:
    """Wait for a signal, or for the end of what runs in the foreground, which is as good as Ctrl-C."""
    waiting = [asyncio.create_task(_wait_for(stop.came), name="stopping")]
    if foreground is not None:
        waiting.append(asyncio.create_task(_interruptible(foreground), name="chat"))
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    if not stop.came.is_set():
        stop.heed(signal.SIGINT)
    await end_all(rest, within=stop.patience.others)
    for task in done:
        task.result()


async def end_all(tasks: Iterable["asyncio.Task[None]"], *, within: float) -> None:
    """Cancel tasks and wait for their ends, but not for ever: one that hangs is left behind."""
    ending = set(tasks)
    for task in ending:
        task.cancel()
    ended, hanging = await asyncio.wait(ending, timeout=within) if ending else (set(), set())
    for task in hanging:
        log.warning("stop.left_behind", what=task.get_name())
    for task in ended:
        fault = None if task.cancelled() else task.exception()
        if fault is not None:
            log.error("stop.fell_over", what=task.get_name(), exc_info=fault)


async def _wait_for(event: asyncio.Event) -> None:
    await event.wait()


async def _interruptible(foreground: Callable[[], Awaitable[None]]) -> None:
    """Run the chat; Ctrl-C and Ctrl-D there mean stop."""
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        await foreground()
