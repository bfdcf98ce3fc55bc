"""The guide to MCP: its settings start a server that a client can use, its commands run, its tables are complete."""

import asyncio
import json
import os
import re
import shlex
import sys
from pathlib import Path

import pytest
from agentgate import Status
from agentgate.mcp.tools import TOOLS
from mcp import Client, StdioServerParameters

from tests.agents.clients import Model
from tests.agents.guides import examples
from tests.agents.house import House
from tests.house.tree import ROOT, code_in

PAGE = (ROOT / "docs/howto/mcp.md").read_text(encoding="utf-8")
[SETTINGS] = (json.loads(block) for block in examples("mcp.md", "json"))
COMMANDS = [block.strip() for block in examples("mcp.md", "sh") if block.startswith("agentgate")]
PATH = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])


async def test_the_settings_of_the_guide_give_a_model_the_tools(house: House) -> None:
    told = SETTINGS["mcpServers"]["agentgate"]
    assert set(told["env"]) == {"AGENTGATE_URL", "AGENTGATE_API_KEY"}
    here = house.environment | {"PATH": PATH}
    server = StdioServerParameters(command=told["command"], args=told["args"], env=told["env"] | here)
    async with Client(server) as client:
        asking = asyncio.ensure_future(Model(client).uses("request_approval", action="mail.send", reason="A test."))
        await house.decided()
        assert (await asking)["approved"]


@pytest.mark.parametrize("command", COMMANDS)
async def test_the_commands_of_the_guide_serve(house: House, command: str) -> None:
    words = shlex.split(command.replace("3001", "0"))
    running = await house.start(*words[1:])
    assert running.process.stderr is not None
    line = (await running.process.stderr.readline()).decode()
    assert "Whoever reaches it acts with the key" in line
    assert (f"http://{words[words.index('--host') + 1] if '--host' in words else '127.0.0.1'}:") in line


def rows(title: str) -> list[set[str]]:
    """Return what stands in backticks in the first cells of the table under a heading row."""
    [table] = re.findall(rf"^\| {title} .*\n\|.*\n((?:\|.*\n)+)", PAGE, re.MULTILINE)
    return [code_in(line.split("|")[1]) for line in table.splitlines()]


def test_every_tool_and_every_outcome_has_its_row() -> None:
    assert rows("tool") == [{tool.name} for tool in TOOLS]
    assert rows("`status`") == [{status.value} for status in Status]
