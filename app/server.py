"""Serve: the API, the outbox, the clock and, in a terminal, the local chat – until somebody says stop."""

import asyncio
import contextlib
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager

import structlog
from aiohttp import web

from app.clockwork import make_clockwork
from app.platforms import Background
from app.settings import Settings, SettingsError
from gateway.api.door import make_api
from gateway.api.protocol import opened
from gateway.gate import Gate
from gateway.outbox import Outbox
from models import db, deliveries, leases

GOODBYE_SECONDS = 0.8
"""How long open calls, and cards on their way, may still take when the server stops."""

AGAIN_SECONDS = 5.0
"""How long to wait before a chat that fell over is started again."""

log = structlog.get_logger()


def listen(settings: Settings) -> socket.socket:
    """Take the address and port. Raises SettingsError with what is in the way."""
    family = socket.AF_INET6 if ":" in settings.host else socket.AF_INET
    try:
        return socket.create_server((settings.host, settings.port), family=family, backlog=1024)
    except (OSError, UnicodeError) as error:
        reason = getattr(error, "strerror", None) or str(error)
        raise SettingsError(
            f"HOST and PORT: {settings.host}:{settings.port} cannot be listened on: {reason}. "
            "Choose another with PORT=…, or end what uses it."
        ) from error


def url_of(door: socket.socket, settings: Settings) -> str:
    """Return where people and agents reach the server: as the setting says, else on this machine."""
    return settings.public_url or f"http://localhost:{door.getsockname()[1]}"


@asynccontextmanager
async def running(
    settings: Settings, gate: Gate, *, door: socket.socket, background: Mapping[str, Background] | None = None
) -> AsyncIterator[None]:
    """Start everything of a gate and stop it in reverse; open long-polls are answered before the end."""
    if settings.address.is_sqlite:  # one server to a file: who held a lease before this start is gone
        await deliveries.release_leases(at=gate.now())
        await leases.release_all()
    api = make_api(
        gate,
        allowed_origins=settings.cors_allowed_origins,
        trusted_proxies=settings.trusted_proxies,
        metrics_token=settings.metrics_token.get_secret_value() if settings.metrics_token else "",
    )
    runner = web.AppRunner(api, shutdown_timeout=GOODBYE_SECONDS, handle_signals=False)
    await runner.setup()
    listening = await asyncio.get_running_loop().create_server(opened(runner), sock=door, backlog=1024)
    clockwork = make_clockwork(gate)
    clockwork.start()
    outbox = Outbox(gate)
    sending = asyncio.create_task(outbox.run(), name="outbox")
    chats = [asyncio.create_task(_kept_alive(name, run, gate), name=name) for name, run in (background or {}).items()]
    try:
        yield
    finally:
        clockwork.shutdown(wait=False)
        listening.close()
        gate.waiters.close()
        await runner.cleanup()
        outbox.stop()
        await asyncio.wait({sending}, timeout=GOODBYE_SECONDS)
        for task in (*chats, sending):
            await _end(task)
        await _store_used(gate)


async def _kept_alive(name: str, run: Background, gate: Gate) -> None:
    """Run a chat forever: one that falls over is said loudly and started again, and the rest lives on."""
    while True:
        try:
            await run(gate)
        except Exception:  # a chat's fault must not end the server
            log.exception("chat.fell_over", chat=name)
        await asyncio.sleep(AGAIN_SECONDS)


async def _end(task: asyncio.Task[None]) -> None:
    task.cancel()
    with contextlib.suppress(asyncio.CancelledError):
        await task


async def _store_used(gate: Gate) -> None:
    try:
        await gate.keyring.store_used()
    except db.Unreachable:
        log.warning("keys.use_not_stored")


def stop_signal() -> asyncio.Event:
    """Return an event that SIGINT and SIGTERM set."""
    stopping = asyncio.Event()
    loop = asyncio.get_running_loop()
    for number in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(number, stopping.set)
    return stopping


async def until_stopped(stopping: asyncio.Event, foreground: Callable[[], Awaitable[None]] | None = None) -> None:
    """Wait for the stop signal, or for the end of what runs in the foreground."""
    waiting = [asyncio.create_task(_wait_for(stopping), name="stopping")]
    if foreground is not None:
        waiting.append(asyncio.create_task(_interruptible(foreground), name="chat"))
    done, rest = await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for task in rest:
        await _end(task)
    for task in done:
        task.result()


async def _wait_for(stopping: asyncio.Event) -> None:
    await stopping.wait()


async def _interruptible(foreground: Callable[[], Awaitable[None]]) -> None:
    """Run the chat; Ctrl-C and Ctrl-D there mean stop."""
    with contextlib.suppress(KeyboardInterrupt, EOFError):
        await foreground()
