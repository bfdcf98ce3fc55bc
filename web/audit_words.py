"""What the page of the audit trail says: the filter that its address names, its rows, how much matched. PURE."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

from gateway.checks import check_text
from gateway.dates import read_since, read_until
from gateway.errors import Invalid
from gateway.events import EVENTS
from gateway.redact import folded, visible
from gateway.views import EventView, Page
from models.events import EventFilter
from web.pretty import pretty

FIELDS = ("event", "actor", "action", "from", "to", "request")
LONGEST = {"actor": 255, "action": 200, "event": 60, "from": 60, "to": 60, "request": 60}
SAYS = ("name", "person", "identity", "policy", "decision", "target", "error", "reason")
"""The details that a row shows before it is opened."""
SAID_LIMIT = 120


@dataclass(slots=True)
class Wanted:
    """The filter as it stands in the address, what it means, and what is wrong with which field."""

    typed: Mapping[str, str]
    which: EventFilter = field(default_factory=EventFilter)
    problems: dict[str, str] = field(default_factory=dict)

    @property
    def is_filtered(self) -> bool:
        """Whether anything is left out."""
        return any(self.typed.values())

    def address(self, path: str = "/audit", **more: str | None) -> str:
        """Return the address of this filter on a page, so that whoever opens it sees the same."""
        parts = {name: value for name, value in {**self.typed, **more}.items() if value}
        return f"{path}?{urlencode(parts)}" if parts else path


def read_wanted(query: Mapping[str, str], *, now: datetime) -> Wanted:
    """Return the filter that an address names; what cannot be read is a problem of its field and filters nothing."""
    wanted = Wanted({name: query.get(name, "").strip() for name in FIELDS})
    values: dict[str, Any] = {}
    for name, text in wanted.typed.items():
        try:
            values[name] = _value(name, text, now)
        except Invalid as error:
            wanted.problems[name] = visible(error.sentence)
        except ValueError as error:
            wanted.problems[name] = f"{visible(str(error))}."
    wanted.which = EventFilter(
        type=values.get("event"),
        actor=values.get("actor"),
        action=values.get("action"),
        request_id=values.get("request"),
        since=values.get("from"),
        until=values.get("to"),
    )
    return wanted


def _value(name: str, text: str, now: datetime) -> object:
    if not text:
        return None
    check_text(text, name)
    if len(text) > LONGEST[name]:
        raise ValueError(f"this is longer than {LONGEST[name]} characters")
    readers: Mapping[str, Callable[[str, datetime], object]] = {"event": _event, "from": read_since, "to": read_until}
    return readers[name](text, now) if name in readers else text.removeprefix("#") if name == "request" else text


def _event(text: str, _now: datetime) -> str:
    for word in (text.lower(), f"request.{text.lower()}"):
        if word in EVENTS:
            return word
    raise ValueError(f"“{text}” is not an event; choose one from the list")


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in the list; `said` is the short of its details, `lines` is all of them."""

    event: EventView
    actor: str
    action: str
    said: str
    lines: tuple[str, ...]


def row(event: EventView) -> Row:
    """Return what the list says of an entry."""
    said = ", ".join(f"{name}: {_said(name, event.details[name])}" for name in SAYS if event.details.get(name))
    return Row(
        event=event,
        actor=visible(event.actor),
        action=visible(event.request.action) if event.request else "",
        said=_clipped(said),
        lines=tuple(pretty(event.details)) if event.details else (),
    )


def _said(name: str, value: object) -> str:
    return folded(str(value)) if name == "reason" else visible(str(value))


def _clipped(text: str) -> str:
    return text if len(text) <= SAID_LIMIT else f"{text[:SAID_LIMIT]} …{len(text) - SAID_LIMIT} more characters"


def how_many(page: Page[EventView]) -> str:
    """Return how much matched, in a sentence."""
    if page.total_is_capped:
        return f"More than {page.total:,} entries match.".replace(",", " ")
    return {0: "Nothing matches.", 1: "1 entry matches."}.get(
        page.total, f"{page.total:,} entries match.".replace(",", " ")
    )
