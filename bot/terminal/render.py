"""Card → what rich prints. Total over every card: any text, any width; nothing in a card is ever read as markup."""

from collections.abc import Callable, Iterable, Iterator
from typing import assert_never

from rich.cells import cell_len
from rich.console import Group, RenderableType
from rich.padding import Padding
from rich.table import Table as Grid
from rich.text import Text

from bot.terminal.layout import Beside, ByWidth, columns, packed, plain, under_each_other, with_mark
from gateway.card import Block, Button, Card, Entry, Facts, Note, Quote, Section, Table, Tone
from gateway.redact import visible

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


def card_view(card: Card, *, number: Number) -> RenderableType:
    """Return a whole card; its buttons get their numbers now, in the order in which they stand."""
    mark, colour = MARKS[card.tone]
    parts: list[RenderableType] = [with_mark(mark, plain(card.headline, f"bold {colour}"), colour)]
    for section in card.sections:
        parts += ["", _section(section, number)]
    if card.buttons:
        parts += ["", _buttons(card.buttons, number)]
    if card.footer:
        parts += ["", plain(card.footer, "dim")]
    return Group(Beside(Group(*parts), "▌ ", colour), "")


def _section(section: Section, number: Number) -> RenderableType:
    match section:
        case Facts():
            return _facts(section)
        case Quote():
            return _labelled(section.label, Beside(plain(section.text, "italic"), "│ ", "dim"), section.left_out)
        case Block():
            lines = Text("\n").join(plain(line) for line in section.lines)
            return _labelled(section.label, Padding(lines, (0, 0, 0, 2)), section.left_out)
        case Note():
            return plain(section.text)
        case Table():
            return ByWidth(lambda width: _table(section) if _fits(section, width) else _stacked(section, width))
        case Entry():
            return _entry(section, number)
        case _:
            assert_never(section)


def _labelled(label: str, body: RenderableType, left_out: str | None) -> RenderableType:
    rest = (plain(left_out, "dim italic"),) if left_out else ()
    return Group(plain(label, "dim"), body, *rest)


def _facts(facts: Facts) -> RenderableType:
    longest = max((cell_len(visible(label)) for label, _ in facts.rows), default=0)
    rows = [(plain(label, "dim"), _value(label, value)) for label, value in facts.rows]
    return ByWidth(lambda width: columns(rows) if longest <= width * 2 // 5 else under_each_other(rows))


def _value(label: str, value: str) -> Text:
    return plain(value, URGENCIES.get(value, "") if label == "Urgency" else "")


def _fits(table: Table, width: int) -> bool:
    """Whether every column but the last can stand unbroken, with room for the last."""
    cells = zip(table.head, *table.rows, strict=True) if table.head else ()
    widths = [max(cell_len(visible(cell)) for cell in column) for column in cells]
    return sum(widths[:-1]) + 2 * len(widths) + min(12, widths[-1] if widths else 0) <= width


def _table(table: Table) -> RenderableType:
    grid = Grid(box=None, padding=(0, 2, 0, 0), pad_edge=False, header_style="dim")
    for place, title in enumerate(table.head, 1):
        grid.add_column(plain(title), no_wrap=place < len(table.head), overflow="fold")
    for row in table.rows:
        grid.add_row(*(plain(cell) for cell in row))
    return grid


def _stacked(table: Table, width: int) -> RenderableType:
    """Return a table for little room: each row as labelled values, one behind the other, empty cells left out."""
    rows = [
        [Text.assemble((f"{visible(title)} ", "dim"), visible(cell)) for title, cell in _cells(table, row) if cell]
        for row in table.rows
    ]
    lines = [Text("\n").join(packed(row, width)) for row in rows]
    return Text("\n\n").join(lines)


def _cells(table: Table, row: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    return zip(table.head, row, strict=True)


def _entry(entry: Entry, number: Number) -> RenderableType:
    buttons = (_buttons(entry.buttons, number),) if entry.buttons else ()
    lines = [Padding(plain(line), (0, 0, 0, 2)) for line in entry.lines]
    return Group(plain(entry.title, "bold"), *lines, *(Padding(row, (0, 0, 0, 2)) for row in buttons))


def _buttons(buttons: Iterable[Button], number: Number) -> RenderableType:
    labels = [_button(number(button), button) for button in buttons]
    return ByWidth(lambda width: Text("\n").join(packed(labels, width)))


def _button(number: int, button: Button) -> Text:
    return Text.assemble((f"[{number}]", "bold cyan"), " ", (visible(button.label), "bold"))


def outcome_view(card: Card) -> RenderableType:
    """Return what became of a request in one sentence: code, action, who and why."""
    mark, colour = MARKS[card.tone]
    facts = {label: value for section in card.sections if isinstance(section, Facts) for label, value in section.rows}
    code = (card.footer or "").partition(" · ")[0]
    said = [card.headline]
    votes = ("Approved", "Denied") if card.tone is Tone.WAITING else ()
    said += [f"{label.lower()} by {facts[label]}" for label in votes if label in facts]
    if "Reason" in facts:
        said.append(f"“{facts['Reason']}”")
    action = facts.get("Action", "")
    text = Text.assemble(
        (visible(code), "bold"), f" {visible(action)} ", (visible(" · ".join(said)), colour), overflow="fold"
    )
    return Group(Beside(with_mark(mark, text, colour), "▌ ", colour), "")


def greeting_view(actor: str, waiting: str) -> RenderableType:
    """Return the first lines: where you are, who you are, what waits."""
    who = Text.assemble(("AgentGate", "bold cyan"), "  you are ", (visible(actor), "bold"), overflow="fold")
    how = Text.assemble(
        f"{visible(waiting)} ", ("help", "bold"), " lists the commands, Ctrl-D leaves.", overflow="fold"
    )
    return Group("", Beside(Group(who, how), "▌ ", "cyan"), "")
