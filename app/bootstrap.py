"""`agentgate-server bootstrap`: the first admin key, for a server that prints none when it starts."""

import sys

import typer

from app.database import open_database
from app.first_start import FIRST_ADMIN, free_name
from app.platforms import Platforms
from app.secret import secret_of
from app.secret_mark import take_for_good
from app.settings import Settings, SettingsError
from app.wiring import make_gate
from gateway.errors import AdminExists, GateError, NameTaken
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey, create_key
from gateway.views import SYSTEM_START
from models.words import Scope


async def make_admin(settings: Settings, *, name: str | None, force: bool) -> None:
    """Make an admin key and print it alone; what is meant for people goes to standard error.

    Ends with 1, and prints no key, when there is an active admin key, unless `force`.
    """
    if settings.address.is_sqlite and settings.address.path is None:
        raise SettingsError("DATABASE_URL: a database in memory is gone when this ends, and the key with it")
    async with open_database(settings):
        gate = make_gate(settings, Platforms(), public_url=settings.public_url)
        try:
            made = await _make(gate, name, force=force)
            if force:
                await take_for_good(secret_of(settings))
        except AdminExists as refusal:
            _say(f"{refusal.sentence} Use it, or make another with --force.")
            raise typer.Exit(1) from refusal
        except GateError as refusal:
            _say(refusal.sentence)
            raise typer.Exit(1) from refusal
    print(made.secret, flush=True)
    print(
        f"This is the admin key “{made.key.name}”. It may do everything, is shown this once and kept nowhere.\n"
        "Set it as AGENTGATE_API_KEY, and make keys for agents: agentgate keys create NAME request:create",
        file=sys.stderr,
    )


async def _make(gate: Gate, name: str | None, *, force: bool) -> NewKey:
    while True:
        draft = KeyDraft(name or await free_name(FIRST_ADMIN), (Scope.ADMIN,))
        try:
            return await create_key(gate, draft, by=SYSTEM_START, unless_admin=not force)
        except NameTaken:
            if name is not None:
                raise
            # else somebody has just taken the name that was free


def _say(sentence: str) -> None:
    print(f"agentgate-server: {sentence}", file=sys.stderr)
