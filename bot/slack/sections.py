"""A card's sections as blocks, each in its order. PURE."""

from collections.abc import Iterable, Iterator
from enum import Enum
from itertools import groupby
from typing import assert_never

from bot.slack import blocks
from bot.slack.blocks import Block
from gateway.card import DECIDERS, Button, Entry, Facts, Note, Quote, Section, Table, Verb
from gateway.card import Block as Lines

ROWS_TOGETHER = 10
"""Fields of one block, by Slack's limit."""
FIELD = 2000
LONG_ROW = 200
"""A longer row stands apart: a field is half as wide as the card."""
PREFIX = "agentgate"
STYLES = {Verb.APPROVE: "primary", Verb.DENY: "danger"}


def section_blocks(section: Section) -> list[Block]:
    """Return the blocks of one section."""
    match section:
        case Facts():
            return list(_facts(section))
        case Quote():
            return [blocks.label(section.label), *blocks.paragraphs(section.text), *_left_out(section.left_out)]
        case Lines():
            label = [blocks.label(section.label)] if section.label else []
            return [*label, *blocks.preformatted("\n".join(section.lines)), *_left_out(section.left_out)]
        case Note():
            return blocks.paragraphs(section.text)
        case Table():
            return blocks.preformatted(table_text(section))
        case Entry():
            text = "\n".join((section.title, *section.lines))
            return [*blocks.paragraphs(text), *blocks.rows(button_blocks(section.buttons))]
        case _:
            assert_never(section)


class Row(Enum):
    """How a row of facts is shown."""

    SHORT = "beside others"
    LONG = "apart, as wide as the card"
    DECIDER = "in a line of ours, for only there an id shows as a name"


def _facts(facts: Facts) -> Iterator[Block]:
    """Yield the rows in their order, those of a kind that follow each other together."""
    for how, group in groupby(facts.rows, key=_how):
        rows = list(group)
        for start in range(0, len(rows), ROWS_TOGETHER):
            some = rows[start : start + ROWS_TOGETHER]
            match how:
                case Row.SHORT:
                    yield {"type": "section", "fields": [_field(label, value) for label, value in some]}
                case Row.LONG:
                    yield from (block for label, value in some for block in _apart(label, value))
                case Row.DECIDER:
                    yield blocks.naming("\n".join(f"{label}: {value}" for label, value in some))
                case _:
                    assert_never(how)


def _how(row: tuple[str, str]) -> Row:
    """Say how a row is shown; names stand where we say who decided, and never in an agent's words."""
    label, value = row
    if label in DECIDERS and len(value) < FIELD and blocks.PERSON.search(value):
        return Row.DECIDER
    return Row.LONG if len(label) + len(value) > LONG_ROW else Row.SHORT


def _field(label: str, value: str) -> Block:
    return blocks.plain(f"{label}\n{value or blocks.EMPTY}", limit=FIELD)


def _apart(label: str, value: str) -> list[Block]:
    return [blocks.label(label), *blocks.paragraphs(value)]


def _left_out(words: str | None) -> list[Block]:
    return [blocks.small(words)] if words else []


def table_text(table: Table) -> str:
    """Return a table as aligned lines."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def button_blocks(buttons: Iterable[Button]) -> list[Block]:
    """Return buttons, of which each says what it does."""
    return [
        blocks.button(one.label, action_id=action_id(one, place), value=one.value, style=STYLES.get(one.verb))
        for place, one in enumerate(buttons)
    ]


def action_id(button: Button, place: int) -> str:
    """Return what tells a press apart without a look at the database: verb, whether a reason is asked, place."""
    return f"{PREFIX}:{button.verb.value}:{'ask' if button.asks_reason else 'now'}:{place}"
