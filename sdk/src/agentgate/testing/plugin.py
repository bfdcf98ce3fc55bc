"""The pytest fixture `fake_gate`; pytest finds it by itself where this package is installed."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:  # imported when a test asks for it: runs without such tests should not pay for it
    from ._gate import FakeGate


@pytest.fixture
def fake_gate(monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeGate]:
    """A FakeGate to which AGENTGATE_URL and AGENTGATE_API_KEY lead, as long as the test runs."""
    from . import FakeGate

    with FakeGate() as gate:
        for name, value in gate.environment.items():
            monkeypatch.setenv(name, value)
        yield gate
