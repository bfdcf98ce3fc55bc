"""Serve: the API, the outbox, the clock and, in a terminal, the local chat – until somebody says stop."""

import asyncio
import os
import socket
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from app.clockwork import make_clockwork
from app.platforms import Background
from app.settings import Settings, SettingsError
from app.stopping import AT_ONCE, Patience, end_all
from gateway.api.door import make_api
from gateway.api.protocol import opened
from gateway.gate import Gate
from gateway.hearing import listen as listen_to_others
from gateway.outbox import Outbox
from models import db, deliveries, leases
from web.door import add_pages

AGAIN_SECONDS = 5.0
"""How long to wait before a chat that fell over is started again."""

log = structlog.get_logger()


def listen(settings: Settings) -> socket.socket:
    """Take the address and port. Raises SettingsError with what is in the way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        number = getattr(error, "errno", None)  # Python's own sentence says the address a second time
        reason = os.strerror(number) if number and number > 0 else getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"HOST and PORT: {settings.host}:{settings.port} cannot be listened on: {reason}. "
            "Choose another, with PORT=3001 before the command, or end what uses it."
        ) from error


def url_of(door: socket.socket, settings: Settings) -> str:
    """Return where people and agents reach the server: as the setting says, else on this machine."""
    return settings.public_url or f"http://localhost:{door.getsockname()[1]}"


@asynccontextmanager
async def running(
    settings: Settings,
    gate: Gate,
    *,
    door: socket.socket,
    background: Mapping[str, Background] | None = None,
    patience: Callable[[], Patience] = lambda: AT_ONCE,
) -> AsyncIterator[None]:
    """Start everything of a gate and stop it in an orderly way; `patience` is asked for when that begins."""
    if settings.address.is_sqlite:  # one server to a file: who held a lease before this start is gone
        await deliveries.release_leases(at=gate.now())
        await leases.release_all()
    runner = web.AppRunner(_doors(settings, gate))
    await runner.setup()
    listening = await asyncio.get_running_loop().create_server(opened(runner), sock=door, backlog=1024)
    clockwork = make_clockwork(gate)
    clockwork.start()
    outbox = Outbox(gate)
    sending = asyncio.create_task(outbox.run(), name="outbox")
    runs = {"bells": listen_to_others, **(background or {})} if gate.bells.messenger else background or {}
    beside = [asyncio.create_task(_kept_alive(name, run, gate), name=name) for name, run in runs.items()]
    try:
        yield
    finally:
        left = patience()
        clockwork.shutdown(wait=False)
        listening.close()
        gate.answer_all()  # open long-polls are answered, and /health says that this is the end
        outbox.stop()
        await asyncio.wait({sending}, timeout=left.deliveries)
        await _hang_up(runner, within=left.calls)
        await end_all([*beside, sending], within=left.others)
        await _store_used(gate, within=left.others)


def _doors(settings: Settings, gate: Gate) -> web.Application:
    """Build what answers at the port: the API, and the pages beside it."""
    doors = make_api(
        gate,
        allowed_origins=settings.cors_allowed_origins,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else "",
    )
    add_pages(doors, gate, trusted_proxies=settings.trusted_proxies)
    return doors


async def _hang_up(runner: web.AppRunner, *, within: float) -> None:
    """Let open calls end, then cancel them; idle connections are closed at once."""
    if runner.server is not None:
        runner.server.pre_shutdown()
        await runner.server.shutdown(within)
    await runner.cleanup()


async def _kept_alive(name: str, run: Background, gate: Gate) -> None:
    """Run a chat forever: one that falls over is said loudly and started again, and the rest lives on."""
    while True:
        try:
            await run(gate)
        except Exception:  # a chat's fault must not end the server
            log.exception("chat.fell_over", chat=name)
        await asyncio.sleep(AGAIN_SECONDS)


async def _store_used(gate: Gate, *, within: float) -> None:
    try:
        async with asyncio.timeout(within):
            await gate.keyring.store_used()
    except db.Unreachable:  # a time-out is among them
        log.warning("keys.use_not_stored")
