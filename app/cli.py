"""`agentgate-server`: what the person who runs AgentGate types.

Exit codes: 0 done, 1 a setting is wrong or something that is needed cannot be reached, 2 the command line is wrong.
"""

import asyncio
import getpass
import re
import sys
from collections.abc import Coroutine
from importlib.metadata import version
from socket import socket
from typing import Annotated

import typer

from app.bootstrap import make_admin
from app.database import migrate as bring_up_to_date
from app.database import open_database
from app.demo import run_demo
from app.doctor import doctor
from app.first_start import announce, make_keys
from app.log import set_up_logging
from app.manifests import manifests
from app.platforms import platforms_of
from app.secret import secret_of
from app.secret_mark import leave_mark
from app.server import listen, running, url_of
from app.settings import Settings, SettingsError, hinted, misspelt, read_settings
from app.sole_server import alone_on, file_probe
from app.stopping import StopSignal, until_stopped
from app.wiring import make_gate, now, sharing
from bot.terminal.chat import TerminalChat
from gateway.errors import Invalid
from gateway.targets import check_approver

cli = typer.Typer(
    name="agentgate-server",
    help="The gate AI agents ask before they do something that matters.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)

ChatOption = Annotated[
    bool | None, typer.Option("--chat/--no-chat", help="Show the local chat; default: in a terminal")
]


def _somebody(name: str | None) -> str | None:
    """Check what somebody wants to be called: it becomes part of an actor, which rules and columns have to take."""
    try:
        return name and check_approver(f"terminal:{name}").partition(":")[2]
    except Invalid as error:
        raise typer.BadParameter("a name has no spaces, colons or commas, and 100 characters at most") from error


NameOption = Annotated[
    str | None,
    typer.Option("--as", callback=_somebody, help="Who you are in the local chat; default: your login name"),
]
KeyNameOption = Annotated[str | None, typer.Option("--name", help="What the key is called; default: first-admin")]
ForceOption = Annotated[bool, typer.Option("--force", help="Make an admin key although there is one")]


def main() -> None:
    """Run the command that was typed; a wrong setting is one sentence, not a traceback."""
    try:
        cli()
    except SettingsError as error:
        print(f"agentgate-server: {error}", file=sys.stderr)
        raise SystemExit(1) from error


@cli.command()
def serve(chat: ChatOption = None, name: NameOption = None) -> None:
    """Start the gateway and, in a terminal, the local chat. Ctrl-C ends it."""
    settings = _settings()
    with_chat = chat if chat is not None else sys.stdin.isatty() and sys.stdout.isatty()
    _set_up_logging(settings, beside_chat=with_chat)
    _warn_of_misspelt()
    _run(_serve(settings, TerminalChat(name=name or login_name()) if with_chat else None))


@cli.command()
def migrate() -> None:
    """Bring the database up to date; may run any number of times."""
    settings = _settings()
    _set_up_logging(settings, beside_chat=True)
    _run(_migrate(settings))


@cli.command()
def bootstrap(name: KeyNameOption = None, force: ForceOption = False) -> None:
    """Make the first admin key and print it, alone on standard output; refused when there is one."""
    settings = _settings()
    _set_up_logging(settings, beside_chat=True)
    _run(make_admin(settings, name=name, force=force))


@cli.command()
def demo() -> None:
    """Watch an agent ask for four things: a temporary database, a free port, no questions, 15 seconds."""
    set_up_logging(level="error", pretty=True)
    _run(run_demo())


cli.command()(doctor)
cli.add_typer(manifests, name="manifest")


@cli.callback(invoke_without_command=True)
def _main(
    show_version: Annotated[bool, typer.Option("--version", help="Show the version and end")] = False,
) -> None:
    if show_version:
        print(version("agentgate-server"))
        raise typer.Exit


def login_name() -> str:
    """Return the login name as an actor's id, or `local` where there is none."""
    try:
        login = getpass.getuser()
    except (KeyError, OSError):
        return "local"
    return re.sub(r"[\s:,]+", "-", login)[:100] or "local"


def _settings() -> Settings:
    return read_settings()


def _set_up_logging(settings: Settings, *, beside_chat: bool) -> None:
    pretty = settings.log_format == "pretty" if settings.log_format else sys.stderr.isatty()
    set_up_logging(level=settings.log_level or ("warning" if beside_chat else "info"), pretty=pretty)


def _warn_of_misspelt() -> None:
    for wrong, right in (misspelt() | hinted()).items():
        print(f"agentgate-server: {wrong} is not a setting; did you mean {right}?", file=sys.stderr)


async def _serve(settings: Settings, chat: TerminalChat | None) -> None:
    stop = StopSignal()
    try:
        with listen(settings) as door, alone_on(settings.address):
            await _serve_at(door, settings, chat, stop)
    except asyncio.CancelledError:
        if not stop.came.is_set():
            raise
        raise typer.Exit(stop.exit_code) from None  # the signal came during the start


async def _serve_at(door: socket, settings: Settings, chat: TerminalChat | None, stop: StopSignal) -> None:
    url = url_of(door, settings)
    async with open_database(settings), sharing(settings) as shared:
        platforms = platforms_of(settings, terminal=chat, clock=now)
        gate = make_gate(settings, platforms, public_url=url, shared=shared)
        if settings.address.path is not None:
            gate.probes["storage"] = file_probe(settings.address.path)
        differs = await leave_mark(secret_of(settings))
        if differs is not None:
            gate.probes["secret"] = differs
        first = await make_keys(gate, settings)
        stop.has_started()
        background, patience = platforms.background, lambda: stop.patience
        async with running(settings, gate, door=door, background=background, patience=patience):
            announce(url, first)
            await until_stopped(stop, (lambda: chat.run(gate)) if chat else None)


async def _migrate(settings: Settings) -> None:
    applied = await bring_up_to_date(settings)
    print("\n".join(f"applied {name}" for name in applied) or "nothing to do: the database is up to date")


def _run(work: Coroutine[object, object, None]) -> None:
    """Run until done, on uvloop where there is one. Ctrl-C before anything runs is no error either."""
    try:
        import uvloop
    except ImportError:  # Windows and PyPy have none
        loop_factory = None
    else:
        loop_factory = uvloop.new_event_loop
    try:
        with asyncio.Runner(loop_factory=loop_factory) as runner:
            runner.run(work)
    except KeyboardInterrupt:
        raise SystemExit(130) from None
