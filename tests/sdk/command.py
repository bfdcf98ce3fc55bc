"""What the fixtures lend: the command as a process of its own, and either client for one call."""

import json
import subprocess
from collections.abc import Callable
from typing import Any

Cli = Callable[..., subprocess.CompletedProcess[str]]
"""Runs `agentgate` with arguments, `stdin=` and changes to the environment."""

Ask = Callable[..., Any]
"""Calls a verb of a client at an address: url, verb, then what the verb takes."""


def document(finished: subprocess.CompletedProcess[str]) -> Any:
    return json.loads(finished.stdout)
