"""A typed line cut into words: quotes of every keyboard, `option:value`, and where each word stood. PURE and total."""

import re
from bisect import bisect_right
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

QUOTES = ('"“”„‟«»', "'‘’‚‛", "`")
"""Marks that open and close each other; phones and word processors type the curly ones."""

NAMED = re.compile(r"([A-Za-z_][\w.-]*)([:=])", re.ASCII)


@dataclass(frozen=True, slots=True)
class Word:
    """One word: `text` without its quotes; `start` and `end` are its place in the line.

    In `name="some words"` too the quotes hold a value together. `option` is what stood before the first colon (`reason`
    in `reason:"too late"`), and `value` what came after it.
    """

    text: str
    start: int
    end: int
    option: str | None = None
    value: str = ""
    value_start: int = 0
    is_quoted: bool = False
    is_unclosed: bool = False


def split(line: str) -> list[Word]:
    """Return the words of a line."""
    return list(_words(line))


def _words(line: str) -> Iterator[Word]:
    closings = {marks: _closings(line, marks) for marks in QUOTES}
    place = 0
    while True:
        while place < len(line) and line[place].isspace():
            place += 1
        if place == len(line):
            return
        word = _word_at(line, place, closings)
        yield word
        place = word.end


def _closings(text: str, marks: str) -> list[int]:
    """Return where a quote can end: at a mark with nothing but space behind it, so that ‘it’s’ stays one word."""
    return [match.start() for match in re.finditer(rf"[{marks}](?=\s|\Z)", text)]


def _word_at(line: str, start: int, closings: Mapping[str, Sequence[int]]) -> Word:
    match = NAMED.match(line, start)
    value_start = match.end() if match else start
    marks = _marks_at(line, value_start)
    closing = _first_after(closings[marks], value_start) if marks else None
    if closing is None:
        end = _end_of_word(line, value_start)
        value = line[value_start:end]
    else:
        end = closing + 1
        value = line[value_start + 1 : closing]
    option = match[1].lower() if match and match[2] == ":" else None
    text = value if closing is not None and match is None else line[start:end]
    return Word(text, start, end, option, value, value_start, closing is not None, bool(marks) and closing is None)


def _marks_at(line: str, place: int) -> str:
    return next((marks for marks in QUOTES if place < len(line) and line[place] in marks), "")


def _first_after(places: Sequence[int], place: int) -> int | None:
    following = bisect_right(places, place)
    return places[following] if following < len(places) else None


def _end_of_word(line: str, place: int) -> int:
    while place < len(line) and not line[place].isspace():
        place += 1
    return place


def quoted(text: str) -> str:
    """Return text as one word of a line, in quotes where it needs them."""
    if text and not any(character.isspace() for character in text) and not _marks_at(text, 0):
        return text
    for marks in QUOTES:
        if not _closings(text, marks):
            return f"{marks[0]}{text}{marks[0]}"
    return f'"{text}"'
