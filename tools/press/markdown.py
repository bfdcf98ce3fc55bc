"""Markdown as the pages of the documentation have it."""

from collections.abc import Iterable, Sequence

NOTHING = "–"


def table(head: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """Return a table; a stroke inside a cell is no border."""
    lines = [_line(head), "|" + "---|" * len(head)]
    return "\n".join([*lines, *(_line(row) for row in rows)])


def _line(cells: Sequence[str]) -> str:
    return f"| {' | '.join(cell.replace('|', chr(92) + '|') for cell in cells)} |"


def code(*words: str) -> str:
    """Return words as code, or what stands for nothing."""
    return " ".join(f"`{word}`" for word in words) or NOTHING


def clause(sentence: str) -> str:
    """Return a sentence as part of a table: without its full stop, and with a small letter unless it is a name."""
    text = " ".join(sentence.split()).removesuffix(".")
    return text if text[1:2].isupper() else text[:1].lower() + text[1:]


def anchor(heading: str) -> str:
    """Return what a heading is called in an address, on the site and on code hosts alike."""
    kept = "".join(sign for sign in heading.lower() if sign.isalnum() or sign in " -_")
    return kept.strip().replace(" ", "-")
