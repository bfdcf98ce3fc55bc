"""What a guarded function asks for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from typing import Any


@dataclass(frozen=True, slots=True)
class Conditions:
    """The action and how to ask for it; the parameters are the arguments of each call."""

    action: str
    urgency: str | None
    timeout: float | timedelta | None
    context: Mapping[str, Any] | None
