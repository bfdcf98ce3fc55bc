"""Bells between replicas: what one has committed, the others learn within moments.

Bells only make things faster. They ring after the commit, never hold up a verb and never fail one; whoever misses one
finds out by looking: waiters within a second (`wait.wake_missed`), caches of keys and policies within two.
"""

import asyncio
import secrets
from collections.abc import Awaitable, Callable
from contextlib import AbstractAsyncContextManager
from datetime import timedelta
from typing import Protocol

import structlog

from gateway.news import News, read_news, write_news

GAP = timedelta(milliseconds=5)
"""How long what happens is collected after each message, so that a storm of ends is a few messages."""
BEAT = timedelta(seconds=5)
"""How often a replica that has nothing to say says so; all hear it, itself too."""
SILENCE = timedelta(seconds=12)
"""After how long of hearing nothing, not even itself, a replica takes the line for dead."""
PAUSE = timedelta(seconds=1)
"""How long to wait before a line that broke is opened again."""
TRUST_FOR = timedelta(seconds=1.5)
"""How long a cache counts without a look at the database, in case a bell was lost: two seconds with the look itself."""

log = structlog.get_logger()

Hear = Callable[[News], Awaitable[None]]


class LineDown(Exception):
    """The line between the replicas is broken; the sentence says how."""


class Line(Protocol):
    """An open line. Both raise LineDown when it breaks."""

    async def send(self, message: str) -> None:
        """Send to every replica, this one too."""
        ...

    async def receive(self) -> str:
        """Wait for the next message of any replica, this one too."""
        ...


Messenger = Callable[[], AbstractAsyncContextManager[Line]]
"""Opens a line that hears everything from then on; raises LineDown."""


class Bells:
    """This replica's end of the line; without a messenger there are no others. Durations are shorter in tests."""

    def __init__(
        self,
        messenger: Messenger | None = None,
        *,
        beat: timedelta = BEAT,
        silence: timedelta = SILENCE,
        pause: timedelta = PAUSE,
    ) -> None:
        self.messenger = messenger
        self.name = secrets.token_hex(8)
        self._beat = beat.total_seconds()
        self._silence = silence.total_seconds()
        self._pause = pause.total_seconds()
        self._line: Line | None = None
        self._is_open = asyncio.Event()
        self._is_known_to_be_down = False
        self._unsent = News()
        self._rung = asyncio.Event()

    @property
    def is_listening(self) -> bool:
        """Whether this replica hears the others now."""
        return self._line is not None

    @property
    def are_silent(self) -> bool:
        """Whether there are other replicas and this one does not hear them now."""
        return self.messenger is not None and self._line is None

    def ring(self, news: News) -> None:
        """Let the other replicas know, soon: at once when the line is idle, with the next message when it is not."""
        if self.messenger is None or not news:
            return
        self._unsent |= news
        self._rung.set()

    async def run(self, hear: Hear) -> None:
        """Listen and speak for ever, over one line after the other; return only where there is no messenger."""
        if self.messenger is None:
            return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._listen(self.messenger, hear))
            tasks.create_task(self._speak())

    async def _listen(self, messenger: Messenger, hear: Hear) -> None:
        while _may_go_on():
            try:
                async with messenger() as line:
                    self._open(line)
                    await hear(News(more=True))  # whatever was said while nobody listened here
                    while _may_go_on():
                        await self._heed(await self._next(line), hear)
            except LineDown as error:
                self._note_down(error)
            except Exception:  # whatever it is, waiters and caches look for themselves, and the next line may hold
                log.exception("bells.fell_over")
            finally:
                self._line = None
                self._is_open.clear()
            await asyncio.sleep(self._pause)

    def _open(self, line: Line) -> None:
        self._line = line
        self._is_open.set()
        say = log.warning if self._is_known_to_be_down else log.info  # who has read that it was silent reads this too
        self._is_known_to_be_down = False
        say("bells.listening")

    async def _next(self, line: Line) -> str:
        try:
            async with asyncio.timeout(self._silence):
                return await line.receive()
        except TimeoutError as error:
            raise LineDown("nothing is heard over it, not even this replica itself") from error

    async def _heed(self, message: str, hear: Hear) -> None:
        try:
            sender, news = read_news(message)
        except ValueError as error:
            log.warning("bells.nonsense", reason=str(error), size=len(message))
            return
        if sender != self.name and news:
            await hear(news)

    async def _speak(self) -> None:
        while _may_go_on():
            await self._is_open.wait()
            await self._something_to_say()
            if self._line is None:
                continue  # it broke meanwhile; what is unsent waits for the next
            try:
                await self._say_all(self._line)
            except LineDown as error:
                self._note_down(error)
                await asyncio.sleep(self._pause)

    async def _something_to_say(self) -> None:
        try:
            async with asyncio.timeout(self._beat):
                await self._rung.wait()
        except TimeoutError:
            return  # that nothing has happened

    async def _say_all(self, line: Line) -> None:
        self._rung.clear()
        news, self._unsent = self._unsent, News()
        try:
            for message in write_news(news, sender=self.name):
                await line.send(message)
        except LineDown:
            self.ring(news)  # the next line says it
            raise
        await asyncio.sleep(GAP.total_seconds())

    def _note_down(self, error: LineDown) -> None:
        if not self._is_known_to_be_down:
            self._is_known_to_be_down = True
            log.warning("bells.silent", error=str(error))


def _may_go_on() -> bool:
    """Whether nobody has cancelled this task: before Python 3.12 `asyncio.wait_for`, which drivers use, may hide it."""
    task = asyncio.current_task()
    return task is not None and not task.cancelling()
