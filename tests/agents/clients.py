"""The official MCP client before `agentgate mcp`, over a pipe and over HTTP, in either age of the protocol."""

import re
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from mcp import Client, StdioServerParameters
from mcp.types import CallToolResult, TextContent

from tests.agents.house import House

WAYS = ("pipe", "old pipe", "http", "old http")
"""How a client reaches the tools; over HTTP the old protocol has sessions, and the new one has none."""
IN_SESSIONS = ("pipe", "old pipe", "old http")


@dataclass
class Model:
    """A model that uses the tools."""

    client: Client

    async def uses(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """Use a tool that answers, and return the fields of its answer; the text says the same."""
        result = await self.call(tool, **arguments)
        assert not result.is_error, text(result)
        fields: dict[str, Any] = result.structured_content or {}
        if "status" in fields:
            whose = "" if fields["yours"] else "NOT YOURS. "
            assert text(result).startswith(whose + fields["status"].upper())
            assert fields["next_step"] in text(result)
        return fields

    async def fails(self, tool: str, **arguments: Any) -> str:
        """Use a tool that has no answer, and return what it says."""
        result = await self.call(tool, **arguments)
        assert result.is_error
        assert result.structured_content is None
        return text(result)

    async def call(self, tool: str, *, patience: float | None = None, **arguments: Any) -> CallToolResult:
        """Use a tool, whatever comes of it."""
        return await self.client.call_tool(tool, arguments, read_timeout_seconds=patience)


def text(result: CallToolResult) -> str:
    """Return what a model reads."""
    [content] = result.content
    assert isinstance(content, TextContent)
    return content.text


@asynccontextmanager
async def a_model(house: House, way: str = "pipe", *words: str, **settings: str) -> AsyncIterator[Model]:
    """Connect a client to a server of its own."""
    mode = "legacy" if way.startswith("old") else "auto"
    if way.endswith("pipe"):
        command = ["-m", "agentgate", "mcp", *words]
        server = StdioServerParameters(command=sys.executable, args=command, env=house.environment | settings)
        async with Client(server, mode=mode) as client:
            yield Model(client)
    else:
        address = await served_over_http(house, *words, **settings)
        async with Client(address, mode=mode) as client:
            yield Model(client)


async def served_over_http(house: House, *words: str, **settings: Any) -> str:
    """Start the server over HTTP at a free port, and return its address."""
    running = await house.start("mcp", "--http", "--port", "0", *words, **settings)
    assert running.process.stderr is not None
    line = (await running.process.stderr.readline()).decode()
    found = re.search(r"at (http://\S+/mcp)\. Whoever reaches it acts with the key agk_", line)
    assert found, line
    return found[1]
