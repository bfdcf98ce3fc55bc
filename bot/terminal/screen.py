"""Where cards appear: above the line that is being typed."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import Context, copy_context
from io import StringIO

from prompt_toolkit.application import create_app_session, in_terminal
from prompt_toolkit.input import Input
from prompt_toolkit.output import Output, create_output
from prompt_toolkit.patch_stdout import patch_stdout
from rich.console import Console, RenderableType


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

    @contextmanager
    def open(self, keyboard: Input | None) -> Iterator[None]:
        """Let people type: until the end, cards and log lines appear above the prompt."""
        with create_app_session(input=keyboard, output=self.output), patch_stdout(raw=True):
            self._context = copy_context()
            try:
                yield
            finally:
                self._context = None

    async def show(self, view: RenderableType) -> None:
        """Print something above the prompt, from any task."""
        text = self._drawn(view).replace("\n", "\r\n")  # while somebody types, the terminal does not add the return
        async with asyncio.TaskGroup() as tasks:
            tasks.create_task(self._write(text), context=self._context)

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

    async def _write(self, text: str) -> None:
        async with in_terminal():
            self.output.write_raw(text)
            self.output.flush()
