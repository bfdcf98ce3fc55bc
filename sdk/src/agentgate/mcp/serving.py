"""How the tools are reached: over a pipe by the client that started this process, or over HTTP on this machine."""

import secrets
import socket
from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

import uvicorn
from mcp.server.lowlevel.server import Server
from mcp.server.stdio import stdio_server
from mcp.server.transport_security import TransportSecuritySettings

from agentgate import AgentGateError, AsyncAgentGate

from .ledger import Ledger
from .server import make_server
from .verbs import Desk

PATH = "/mcp"
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
LAST_ANSWERS = 2
"""Seconds that open calls have at the end; each of them can be asked again."""


@dataclass(frozen=True, slots=True)
class Site:
    """Where the tools are served over HTTP, and under which other names they may be called."""

    host: str = "127.0.0.1"
    port: int = 3001
    names: Sequence[str] = ()

    @property
    def is_private(self) -> bool:
        """Whether only programs of this machine can reach it."""
        return self.host in {"127.0.0.1", "localhost", "::1"}

    def guarded(self, port: int) -> TransportSecuritySettings:
        """Name the hosts and origins that are let in; pages of other sites, and names turned on us, are not."""
        hosts = [f"{name}:{port}" for name in LOOPBACK]
        hosts += [known for name in self.names for known in (name, f"{name}:{port}")]
        return TransportSecuritySettings(
            enable_dns_rebinding_protection=True,
            allowed_hosts=hosts,
            allowed_origins=[f"{scheme}://{host}" for host in hosts for scheme in ("http", "https")],
        )


@asynccontextmanager
async def tools(url: str | None, api_key: str | None) -> AsyncIterator[Server[dict[str, Any]]]:
    """Open the gate and put the tools before it; `timeout` leaves a client's own minute room for a wait."""
    async with AsyncAgentGate(url, api_key=api_key, timeout=15.0) as gate:
        yield make_server(Desk(gate, Ledger(secrets.token_hex(8))))


async def serve_pipe(url: str | None, api_key: str | None) -> None:
    """Serve one client over standard input and output, until it closes them."""
    async with tools(url, api_key) as server, stdio_server() as (incoming, outgoing):
        await server.run(incoming, outgoing, server.create_initialization_options())


async def serve_http(url: str | None, api_key: str | None, site: Site, *, ready: Callable[[str], None]) -> None:
    """Serve any client that reaches the address; `ready` is told which it is."""
    with _listening(site) as door:
        port = door.getsockname()[1]
        async with tools(url, api_key) as server:
            app = server.streamable_http_app(streamable_http_path=PATH, transport_security=site.guarded(port))
            config = uvicorn.Config(
                app, log_config=None, log_level="warning", access_log=False, timeout_graceful_shutdown=LAST_ANSWERS
            )
            ready(f"http://{f'[{site.host}]' if ':' in site.host else site.host}:{port}{PATH}")
            await uvicorn.Server(config).serve(sockets=[door])


def _listening(site: Site) -> socket.socket:
    family = socket.AF_INET6 if ":" in site.host else socket.AF_INET
    try:
        return socket.create_server((site.host, site.port), family=family, backlog=2048)
    except OSError as error:
        reason = (error.strerror or str(error)).partition(" (while")[0]  # what follows says the address once more
        raise AgentGateError(
            f"{site.host}:{site.port} cannot be listened on: {reason}. Choose another --port, or end what uses it."
        ) from error
