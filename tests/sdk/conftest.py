"""A scripted gate, and the command line pointed at it."""

import asyncio
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from agentgate import AgentGate, AsyncAgentGate

from tests.sdk.command import Ask, Cli
from tests.sdk.scripted_gate import KEY, QUICK, ScriptedGate


@pytest.fixture
def scripted() -> Iterator[ScriptedGate]:
    with ScriptedGate() as gate:
        yield gate


@pytest.fixture
def environment(scripted: ScriptedGate, tmp_path: Path) -> dict[str, str]:
    clean = {name: value for name, value in os.environ.items() if not name.startswith(("AGENTGATE_", "XDG_"))}
    return {**clean, **scripted.environment, "HOME": str(tmp_path), "TERM": "xterm-256color", "COLUMNS": "200"}


@pytest.fixture
def cli(environment: dict[str, str]) -> Cli:
    def run(*arguments: str, stdin: str = "", **changes: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", "agentgate", *arguments],
            input=stdin,
            env={**environment, **changes},
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
        )

    return run


def blocking(url: str, verb: str, *args: Any, patience: float = 30, **named: Any) -> Any:
    with AgentGate(url, api_key=KEY, timeout=patience, backoff=QUICK) as gate:
        return getattr(gate, verb)(*args, **named)


def awaited(url: str, verb: str, *args: Any, patience: float = 30, **named: Any) -> Any:
    async def ask() -> Any:
        async with AsyncAgentGate(url, api_key=KEY, timeout=patience, backoff=QUICK) as gate:
            return await getattr(gate, verb)(*args, **named)

    return asyncio.run(ask())


@pytest.fixture(params=[blocking, awaited])
def ask(request: pytest.FixtureRequest) -> Ask:
    """Either client, used once: both have to weather the same."""
    chosen: Ask = request.param
    return chosen
