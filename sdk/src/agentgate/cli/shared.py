"""Options that several commands share, declared once."""

from datetime import datetime, timedelta
from typing import Annotated

import typer

from . import typed

AsJson = Annotated[bool, typer.Option("--json", help="Print one JSON document on standard output, nothing else.")]
RequestRef = Annotated[str, typer.Argument(metavar="ID", help="A request's id or short code.")]
Reason = Annotated[str | None, typer.Option("--reason", help="Why; shown to the agent and kept in the audit trail.")]
Params = Annotated[
    list[str],
    typer.Option(
        "--param", "-p", metavar="KEY=VALUE", help="One parameter; JSON where it parses, else text. Repeatable."
    ),
]
ParamsFile = Annotated[
    str | None, typer.Option("--params-file", metavar="FILE", help="Parameters as a JSON object; - for standard input.")
]
Context = Annotated[
    list[str], typer.Option("--context", metavar="KEY=VALUE", help="What helps to decide; shown as the agent's words.")
]
Urgency = Annotated[
    str | None, typer.Option("--urgency", parser=typed.urgency, metavar="WORD", help="low, normal, high or critical.")
]
Limit = Annotated[int | None, typer.Option("--limit", help="How many at most.")]
Cursor = Annotated[str | None, typer.Option("--cursor", help="Go on where a page ended.")]
ExpiresIn = Annotated[
    timedelta | None,
    typer.Option(
        "--expires-in", parser=typed.duration, metavar="DURATION", help="When it ends, such as 15m, 1h30m or 2d."
    ),
]
Timeout = Annotated[
    timedelta | None,
    typer.Option(
        "--timeout", parser=typed.duration, metavar="DURATION", help="Give up after so long; never by default."
    ),
]
Since = Annotated[
    datetime | None,
    typer.Option("--from", parser=typed.moment, metavar="TIME", help="2026-01-31, or how long ago: 7d, 12h."),
]
Until = Annotated[
    datetime | None,
    typer.Option("--to", parser=typed.last_moment, metavar="TIME", help="The same; a day counts whole."),
]


def params_of(pairs: list[str], file: str | None) -> dict[str, object]:
    """Put a file's parameters and the single ones together; a single one wins."""
    return {**(typed.json_file(file) if file else {}), **typed.pairs(pairs, "--param")}
