"""One typed value → what its parameter wants. Every mistake is a sentence."""

import json
import re
from collections.abc import Callable, Mapping
from datetime import datetime
from difflib import get_close_matches
from typing import Any

from bot import words
from bot.registry import Kind, Parameter
from gateway.checks import check_text
from gateway.dates import read_since, read_until
from gateway.errors import Invalid
from gateway.events import EVENTS
from models.words import Scope, Urgency


class UsageError(Exception):
    """What was typed cannot be run: what is wrong, and how it is typed."""

    def __init__(self, sentence: str, *, usage: str | None = None) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.usage = usage


def read(parameter: Parameter, text: str, *, now: datetime) -> Any:
    """Return the value that a parameter's text stands for. Raises UsageError."""
    try:
        return READERS.get(parameter.kind, _text)(check_text(text.strip(), parameter.name), now)
    except Invalid as error:
        raise UsageError(error.sentence) from error
    except ValueError as error:
        raise UsageError(f"{parameter.name}: {error}") from error


def _text(text: str, _now: datetime) -> str:
    return text


def _number(text: str, _now: datetime) -> int:
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise ValueError(f"“{text[:60]}” is not a whole number")
    return int(text)


def _request(text: str, _now: datetime) -> str:
    return text.removeprefix("#")


def _event(text: str, _now: datetime) -> str:
    """Read `request.approved`, or `approved` for short."""
    typed = text.lower()
    for name in (typed, f"request.{typed}"):
        if name in EVENTS:
            return name
    raise ValueError(unknown("an event", text, sorted(EVENTS)))


def _scopes(text: str, _now: datetime) -> tuple[Scope, ...]:
    typed = [one.strip().lower() for one in text.split(",") if one.strip()]
    for one in typed:
        if one not in tuple(Scope):
            raise ValueError(unknown("a scope", one, sorted(Scope)))
    if not typed:
        raise ValueError(f"give at least one of {', '.join(Scope)}, joined by commas")
    return tuple(Scope(one) for one in dict.fromkeys(typed))


def _urgency(text: str, _now: datetime) -> Urgency:
    if text.lower() not in tuple(Urgency):
        raise ValueError(f"“{text[:60]}” is none of {', '.join(Urgency)}")
    return Urgency(text.lower())


def _params(text: str, _now: datetime) -> Mapping[str, Any]:
    """Read parameters as one JSON object, or as `name=value …`."""
    if text.startswith("{"):
        return _json_object(text)
    found: dict[str, Any] = {}
    for word in words.split(text):
        name, equals, value = word.text.partition("=")
        name = name.removeprefix("params.")
        if not equals or not name:
            raise ValueError(f"“{word.text[:60]}” is not name=value; write env=prod amount=5, or one JSON object")
        found[name] = _literal(value)
    return found


def _json_object(text: str) -> Mapping[str, Any]:
    try:
        shape = json.loads(_straight(text))
    except (ValueError, RecursionError) as error:
        raise ValueError(f"this is not JSON ({str(error)[:100]})") from error
    return dict(shape)


def _straight(text: str) -> str:
    """Return JSON as it was meant: phones turn its quotes into curly ones when none is straight."""
    return text if '"' in text else re.sub("[“”„]", '"', text)


def _literal(value: str) -> Any:
    """Read a number, true, false or null as JSON does, everything else as text."""
    bare = value.strip("\"“”'")
    if bare != value:
        return bare
    try:
        shape = json.loads(value)
    except (ValueError, RecursionError):
        return value
    return shape if shape is None or isinstance(shape, bool | int | float) else value


def unknown(what: str, typed: str, known: list[str]) -> str:
    """Say that a word is not known, with the nearest that is, or all of them when they are few."""
    near = get_close_matches(typed.lower()[:100], known, n=1, cutoff=0.5)
    hint = f"did you mean {near[0]}?" if near else f"these are: {', '.join(known)}."
    return f"“{typed[:60]}” is not {what}; {hint}"


READERS: Mapping[Kind, Callable[[str, datetime], Any]] = {
    Kind.NUMBER: _number,
    Kind.REQUEST: _request,
    Kind.EVENT: _event,
    Kind.SCOPES: _scopes,
    Kind.URGENCY: _urgency,
    Kind.SINCE: read_since,
    Kind.UNTIL: read_until,
    Kind.PARAMS: _params,
}
