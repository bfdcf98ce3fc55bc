"""The small rules the Block Kit tables are made of.

A rule looks at a value and notes what Slack would say about it, in Slack's words and with the place as a JSON pointer:
`must be less than 3001 characters [json-pointer:/blocks/0/text/text]`.
"""

from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import urlsplit

Notes = list[str]
Rule = Callable[[Any, str, Notes], None]

SCHEMES = {"http", "https", "slack", "mailto"}


def note(notes: Notes, what: str, at: str) -> None:
    """Note a complaint about a place."""
    notes.append(f"{what} [json-pointer:{at}]")


def words(most: int | None = None, *, least: int = 1) -> Rule:
    """A string of so many characters."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        if not isinstance(value, str):
            note(notes, "must be a string", at)
        elif len(value) < least:
            note(notes, f"must be more than {least - 1} characters", at)
        elif most is not None and len(value) > most:
            note(notes, f"must be less than {most + 1} characters", at)

    return rule


def one_of(*known: str) -> Rule:
    """One of these words."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        if value not in known:
            note(notes, f'must be a valid enum value, not "{value}"', at)

    return rule


def flag(value: Any, at: str, notes: Notes) -> None:
    """True or false."""
    if not isinstance(value, bool):
        note(notes, "must be a boolean", at)


def number(least: int, most: int) -> Rule:
    """A whole number between two."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            note(notes, "must be an integer", at)
        elif not least <= value <= most:
            note(notes, f"must be between {least} and {most}", at)

    return rule


def address(most: int = 3000) -> Rule:
    """An address people can follow: a scheme Slack knows and a host."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        before = len(notes)
        words(most)(value, at, notes)
        if len(notes) == before:
            parts = urlsplit(value)
            if parts.scheme not in SCHEMES or not (parts.netloc or parts.scheme == "mailto"):
                note(notes, "invalid url", at)

    return rule


def listed(rule: Rule, most: int, *, least: int = 1) -> Rule:
    """A list of so many things that follow a rule."""

    def check(value: Any, at: str, notes: Notes) -> None:
        if not isinstance(value, list):
            note(notes, "must provide an array", at)
            return
        if len(value) > most:
            note(notes, f"no more than {most} items allowed", at)
        if len(value) < least:
            note(notes, f"no less than {least} items allowed", at)
        for index, item in enumerate(value):
            rule(item, f"{at}/{index}", notes)

    return check


def shape(needed: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields and no others; `type` is checked by whoever chose the shape."""
    known = {**needed, **(may or {})}

    def rule(value: Any, at: str, notes: Notes) -> None:
        if not isinstance(value, dict):
            note(notes, "must provide an object", at)
            return
        for name in needed:
            if name not in value:
                note(notes, f"missing required field: {name}", at)
        for name, inner in value.items():
            if name in known:
                known[name](inner, f"{at}/{name}", notes)
            elif name != "type":
                note(notes, f"invalid additional property: {name}", at)

    return rule


def typed(shapes: Mapping[str, Rule]) -> Rule:
    """An object whose `type` says which shape it has."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        if not isinstance(value, dict):
            note(notes, "must provide an object", at)
        elif "type" not in value:
            note(notes, "missing required field: type", at)
        elif value["type"] not in shapes:
            note(notes, f"unsupported type: {value['type']}", f"{at}/type")
        else:
            shapes[value["type"]](value, at, notes)

    return rule


def every(*rules: Rule) -> Rule:
    """All of these rules."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        for each in rules:
            each(value, at, notes)

    return rule


def at_least_one(*names: str) -> Rule:
    """An object with at least one of these fields."""

    def rule(value: Any, at: str, notes: Notes) -> None:
        if isinstance(value, dict) and not any(value.get(name) for name in names):
            note(notes, f"missing required field: {names[0]}", at)

    return rule
