"""A house with a real gate in it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from gateway.gate import Gate
from tests.agents.house import House, a_house
from tests.sdk.scripted_gate import ScriptedGate


@pytest.fixture
async def house(gate: Gate, tmp_path: Path) -> AsyncIterator[House]:
    async with a_house(gate, tmp_path) as house:
        yield house


@pytest.fixture
def scripted() -> Iterator[ScriptedGate]:
    """What answers in a gate's place."""
    with ScriptedGate() as gate:
        yield gate
