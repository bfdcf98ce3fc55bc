"""`agentgate config`: which gate and key are in effect, and keeping them in a file."""

import re
from enum import StrEnum
from typing import Annotated

import typer

from agentgate._connection import Address

from . import settings
from .screen import fields, print_json, say
from .shared import AsJson

KEY = re.compile(r"agk_[!-~]{12,}")
"""What a gate takes as a key; those that it makes have 47 characters."""

app = typer.Typer(help="Which gate and which key are used, and where that comes from.", rich_markup_mode=None)


class Name(StrEnum):
    """What can be kept."""

    URL = "url"
    API_KEY = "api-key"


@app.callback(invoke_without_command=True)
def show(context: typer.Context, as_json: AsJson = False) -> None:
    """Show which gate and which key are used, and where that comes from."""
    if context.invoked_subcommand is not None:
        return
    found = settings.of(context)
    key = settings.masked(found.api_key.value)
    if as_json:
        print_json(
            {
                "url": found.url.value,
                "urlFrom": found.url.source,
                "apiKey": key,
                "apiKeyFrom": found.api_key.source if key else None,
                "file": str(settings.path()),
            }
        )
        return
    fields(
        [
            ("url", f"{found.url.value} (from {found.url.source})"),
            ("api key", f"{key} (from {found.api_key.source})" if key else "none"),
            ("file", str(settings.path())),
        ]
    )


@app.command("set")
def keep(
    name: Annotated[Name, typer.Argument(help="url or api-key")],
    value: Annotated[str, typer.Argument(help="The value; - reads it from standard input.")],
) -> None:
    """Keep the url or the api-key in a file that only you can read."""
    given = (_asked(name) if value == "-" else value).strip()
    if not given:
        raise typer.BadParameter("There is nothing to keep.")
    if name is Name.API_KEY and not KEY.fullmatch(given):
        raise typer.BadParameter("This is no API key: one begins with agk_, has 16 characters or more, and no spaces.")
    Address.find(*((given, None) if name is Name.URL else (None, given)))  # refuses what could not be used later
    settings.keep(name, given)
    say(f"Kept in {settings.path()}.")


def _asked(name: Name) -> str:
    """Read a value from standard input; at a terminal, ask for it, and do not show a key while it is typed."""
    stdin = typer.get_text_stream("stdin")
    if not stdin.isatty():
        return stdin.readline()
    answer: str = typer.prompt(name.value, hide_input=name is Name.API_KEY, err=True)
    return answer
