"""Waiting for several requests at once: each has an outcome, and none is lost because another failed."""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections.abc import AsyncIterator, Iterable, Iterator
from dataclasses import dataclass
from datetime import timedelta
from queue import SimpleQueue

from ._async_line import AsyncLine
from ._errors import AgentGateError, Refused, WaitTimeout
from ._line import Line
from ._models import Request
from ._waiting import wait


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one of several requests.

    Attributes:
        asked: The request, id or short code, as it was given.
        request: The request as it was last seen; None when the gate said nothing of it.
        error: What `wait` would have raised; None when it is approved.
    """

    asked: Request | str
    request: Request | None
    error: AgentGateError | None = None

    @property
    def is_approved(self) -> bool:
        """Tell whether the action may be done."""
        return self.error is None

    def approved(self) -> Request:
        """Return the approved request, or raise Denied, Expired, Cancelled, WaitTimeout or whatever else it was."""
        if self.error is not None:
            raise self.error
        assert self.request is not None  # noqa: S101 -- an outcome without an error is an approval
        return self.request


def several(requests: Iterable[Request | str]) -> list[Request | str]:
    """Return what is to be waited for; raise TypeError for a single one, whose letters are no requests."""
    if isinstance(requests, str | Request):
        raise TypeError("wait_many takes several requests; for a single one there is wait.")
    return list(requests)


async def outcomes_async(
    line: AsyncLine, asked: list[Request | str], patience: float | timedelta | None
) -> AsyncIterator[Outcome]:
    """Yield the outcome of each request as soon as there is one."""
    tasks = [asyncio.create_task(_outcome(line, one, patience)) for one in asked]
    try:
        for done in asyncio.as_completed(tasks):
            yield await done
    finally:
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)


async def _outcome(line: AsyncLine, asked: Request | str, patience: float | timedelta | None) -> Outcome:
    known = asked if isinstance(asked, Request) else None
    try:
        return Outcome(asked, await line.run(wait(asked, patience, line.terms)))
    except (Refused, WaitTimeout) as error:
        return Outcome(asked, error.request or known, error)
    except AgentGateError as error:
        return Outcome(asked, known, error)


def outcomes(line: Line, asked: list[Request | str], patience: float | timedelta | None) -> Iterator[Outcome]:
    """Yield the same from a thread that waits for all of them; it ends with the iteration."""
    crowd = _Crowd(line, asked, patience)
    crowd.start()
    try:
        while (found := crowd.found.get()) is not None:
            if isinstance(found, BaseException):
                raise found
            yield found
    finally:
        crowd.stop()


class _Crowd(threading.Thread):
    """An event loop in a thread of its own, for those who have none."""

    def __init__(self, line: Line, asked: list[Request | str], patience: float | timedelta | None) -> None:
        super().__init__(name="agentgate-wait-many", daemon=True)
        self.found: SimpleQueue[Outcome | BaseException | None] = SimpleQueue()
        self._wanted = (AsyncLine(line.address, line.terms), asked, patience)
        self._begun = threading.Event()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._task: asyncio.Future[None] | None = None

    def run(self) -> None:
        """Wait in the thread; whatever goes wrong is told to who iterates."""
        try:
            with contextlib.suppress(asyncio.CancelledError):
                asyncio.run(self._collect())
        except BaseException as error:  # noqa: BLE001 -- raised again in the thread that iterates
            self.found.put(error)
        finally:
            self._begun.set()
            self.found.put(None)

    def stop(self) -> None:
        """End the waiting and the thread, however far they got."""
        self._begun.wait()
        if self._loop is not None and self._task is not None:
            with contextlib.suppress(RuntimeError):  # its loop is closed: it has ended by itself
                self._loop.call_soon_threadsafe(self._task.cancel)
        self.join()

    async def _collect(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._task = asyncio.ensure_future(self._put())
        self._begun.set()
        await self._task

    async def _put(self) -> None:
        line, asked, patience = self._wanted
        async with contextlib.aclosing(line):
            async for outcome in outcomes_async(line, asked, patience):
                self.found.put(outcome)
