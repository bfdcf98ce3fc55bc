"""`agentgate keys`: list, create, update, revoke."""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from agentgate import AgentGate

from . import typed
from .screen import note, print_json, say, table
from .settings import open_gate
from .shared import AsJson, ExpiresIn

app = typer.Typer(no_args_is_help=True, help="API keys of agents, scripts and people.", rich_markup_mode=None)
KeyRef = Annotated[str, typer.Argument(metavar="KEY", help="A key's id, or the name of an active one.")]
Scopes = Annotated[list[str], typer.Argument(metavar="SCOPE…", help="Scopes, such as request:create.")]
Rate = Annotated[int | None, typer.Option("--rate", help="Calls a minute.")]


@app.command("list")
def list_keys(context: typer.Context, as_json: AsJson = False) -> None:
    """List the keys, without their secrets."""
    with open_gate(context) as gate:
        page = gate.keys.list()
    if as_json:
        print_json(page.raw)
        return
    rows = [
        (key.name, key.id, key.scopes, key.rate_limit, key.active, key.last_used_at, key.expires_at) for key in page
    ]
    table(("NAME", "ID", "SCOPES", "RATE", "ACTIVE", "LAST USED", "ENDS"), rows)


@app.command()
def create(
    context: typer.Context,
    name: Annotated[str, typer.Argument(metavar="NAME", help="What to call it; unique among active keys.")],
    scopes: Scopes,
    rate: Rate = None,
    expires_in: ExpiresIn = None,
    as_json: AsJson = False,
) -> None:
    """Make a key; standard output is the key itself, shown this once."""
    with open_gate(context) as gate:
        key = gate.keys.create(name, typed.words(scopes), rate_limit=rate, expires_at=_end(expires_in))
    if as_json:
        print_json(key.raw)
        return
    note(f"Key {key.name} ({key.id}) may {', '.join(key.scopes)}. It is shown this once:")
    print(key.secret)


@app.command()
def update(
    context: typer.Context,
    ref: KeyRef,
    name: Annotated[str | None, typer.Option("--name", help="What it is called from now on.")] = None,
    scopes: Annotated[str | None, typer.Option("--scopes", help="All of its scopes, joined by commas.")] = None,
    rate: Rate = None,
    expires_in: ExpiresIn = None,
    as_json: AsJson = False,
) -> None:
    """Change what a key is called, what it may do or when it ends."""
    with open_gate(context) as gate:
        wanted = typed.words([scopes]) if scopes is not None else None
        key_id = _id_of(gate, ref)
        key = gate.keys.update(key_id, name=name, scopes=wanted, rate_limit=rate, expires_at=_end(expires_in))
    print_json(key.raw) if as_json else say(f"Key {key.name} may {', '.join(key.scopes)}.")


@app.command()
def revoke(context: typer.Context, ref: KeyRef, as_json: AsJson = False) -> None:
    """Take a key out of use, for good."""
    with open_gate(context) as gate:
        key_id = _id_of(gate, ref)
        gate.keys.revoke(key_id)
    print_json({"success": True, "id": key_id}) if as_json else say(f"Key {ref} is revoked.")


def _end(expires_in: timedelta | None) -> datetime | None:
    return None if expires_in is None else datetime.now(UTC) + expires_in


def _id_of(gate: AgentGate, ref: str) -> str:
    """Return the id of the key with this id or, among active keys, this name; else what was typed."""
    known = gate.keys.list().items
    by_id = [key.id for key in known if key.id == ref]
    return next(iter(by_id + [key.id for key in known if key.active and key.name == ref]), ref)
