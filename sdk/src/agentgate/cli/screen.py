"""What people see: tables and sentences on a terminal, plain lines in a pipe, one JSON document for scripts."""

import json
import sys
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Any

from rich.console import Console
from rich.table import Table
from rich.text import Text

from .visible import visible

COLOURS = {
    "approved": "green",
    "denied": "red",
    "expired": "yellow",
    "cancelled": "yellow",
    "pending": "cyan",
}


def out() -> Console:
    """Return standard output as a console that obeys no markup and colours only a terminal."""
    return Console(file=sys.stdout, markup=False, highlight=False, emoji=False, soft_wrap=True)


def err() -> Console:
    """Return standard error as such a console."""
    return Console(file=sys.stderr, markup=False, highlight=False, emoji=False, soft_wrap=True)


def say(sentence: str, *, status: str = "") -> None:
    """Print a sentence of ours on standard output, coloured like a status."""
    out().print(Text(visible(sentence), style=COLOURS.get(status, "")))


def note(sentence: str) -> None:
    """Print a remark on standard error."""
    err().print(Text(visible(sentence)))


def print_json(document: Any) -> None:
    """Print the one JSON document of a command; its escapes keep it harmless on a terminal."""
    print(json.dumps(document, indent=2))


def table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print a table on a terminal; in a pipe one line a row, its cells separated by tabs."""
    console = out()
    if not console.is_terminal:
        for row in rows:
            print("\t".join(cell(value) for value in row))
        return
    drawn = Table(box=None, pad_edge=False, header_style="bold")
    for number, header in enumerate(headers):
        drawn.add_column(header, overflow="fold", no_wrap=number == 0)
    for row in rows:
        drawn.add_row(*[Text(cell(value), style=COLOURS.get(str(value), "")) for value in row])
    console.print(drawn, soft_wrap=False)


def fields(rows: Iterable[tuple[str, object]]) -> None:
    """Print labelled values, one a line, leaving out what there is not."""
    console = out()
    for label, value in rows:
        if value is not None and value != "":
            line = Text(f"{visible(label):<14} ", style="bold")
            line.append(Text(cell(value), style=f"not bold {COLOURS.get(str(value), '')}".strip()))
            console.print(line)


def cell(value: object) -> str:
    """Return any value as one line of safe text."""
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return value.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%SZ")
        case dict() | list():
            return visible(json.dumps(value, ensure_ascii=False))
        case tuple():
            return ", ".join(cell(item) for item in value)
        case _:
            return visible(str(value))
