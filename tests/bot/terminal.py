"""A person at a terminal: keys go in by a pipe, and what they would see is read from an emulated screen."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager, suppress
from io import StringIO

import pyte
from prompt_toolkit.data_structures import Size
from prompt_toolkit.input import PipeInput, create_pipe_input
from prompt_toolkit.output.vt100 import Vt100_Output

from bot.terminal.chat import TerminalChat
from gateway.gate import Gate
from gateway.outbox import Outbox
from tests.clock import Clock

COLUMNS, ROWS = 90, 400
ENTER, ESCAPE, TAB, CTRL_C, CTRL_D = "\r", "\x1b", "\t", "\x03", "\x04"


class Glass(StringIO):
    """What a terminal shows of what is written to it."""

    def __init__(self, columns: int = COLUMNS) -> None:
        super().__init__()
        self.screen = pyte.Screen(columns, ROWS)
        self.size = Size(rows=ROWS, columns=columns)
        self.raw = ""
        self.changed = asyncio.Event()
        self._stream = pyte.Stream(self.screen)

    def write(self, text: str) -> int:
        self.raw += text
        self._stream.feed(text)
        self.changed.set()
        return len(text)

    @property
    def text(self) -> str:
        rows = (self.screen.buffer[row] for row in range(ROWS))
        lines = ("".join(row[column].data for column in range(max(row) + 1)) if row else "" for row in rows)
        return "\n".join(line.rstrip() for line in lines).rstrip()  # as `screen.display`, without its empty rows

    async def until(self, is_there: Callable[[str], bool]) -> str:
        """Wait until the screen looks as wanted; fail with what it shows after ten seconds."""
        try:
            async with asyncio.timeout(10):
                while not is_there(self.text):
                    self.changed.clear()
                    await self.changed.wait()
        except TimeoutError:
            raise AssertionError(f"this did not come up on the screen:\n{self.text}") from None
        return self.text


class Person:
    """Somebody who types and looks."""

    def __init__(self, chat: TerminalChat, keys: PipeInput, glass: Glass, gate: Gate) -> None:
        self.chat = chat
        self.keys = keys
        self.glass = glass
        self.gate = gate
        self.done = asyncio.Event()

    def press(self, keys: str) -> None:
        self.keys.send_text(keys)

    async def types(self, line: str, *, sees: str) -> str:
        """Type a line, wait for an answer that says something, and for the prompt under it."""
        before = self.glass.text.count(sees) - line.count(sees)
        self.press(line + ENTER)
        return await self.sees(sees, times=max(before, 0) + 1 + line.count(sees))

    async def sees(self, text: str, *, times: int = 1) -> str:
        return await self.glass.until(lambda screen: screen.count(text) >= times)

    async def hears(self) -> None:
        """Let the outbox deliver what is due, and a second pass."""
        await Outbox(self.gate).round()
        if isinstance(self.gate.now, Clock):
            self.gate.now.advance(seconds=1)

    async def run(self) -> None:
        try:
            await self.chat.run(self.gate)
        finally:
            self.done.set()


@asynccontextmanager
async def at_the_terminal(gate: Gate, *, name: str = "alice", columns: int = COLUMNS) -> AsyncIterator[Person]:
    """Start a chat for somebody; it ends with the block."""
    glass = Glass(columns)
    with create_pipe_input() as keys:
        output = Vt100_Output(glass, lambda: glass.size, term="xterm", enable_cpr=False)
        chat = TerminalChat(name, keyboard=keys, output=output)
        gate.notifiers["terminal"] = chat.notifier
        person = Person(chat, keys, glass, gate)
        async with asyncio.TaskGroup() as tasks:
            running = tasks.create_task(person.run())
            await person.sees("❯")
            yield person
            running.cancel()
            with suppress(asyncio.CancelledError):
                await running
