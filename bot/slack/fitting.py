"""Sections within a message or a view: long ones are clipped, each to its share, and what is left out is counted. PURE.

Every section begins: of its text as much stands as says something, of its rows the first, each with its value. What
room is left they share.
"""

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import replace
from functools import partial
from typing import assert_never

from bot.clipping import counted, left_out, share
from bot.slack import blocks
from bot.slack.blocks import Block, Room
from bot.slack.sections import section_blocks, table_text
from gateway.card import Block as Lines
from gateway.card import Entry, Facts, Note, Quote, Section, Table

OF_A_TEXT = 150
"""How many characters of a text stand in any case."""
OF_A_VALUE = 40
"""How many characters of a value stand in any case: who decided, whole."""
ROWS = 12
"""How many rows of facts stand in any case; only votes may be more."""
CHARACTERS_FOR_A_ROW = 20
"""One more row stands for each of so many characters that a value may have."""
BROKEN_LINE = 400
"""How much of a line that does not fit is rather left out than broken: the lines of parameters are shorter."""


def fitted(sections: Sequence[Section], room: Room, *, where: str) -> list[Block]:
    """Return the blocks of sections, within the room; `where` says where the rest of them is.

    Where even their beginnings are too many, those that are no facts go first, from the end, and are counted.
    """
    kept = [_as_text(section) for section in sections]
    rest: list[Block] = []
    while kept and not room.beside(rest).holds([block for one in kept for block in _least(one, where)]):
        del kept[_least_needed(kept)]
        rest = [blocks.small(f"…{counted(len(sections) - len(kept), 'more part')}{where}")]
    return [*_shared(kept, room.beside(rest), where), *rest]


def _as_text(section: Section) -> Section:
    """Return a section whose lines are one text, which is quicker to cut."""
    match section:
        case Lines():
            return replace(section, lines=("\n".join(section.lines),))
        case Table():
            return Lines("", (table_text(section),))
        case _:
            return section


def _least(section: Section, where: str) -> list[Block]:
    return section_blocks(begun(section, 0, where=where))


def _least_needed(sections: Sequence[Section]) -> int:
    others = [place for place, section in enumerate(sections) if not isinstance(section, Facts)]
    return others[-1] if others else len(sections) - 1


def _shared(sections: Sequence[Section], room: Room, where: str) -> list[Block]:
    """Return the blocks of sections whose beginnings fit: what room is left goes to those that need it, alike."""
    least = [room.weight_of(_least(section, where)) for section in sections]
    more = [max(0, room.weight_of(section_blocks(one)) - its) for one, its in zip(sections, least, strict=True)]
    extra = room.weight - sum(least)
    while True:
        fair = share(more, extra)
        shown = [
            block
            for section, its in zip(sections, least, strict=True)
            for block in clipped(section, its + fair, room=room, where=where)
        ]
        if len(shown) <= room.blocks or extra <= 0:
            return shown
        extra = extra * 3 // 4  # a long text is many blocks, and there are too many of them before it is too heavy


def clipped(section: Section, weight: int, *, room: Room, where: str) -> list[Block]:
    """Return the blocks of a section, of as much of it as weighs no more than this; its beginning in any case."""
    whole = section_blocks(section)
    if room.weight_of(whole) <= weight:
        return whole
    begins = partial(begun, section, where=where)
    size = bisect_right(range(1, weight + 1), weight, key=lambda size: room.weight_of(section_blocks(begins(size))))
    return section_blocks(begins(size))


def begun(section: Section, size: int, *, where: str) -> Section:
    """Return a section in which a text, or each value, has about as many characters; what is left out is counted."""
    match section:
        case Facts():
            return Facts(_begun_rows(section.rows, size, where))
        case Quote():
            text, rest = _begun_text(section.text, size, then=section.left_out, where=where)
            return replace(section, text=text, left_out=rest)
        case Lines():
            text, rest = _begun_text("\n".join(section.lines), size, then=section.left_out, where=where)
            return replace(section, lines=(text,), left_out=rest)
        case Note():
            return Note(_with_count(*_begun_text(section.text, size, then=None, where=where)))
        case Table():
            return begun(_as_text(section), size, where=where)
        case Entry():
            text = "\n".join((section.title, *section.lines))
            title, *lines = _with_count(*_begun_text(text, size, then=None, where=where)).split("\n")
            return replace(section, title=title, lines=tuple(lines))
        case _:
            assert_never(section)


def _with_count(text: str, rest: str | None) -> str:
    return f"{text}\n{rest}" if rest else text


def _begun_rows(rows: Sequence[tuple[str, str]], size: int, where: str) -> tuple[tuple[str, str], ...]:
    shown = [(label, _begun_value(value, max(size, OF_A_VALUE), where)) for label, value in rows]
    many = max(ROWS, size // CHARACTERS_FOR_A_ROW)
    if len(rows) <= many:
        return tuple(shown)
    return (*shown[:many], ("…", f"{counted(len(rows) - many, 'more line')}{where}"))


def _begun_value(value: str, size: int, where: str) -> str:
    if len(value) <= size:
        return value
    return f"{value[:size]} {left_out(len(value) - size, 0, then=None, where=where)}"


def _begun_text(text: str, size: int, *, then: str | None, where: str) -> tuple[str, str | None]:
    """Return the beginning of a text, and the words that count the rest of it."""
    size = max(size, OF_A_TEXT)
    if len(text) <= size:
        return text, then
    cut = _end_of_line(text, size)
    end = text.find("\n", cut)
    characters = (end if end >= 0 else len(text)) - cut
    lines = text.count("\n", end) if end >= 0 else 0
    return text[:cut], left_out(characters, lines, then=then, where=where)


def _end_of_line(text: str, size: int) -> int:
    """Return where to cut: at the end of a line, or inside one that is too long to be left out whole."""
    before = text.rfind("\n", 0, size + 1)
    return before if before > 0 and size - before <= BROKEN_LINE else size
