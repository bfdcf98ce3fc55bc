"""Where cards appear: above the line that is being typed."""

import asyncio
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, redirect_stderr, redirect_stdout
from contextvars import Context, copy_context
from io import StringIO

from prompt_toolkit.application import create_app_session, in_terminal
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output, create_output
from rich.console import Console, RenderableType

from bot.terminal.lines import Lines


class Screen:
    """A terminal's output. `colour` is None where the terminal and NO_COLOR decide."""

    def __init__(self, *, output: Output | None = None, colour: bool | None = None) -> None:
        self._output = output
        self._no_color = None if colour is None else not colour
        self._context: Context | None = None

    @property
    def output(self) -> Output:
        """Return the terminal; it is found when it is first asked for."""
        if self._output is None:
            self._output = create_output()
        return self._output

    @asynccontextmanager
    async def open(self, keyboard: Input | None) -> AsyncIterator[None]:
        """Let somebody type: until the end, cards and whatever the process prints appear above the prompt."""
        with create_app_session(input=keyboard, output=self.output):
            self._context = copy_context()
            lines = Lines(sys.stderr)
            async with asyncio.TaskGroup() as tasks:
                printing = tasks.create_task(self._print(lines.queue))
                try:
                    with redirect_stdout(lines), redirect_stderr(lines):
                        yield
                finally:
                    printing.cancel()
                    self._put(lines.end())
                    self._context = None

    async def show(self, view: RenderableType) -> None:
        """Print something above the prompt, from any task."""
        await self._put_above(self._drawn(view))

    async def _print(self, queue: asyncio.Queue[str]) -> None:
        while True:
            await self._put_above(await queue.get())

    async def _put_above(self, text: str) -> None:
        async with asyncio.TaskGroup() as tasks:  # in the session's context, or the prompt would not be found
            tasks.create_task(self._put_between(text), context=self._context)

    async def _put_between(self, text: str) -> None:
        async with in_terminal():
            self._put(text)

    def _put(self, text: str) -> None:
        self.output.write_raw(text.replace("\n", "\r\n"))  # while somebody types, the terminal adds no return itself
        self.output.flush()

    def _drawn(self, view: RenderableType) -> str:
        console = Console(
            file=StringIO(),
            force_terminal=True,
            no_color=self._no_color,
            width=max(20, self.output.get_size().columns),
            highlight=False,
            markup=False,
            emoji=False,
        )
        with console.capture() as captured:
            console.print(view)
        return captured.get()
