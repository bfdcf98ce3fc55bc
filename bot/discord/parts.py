"""A card's sections as parts: each becomes one text with its buttons below it. PURE."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from itertools import groupby
from typing import assert_never

from bot.discord.markdown import DECIDER, EMPTY, code_block, escaped, naming, shown
from gateway.card import DECIDERS, Block, Button, Card, Entry, Facts, Note, Quote, Section, Table

LABEL = 60
"""How much of a label stands above its text; ours are far shorter."""
LEFT_OUT = 100
BUTTONS = 10
"""How many buttons stand below one text, in two rows; ours are three."""
BESIDE = 16
"""How long labels may be to stand beside their values; longer ones stand above."""
ACROSS = 46
"""How wide a table may be: about what a phone shows in a line."""
LONG_LINE = 200
"""What is longer may be cut inside; shorter lines are shown whole or not at all."""


class Kind(Enum):
    """How the lines of a part are written."""

    CODE = "as they are, in a code block"
    WORDS = "our own words, escaped"
    NAMING = "label and value, in which who decided shows as a name"


@dataclass(frozen=True, slots=True)
class Part:
    """Lines under a label; below them what was left out, and buttons."""

    lines: tuple[str, ...]
    kind: Kind = Kind.CODE
    label: str = ""
    left_out: str = ""
    buttons: tuple[Button, ...] = ()
    is_entry: bool = False

    def written(self) -> str:
        """Return the part as markdown."""
        label = [f"**{escaped(self.label)}**"] if self.label else []
        rest = [f"-# {escaped(self.left_out)}"] if self.left_out else []
        body = [] if self.is_entry and not self.lines else [_body(self)]
        return "\n".join([*label, *body, *rest])


def _body(part: Part) -> str:
    text = "\n".join(part.lines)
    match part.kind:
        case Kind.CODE:
            return code_block(text)
        case Kind.WORDS:
            return escaped(text) if text.strip() else EMPTY
        case Kind.NAMING:
            rows = [line.partition(": ") for line in part.lines]
            return "\n".join(f"**{escaped(label)}** {naming(value)}" for label, _, value in rows)
        case _:
            assert_never(part.kind)


def parts_of(card: Card) -> list[Part]:
    """Return the sections of a card as parts, in their order."""
    return [part for section in card.sections for part in _parts(section)]


def _parts(section: Section) -> Iterator[Part]:
    match section:
        case Facts():
            yield from _facts(section)
        case Quote():
            yield Part(_lines(section.text), label=_label(section.label), left_out=_left_out(section.left_out))
        case Block():
            lines = _lines("\n".join(section.lines))
            yield Part(lines, label=_label(section.label), left_out=_left_out(section.left_out))
        case Note():
            yield Part(_lines(section.text), Kind.WORDS)
        case Table():
            yield Part(_lines(table_text(section)))
        case Entry():
            yield _entry(section)
        case _:
            assert_never(section)


def _entry(entry: Entry) -> Part:
    more = len(entry.buttons) - BUTTONS
    return Part(
        _lines("\n".join(entry.lines)) if entry.lines else (),
        label=_label(entry.title) or ("" if entry.lines else EMPTY),
        left_out=f"…{more} more buttons" if more > 0 else "",
        buttons=entry.buttons[:BUTTONS],
        is_entry=True,
    )


def _lines(text: str) -> tuple[str, ...]:
    return tuple(shown(text).split("\n"))


def _label(text: str) -> str:
    words = " ".join(shown(text).split())
    return words if len(words) <= LABEL else f"{words[: LABEL - 1]}…"


def _left_out(words: str | None) -> str:
    return " ".join(shown(words or "").split())[:LEFT_OUT]


class Row(Enum):
    """How a row of facts is shown."""

    SHORT = "beside the others"
    LONG = "apart, so that no other row is cut for its sake"
    DECIDER = "outside of code, for only there an id shows as a name"


def _facts(facts: Facts) -> Iterator[Part]:
    """Yield the rows in their order, those of a kind that follow each other together."""
    for how, group in groupby(facts.rows, key=_how):
        rows = list(group)
        match how:
            case Row.SHORT:
                yield Part(_lines(_aligned(rows)))
            case Row.LONG:
                yield from (Part(_lines(value), label=_label(label)) for label, value in rows)
            case Row.DECIDER:
                yield Part(tuple(f"{label}: {shown(value)}" for label, value in rows), Kind.NAMING)
            case _:
                assert_never(how)


def _how(row: tuple[str, str]) -> Row:
    """Say how a row is shown; names stand where we say who decided, and never in an agent's words."""
    label, value = row
    if len(label) + len(value) > LONG_LINE:
        return Row.LONG
    return Row.DECIDER if label in DECIDERS and DECIDER.fullmatch(value) else Row.SHORT


def _aligned(rows: Sequence[tuple[str, str]]) -> str:
    """Return labels and values in columns, or below each other where a label is long."""
    longest = max((len(label) for label, _ in rows), default=0)
    if longest > BESIDE:
        return "\n".join(f"{label}\n{_indented(value, 2)}" for label, value in rows)
    return "\n".join(f"{label:<{longest}}  {_indented(value, longest + 2).lstrip()}" for label, value in rows)


def _indented(value: str, by: int) -> str:
    """Return a value whose every line stands to the right of the labels, so that none passes for a row."""
    return "\n".join(f"{'':<{by}}{line}" for line in (value or EMPTY).split("\n"))


def table_text(table: Table) -> str:
    """Return a table as aligned lines, or where that is too wide for a phone, each row below the other."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    if sum(widths) + 2 * (len(widths) - 1) > ACROSS:
        return "\n\n".join(
            _aligned([pair for pair in zip(table.head, row, strict=True) if pair[1]]) for row in table.rows
        )
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )
