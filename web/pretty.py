"""A JSON value written out for a reader: a value that fits its line stays on it, short ones share lines. PURE.

Nothing is left out, and the text is at most a few times as long as the value, however deep an agent has nested it.
"""

import json
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from gateway.redact import visible, without_secrets

WIDTH = 88
STEP = "  "
UP_TO_END = re.compile(r"(?:[^\\]|\\(?!n).)*(?:\\n)?")
CONTAINERS = (dict, list, tuple)
SHORT = 30
"""How long a value may be that shares its line with its neighbours in a list."""


def pretty(value: Mapping[str, Any]) -> list[str]:
    """Return an object as lines of text: sorted, secrets redacted, invisible characters made visible."""
    if not value:
        return ["{}"]
    lines: list[str] = []
    _write_whole(without_secrets(value), lines, lead="", trail="", margin="")
    return [visible(line) for line in lines]


def depth_of(line: str) -> int:
    """Return how deep a line is nested."""
    return (len(line) - len(line.lstrip(" "))) // len(STEP)


def cut_at_ends(line: str) -> list[str]:
    """Return the parts of a line, each but the last up to an escaped end of a line (`\\n`) in one of its texts."""
    return [part for part in UP_TO_END.findall(line) if part] or [line]


def _write(value: Any, lines: list[str], *, lead: str, trail: str, margin: str) -> None:
    """Add the lines of a value that stands behind `lead` and before `trail`."""
    text = _on_one_line(value, WIDTH - len(margin) - len(lead) - len(trail))
    if text is None:
        _write_whole(value, lines, lead=lead, trail=trail, margin=margin)
    else:
        lines.append(f"{margin}{lead}{text}{trail}")


def _write_whole(value: Any, lines: list[str], *, lead: str, trail: str, margin: str) -> None:
    """Add the lines of an object or a list, each member on lines of its own but for the short ones of a list."""
    opening, closing = _brackets(value)
    lines.append(f"{margin}{lead}{opening}")
    if isinstance(value, Mapping):
        for (name, inner), comma in _with_commas(list(_members(value))):
            _write(inner, lines, lead=name, trail=comma, margin=margin + STEP)
    else:
        _fill(value, lines, margin=margin + STEP)
    lines.append(f"{margin}{closing}{trail}")


def _fill(items: Sequence[Any], lines: list[str], *, margin: str) -> None:
    row, width = list[str](), 0
    room = max(WIDTH - len(margin), 2 * SHORT)
    for (item, comma), text in zip(_with_commas(items), _texts(items), strict=True):
        is_short = text is not None and len(text) <= SHORT
        if row and (not is_short or width + len(text or "") >= room):
            lines.append(margin + " ".join(row))
            row, width = [], 0
        if is_short:
            row.append(f"{text}{comma}")
            width += len(row[-1]) + 1
        else:
            _write(item, lines, lead="", trail=comma, margin=margin)
    if row:
        lines.append(margin + " ".join(row))


def _texts(items: Sequence[Any]) -> Iterable[str | None]:
    """Return the items of a list as one line each, those of a plain list in one go: an agent may send 500 000."""
    if any(isinstance(item, CONTAINERS) for item in items):
        return (_on_one_line(item, SHORT) for item in items)
    return json.dumps(items, ensure_ascii=False, separators=(",\n", ":"))[1:-1].split(",\n")  # no text has a line's end


def _with_commas(items: Sequence[Any]) -> Iterator[tuple[Any, str]]:
    last = len(items) - 1
    return ((item, "," if place < last else "") for place, item in enumerate(items))


def _on_one_line(value: Any, room: int) -> str | None:
    """Return a value as one line: a container only where it fits, anything else however long it is."""
    if not isinstance(value, CONTAINERS):
        return json.dumps(value, ensure_ascii=False)
    parts: list[str] = []
    for name, inner in _members(value):
        text = _on_one_line(inner, room - 2 - len(name))
        if text is None or len(name) + len(text) > room - 2:
            return None
        parts.append(f"{name}{text}")
        room -= len(name) + len(text) + 2
    opening, closing = _brackets(value)
    return f"{opening}{', '.join(parts)}{closing}"


def _members(value: Mapping[str, Any] | Sequence[Any]) -> Iterator[tuple[str, Any]]:
    if isinstance(value, Mapping):
        return ((f"{json.dumps(key, ensure_ascii=False)}: ", value[key]) for key in sorted(value))
    return (("", inner) for inner in value)


def _brackets(value: object) -> tuple[str, str]:
    return ("{", "}") if isinstance(value, Mapping) else ("[", "]")
