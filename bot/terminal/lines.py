"""What the process prints while somebody types – log lines – comes out above the prompt too."""

import asyncio
import io
import threading
from typing import TextIO


class Lines(io.TextIOBase):
    """Stands in for standard output and error. Whole lines go to a queue, from whichever thread; none waits.

    prompt_toolkit's `patch_stdout` would do the same for the terminal of the process, but not for another output.
    """

    def __init__(self, before: TextIO) -> None:
        self.queue: asyncio.Queue[str] = asyncio.Queue()
        self._before = before
        self._loop: asyncio.AbstractEventLoop | None = asyncio.get_running_loop()
        self._rest = ""
        self._lock = threading.Lock()

    def write(self, text: str) -> int:
        """Take text; what ends with a line break is on its way to the screen."""
        with self._lock:
            whole, line_break, self._rest = (self._rest + text).rpartition("\n")
            if line_break:
                self._send(whole + line_break)
        return len(text)

    def _send(self, text: str) -> None:
        if self._loop is None:
            self._before.write(text)
        else:
            self._loop.call_soon_threadsafe(self.queue.put_nowait, text)

    def end(self) -> str:
        """Return what was not shown yet; from now on everything goes where it went before."""
        with self._lock:
            self._loop = None
            left = [self.queue.get_nowait() for _ in range(self.queue.qsize())]
            rest, self._rest = self._rest, ""
        return "".join([*left, rest])

    @property
    def encoding(self) -> str:  # type: ignore[override]  # the stubs have an attribute here
        """Return the encoding of what stood here before."""
        return self._before.encoding

    def isatty(self) -> bool:
        """Whether colours may be written: as before."""
        return self._before.isatty()

    def fileno(self) -> int:
        """Return the file behind it, for those who write past it."""
        return self._before.fileno()
