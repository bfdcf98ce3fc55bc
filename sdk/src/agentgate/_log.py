"""What a client tells while it works: events with fields, never parameters, reasons, keys or what a body holds."""

from __future__ import annotations

import logging
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import TypeAlias

LOGGER = logging.getLogger("agentgate")
# who configures no logging reads no lines: without a handler Python would print warnings to standard error
LOGGER.addHandler(logging.NullHandler())


@dataclass(frozen=True, slots=True)
class LogEvent:
    """Something that a client did or met; `level` is one of `logging`'s.

    Attributes:
        name: What happened, such as `request.asked` or `call.retried`.
        level: How much it matters: `logging.DEBUG`, `INFO` or `WARNING`.
        fields: The details, such as `request_id`, `action`, `status` and `seconds`.
    """

    name: str
    level: int = logging.INFO
    fields: Mapping[str, object] = field(default_factory=dict)

    def __str__(self) -> str:
        return " ".join([self.name, *(f"{name}={value}" for name, value in self.fields.items())])


Log: TypeAlias = Callable[[LogEvent], None]


def to_logging(event: LogEvent) -> None:
    """Write an event to the logger `agentgate`; its fields are attributes of the record."""
    LOGGER.log(event.level, "%s", event, extra={"event": event.name, **event.fields})


def told(log: Log, event: LogEvent) -> None:
    """Give an event to a hook; one that fails is reported and harms nothing, for what is asked matters more."""
    try:
        log(event)
    except Exception:
        LOGGER.exception("The log hook failed at %s.", event.name)
