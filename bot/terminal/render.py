"""Card → what rich prints. Total over every card: any text, any width; nothing in a card is ever read as markup."""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from rich.cells import cell_len
from rich.console import Console, ConsoleOptions, Group, RenderableType, RenderResult
from rich.padding import Padding
from rich.segment import Segment
from rich.style import Style
from rich.table import Table as Grid
from rich.text import Text

from gateway.card import Block, Button, Card, Entry, Facts, Note, Quote, Section, Table, Tone
from gateway.redact import visible

WIDEST = 100
GAP = 3
MARKS = {
    Tone.WAITING: ("●", "yellow"),
    Tone.GOOD: ("✔", "green"),
    Tone.BAD: ("✘", "red"),
    Tone.QUIET: ("○", "bright_black"),
    Tone.PLAIN: ("▸", "cyan"),
}
"""A sign and a colour for what a card means; its headline says it in words."""

URGENCIES = {"critical": "bold red", "high": "bold yellow", "low": "dim"}

Number = Callable[[Button], int]
"""Gives a button its number."""


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


def card_view(card: Card, *, number: Number) -> RenderableType:
    """Return a whole card; its buttons get their numbers now, in the order in which they stand."""
    mark, colour = MARKS[card.tone]
    parts: list[RenderableType] = [_with_mark(mark, _plain(card.headline, f"bold {colour}"), colour)]
    for section in card.sections:
        parts += ["", _section(section, number)]
    if card.buttons:
        parts += ["", _buttons(card.buttons, number)]
    if card.footer:
        parts += ["", _plain(card.footer, "dim")]
    return Group(Beside(Group(*parts), "▌ ", colour), "")


def _with_mark(mark: str, text: Text, style: str) -> RenderableType:
    """Return text behind a sign, with its lines under each other."""
    grid = Grid.grid(padding=(0, 1))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    grid.add_row(Text(mark, style), text)
    return grid


def _section(section: Section, number: Number) -> RenderableType:
    match section:
        case Facts():
            return _facts(section)
        case Quote():
            return _labelled(section.label, Beside(_plain(section.text, "italic"), "│ ", "dim"), section.left_out)
        case Block():
            lines = Text("\n").join(_plain(line) for line in section.lines)
            return _labelled(section.label, Padding(lines, (0, 0, 0, 2)), section.left_out)
        case Note():
            return _plain(section.text)
        case Table():
            return ByWidth(lambda width: _table(section) if _fits(section, width) else _stacked(section, width))
        case Entry():
            return _entry(section, number)
        case _:
            assert_never(section)


def _plain(text: str, style: str | Style = "") -> Text:
    """Return text as it is: never markup, its invisible characters visible."""
    return Text(visible(text, keep="\n"), style, overflow="fold")


def _labelled(label: str, body: RenderableType, left_out: str | None) -> RenderableType:
    rest = (_plain(left_out, "dim italic"),) if left_out else ()
    return Group(_plain(label, "dim"), body, *rest)


def _facts(facts: Facts) -> RenderableType:
    longest = max((cell_len(visible(label)) for label, _ in facts.rows), default=0)
    rows = [(_plain(label, "dim"), _value(label, value)) for label, value in facts.rows]
    return ByWidth(lambda width: _columns(rows) if longest <= width * 2 // 5 else _under_each_other(rows))


def _value(label: str, value: str) -> Text:
    return _plain(value, URGENCIES.get(value, "") if label == "Urgency" else "")


def _columns(rows: Iterable[tuple[Text, Text]]) -> RenderableType:
    grid = Grid.grid(padding=(0, 2))
    grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for label, value in rows:
        grid.add_row(label, value)
    return grid


def _under_each_other(rows: Iterable[tuple[Text, Text]]) -> RenderableType:
    return Group(*(part for label, value in rows for part in (label, Padding(value, (0, 0, 0, 2)))))


def _fits(table: Table, width: int) -> bool:
    """Whether every column but the last can stand unbroken, with room for the last."""
    columns = zip(table.head, *table.rows, strict=True) if table.head else ()
    widths = [max(cell_len(visible(cell)) for cell in column) for column in columns]
    return sum(widths[:-1]) + 2 * len(widths) + min(12, widths[-1] if widths else 0) <= width


def _table(table: Table) -> RenderableType:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for place, title in enumerate(table.head, 1):
        grid.add_column(_plain(title), no_wrap=place < len(table.head), overflow="fold")
    for row in table.rows:
        grid.add_row(*(_plain(cell) for cell in row))
    return grid


def _stacked(table: Table, width: int) -> RenderableType:
    """Return a table for little room: each row as labelled values, one behind the other, empty cells left out."""
    rows = [
        [Text.assemble((f"{visible(title)} ", "dim"), visible(cell)) for title, cell in _cells(table, row) if cell]
        for row in table.rows
    ]
    lines = [Text("\n").join(_packed(row, width)) for row in rows]
    return Text("\n\n").join(lines)


def _cells(table: Table, row: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(table.head, row, strict=True)


def _entry(entry: Entry, number: Number) -> RenderableType:
    buttons = (_buttons(entry.buttons, number),) if entry.buttons else ()
    lines = [Padding(_plain(line), (0, 0, 0, 2)) for line in entry.lines]
    return Group(_plain(entry.title, "bold"), *lines, *(Padding(row, (0, 0, 0, 2)) for row in buttons))


def _buttons(buttons: Iterable[Button], number: Number) -> RenderableType:
    labels = [_button(number(button), button) for button in buttons]
    return ByWidth(lambda width: Text("\n").join(_packed(labels, width)))


def _button(number: int, button: Button) -> Text:
    return Text.assemble((f"[{number}]", "bold cyan"), " ", (visible(button.label), "bold"))


def _packed(labels: Iterable[Text], width: int) -> Iterator[Text]:
    """Yield lines of labels, none of which is broken."""
    line = Text()
    for label in labels:
        if line and line.cell_len + GAP + label.cell_len > width:
            yield line
            line = Text()
        line = Text.assemble(line, " " * GAP, label) if line else label
    yield line


def outcome_view(card: Card) -> RenderableType:
    """Return what became of a request in one sentence: code, action, who and why."""
    mark, colour = MARKS[card.tone]
    facts = {label: value for section in card.sections if isinstance(section, Facts) for label, value in section.rows}
    code = (card.footer or "").partition(" · ")[0]
    said = [card.headline]
    said += [f"{label.lower()} by {facts[label]}" for label in ("Approved", "Denied") if label in facts]
    if "Reason" in facts:
        said.append(f"“{facts['Reason']}”")
    action = facts.get("Action", "")
    text = Text.assemble(
        (visible(code), "bold"), f" {visible(action)} ", (visible(" · ".join(said)), colour), overflow="fold"
    )
    return Group(Beside(_with_mark(mark, text, colour), "▌ ", colour), "")


def greeting_view(actor: str, waiting: str) -> RenderableType:
    """Return the first lines: where you are, who you are, what waits."""
    who = Text.assemble(("AgentGate", "bold cyan"), "  you are ", (visible(actor), "bold"), overflow="fold")
    how = Text.assemble(
        f"{visible(waiting)} ", ("help", "bold"), " lists the commands, Ctrl-D leaves.", overflow="fold"
    )
    return Group(Beside(Group(who, how), "▌ ", "cyan"), "")
