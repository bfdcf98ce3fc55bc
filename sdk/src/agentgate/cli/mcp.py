"""`agentgate mcp`: the tools by which a model asks people, for any client that speaks MCP."""

import asyncio
import signal
from typing import Annotated

import typer

from agentgate import AgentGateError

from . import settings
from .screen import note


def mcp(
    context: typer.Context,
    http: Annotated[
        bool, typer.Option("--http", help="Serve streamable HTTP instead of standard input and output.")
    ] = False,
    host: Annotated[str, typer.Option("--host", help="The address to listen at.")] = "127.0.0.1",
    port: Annotated[int, typer.Option("--port", min=0, max=65535, help="The port; 0 takes a free one.")] = 3001,
    allow_host: Annotated[
        list[str], typer.Option("--allow-host", metavar="NAME", help="Another name it may be called by. Repeatable.")
    ] = [],  # noqa: B006 -- the command line library reads the default, nothing changes it
) -> None:
    """Serve MCP tools by which a model asks; none can approve."""
    try:
        from agentgate.mcp.serving import Site, serve_http, serve_pipe
    except ModuleNotFoundError as missing:
        if (missing.name or "").partition(".")[0] in {"agentgate", "httpx"}:
            raise
        raise AgentGateError(
            f'The MCP server needs {missing.name}. Install it with: pip install "agentgate-client[mcp]"'
        ) from missing
    found = settings.of(context)
    site = Site(host, port, tuple(allow_host))
    if not http:
        if site != Site():
            raise typer.BadParameter("--host, --port and --allow-host go with --http.")
        # a thread reads the pipe, and an orderly end would wait for the client to write once more
        signal.signal(signal.SIGINT, signal.SIG_DFL)
        asyncio.run(serve_pipe(found.url.value, found.api_key.value))
        return
    if not site.is_private and not allow_host:
        raise typer.BadParameter(
            f"At {host} others could reach it and act with your key. If that is meant, say by which name: --allow-host."
        )
    key = _needed(found.api_key.value)

    def ready(address: str) -> None:
        note(f"MCP is served at {address}. Whoever reaches it acts with the key {settings.masked(key)}.")

    asyncio.run(serve_http(found.url.value, key, site, ready=ready))


def _needed(api_key: str | None) -> str:
    """Return the key. Raises AgentGateError where there is none."""
    if not api_key:
        raise AgentGateError(
            "No API key is set, so nothing could be asked. "
            "Set AGENTGATE_API_KEY, or keep one with `agentgate config set api-key -`."
        )
    return api_key
