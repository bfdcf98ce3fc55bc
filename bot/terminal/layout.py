"""How things stand on a terminal: beside a bar, in columns, or under each other where there is little room."""

from collections.abc import Callable, Iterable, Iterator

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.table import Table as Grid
from rich.text import Text

from gateway.redact import visible

WIDEST = 100
GAP = 3


class Beside:
    """Something with a bar down its left side."""

    def __init__(self, inside: RenderableType, bar: str, style: str) -> None:
        self.inside = inside
        self.bar = bar
        self.style = style

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw the bar before each line."""
        width = max(1, min(options.max_width, WIDEST) - cell_len(self.bar))
        for line in console.render_lines(self.inside, options.update(width=width), pad=False):
            yield Segment(self.bar, console.get_style(self.style))
            yield from line
            yield Segment.line()


class ByWidth:
    """Something that looks different where there is little room."""

    def __init__(self, draw: Callable[[int], RenderableType]) -> None:
        self.draw = draw

    def __rich_console__(self, console: Console, options: ConsoleOptions) -> RenderResult:
        """Draw it for the room there is."""
        yield self.draw(options.max_width)


def plain(text: str, style: str = "") -> Text:
    """Return text as it is: never markup, its invisible characters visible."""
    return Text(visible(text, keep="\n"), style, overflow="fold")


def with_mark(mark: str, text: Text, style: str) -> RenderableType:
    """Return text behind a sign, with its lines under each other."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), text)
    return grid


def columns(rows: Iterable[tuple[Text, Text]]) -> RenderableType:
    """Return labelled values in two columns."""
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def under_each_other(rows: Iterable[tuple[Text, Text]]) -> RenderableType:
    """Return labelled values, each under its label."""
    return Group(*(part for label, value in rows for part in (label, Padding(value, (0, 0, 0, 2)))))


def packed(labels: Iterable[Text], width: int) -> Iterator[Text]:
    """Yield lines of labels, none of which is broken."""
    line = Text()
    for label in labels:
        if line and line.cell_len + GAP + label.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, " " * GAP, label) if line else label
    yield line
