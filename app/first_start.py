"""The first start makes an admin key and an agent key, and says once how to try them."""

import os
import sys
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from rich.console import Console
from rich.text import Text

from app.settings import Settings
from gateway.errors import AdminExists, NameTaken
from gateway.gate import Gate
from gateway.key_draft import KeyDraft
from gateway.keys import create_key
from gateway.views import SYSTEM_START
from models import keys
from models.words import Scope

FIRST_ADMIN = "first-admin"
ENV_ADMIN = "env-admin"


@dataclass(frozen=True, slots=True)
class FirstKeys:
    """What was made at the first start; `admin` is None where the setting gave it."""

    agent: str
    admin: str | None


async def make_keys(gate: Gate, settings: Settings) -> FirstKeys | None:
    """Create the key that ADMIN_API_KEY gives, if it is new; on a database without any key, the first two.

    Of two starts at once, one makes them and says so.
    """
    is_first = await keys.count() == 0
    given = settings.admin_api_key.get_secret_value() if settings.admin_api_key else None
    if given is not None:
        await _ensure_admin(gate, given)
    if not is_first or not settings.address.is_sqlite:
        return None
    try:
        return await _first_two(gate, with_admin=given is None)
    except (AdminExists, NameTaken):
        return None  # another start, or bootstrap, was quicker


async def _first_two(gate: Gate, *, with_admin: bool) -> FirstKeys:
    admin = None
    if with_admin:
        draft = KeyDraft(FIRST_ADMIN, (Scope.ADMIN,))
        admin = (await create_key(gate, draft, by=SYSTEM_START, unless_admin=True)).secret
    agent = await create_key(gate, KeyDraft("first-agent", (Scope.REQUEST_CREATE,)), by=SYSTEM_START)
    return FirstKeys(agent.secret, admin)


async def _ensure_admin(gate: Gate, secret: str) -> None:
    """Create the given admin key unless it is known."""
    while await keys.find_digest(gate.keyring.digest(secret)) is None:
        with suppress(NameTaken):  # another replica was quicker: with this key, or with the name
            draft = KeyDraft(await free_name(ENV_ADMIN), (Scope.ADMIN,))
            await create_key(gate, draft, by=SYSTEM_START, secret=secret)


async def free_name(base: str) -> str:
    """Return the first name that no key has: NAME, NAME-2, NAME-3, …"""
    taken = {key.active_name for key in await keys.unrevoked()}
    names = (base if number == 1 else f"{base}-{number}" for number in count(1))
    return next(name for name in names if name not in taken)


def announce(url: str, first: FirstKeys | None) -> None:
    """Say where the server is and, on the first start, the keys and a line to paste."""
    console = Console(soft_wrap=True, highlight=False)
    console.print(Text.assemble(("AgentGate", "bold green"), " is running at ", (url, "bold")))
    if first is not None:
        _show_keys(console, url, first)
    sys.stdout.flush()  # a pipe would keep it back until the end


def _show_keys(console: Console, url: str, first: FirstKeys) -> None:
    console.print("\nFirst start: these keys were made. They are shown this once and kept nowhere.")
    if first.admin is not None:
        console.print(Text.assemble("  admin key  ", (first.admin, "bold")))
    console.print(Text.assemble("  agent key  ", (first.agent, "bold")))
    if first.admin is not None:
        console.print(Text.assemble("\nLog in with the admin key in a browser: ", (url, "bold")))
    console.print("\nAsk for an approval from a second terminal:")
    console.print(Text.assemble("  ", (paste_line(url, first.agent), "cyan")))


def paste_line(url: str, agent_key: str) -> str:
    """Return the command that asks for an approval and waits for it."""
    command = Path(sys.executable).with_name("agentgate")
    here = os.path.relpath(command)
    shown = str(command) if here.startswith("..") else here
    return (
        f"AGENTGATE_URL={url} AGENTGATE_API_KEY={agent_key} "
        f"{shown} request deploy.prod --param env=prod --reason 'Release 1.4 is ready' --wait 15m"
    )
