"""The two ways to end a server, and how long each may take."""

import signal

import pytest

NOISE = 4
"""How many seconds a busy machine may take for nothing."""
LIMITS = {signal.SIGINT: 2 + NOISE, signal.SIGTERM: 10 + NOISE}
ENDS = [pytest.param(number, id=number.name) for number in LIMITS]
