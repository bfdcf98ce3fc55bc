"""The small rules that the tables of limits are made of.

A rule looks at a value and notes what Discord would say about it: code, sentence, place. All notes of one body make the
nested `errors` of a 50035: https://discord.com/developers/docs/reference#error-messages
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlsplit

Json = dict[str, Any]
Place = tuple[str | int, ...]


@dataclass(frozen=True)
class Note:
    """One complaint."""

    place: Place
    code: str
    message: str

    def __str__(self) -> str:
        return f"{'.'.join(map(str, self.place))}: {self.code}"


Notes = list[Note]
Rule = Callable[[Any, Place, Notes], None]


def nested(notes: Iterable[Note]) -> Json:
    """Return the complaints as Discord nests them."""
    errors: Json = {}
    for note in notes:
        inner = errors
        for part in note.place:
            inner = inner.setdefault(str(part), {})
        inner.setdefault("_errors", []).append({"code": note.code, "message": note.message})
    return errors


def words(most: int, *, least: int = 0) -> Rule:
    """A string of so many characters."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        if not isinstance(value, str):
            notes.append(Note(at, "STRING_TYPE_CONVERT", f'Could not interpret "{value}" as string.'))
        elif least and not value.strip():
            notes.append(Note(at, "BASE_TYPE_REQUIRED", "This field is required"))
        elif len(value) > most or len(value) < least:
            notes.append(_bad_length(at, least, most))

    return rule


def _bad_length(at: Place, least: int, most: int) -> Note:
    if least:
        return Note(at, "BASE_TYPE_BAD_LENGTH", f"Must be between {least} and {most} in length.")
    return Note(at, "BASE_TYPE_MAX_LENGTH", f"Must be {most} or fewer in length.")


def one_of(*known: Any) -> Rule:
    """One of these values."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        if isinstance(value, bool) or value not in known:
            notes.append(Note(at, "BASE_TYPE_CHOICES", f"Value must be one of {set(known)}."))

    return rule


def flag(value: Any, at: Place, notes: Notes) -> None:
    """True or false."""
    if not isinstance(value, bool):
        notes.append(Note(at, "BOOLEAN_TYPE_CONVERT", "Must be either true or false."))


def number(least: int, most: int) -> Rule:
    """A whole number between two."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        if not isinstance(value, int) or isinstance(value, bool):
            notes.append(Note(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not int.'))
        elif value < least:
            notes.append(Note(at, "NUMBER_TYPE_MIN", f"int value should be greater than or equal to {least}."))
        elif value > most:
            notes.append(Note(at, "NUMBER_TYPE_MAX", f"int value should be less than or equal to {most}."))

    return rule


def address(most: int = 2048, *schemes: str) -> Rule:
    """An address that people can follow."""
    known = schemes or ("http", "https", "discord")

    def rule(value: Any, at: Place, notes: Notes) -> None:
        before = len(notes)
        words(most, least=1)(value, at, notes)
        if len(notes) > before:
            return
        parts = urlsplit(value)
        if parts.scheme not in known:
            notes.append(Note(at, "URL_TYPE_INVALID_SCHEME", f"Scheme must be one of {known}."))
        elif not parts.netloc:
            notes.append(Note(at, "URL_TYPE_INVALID_URL", "Not a well formed URL."))

    return rule


def listed(rule: Rule, most: int, *, least: int = 0) -> Rule:
    """A list of so many things that follow a rule."""

    def check(value: Any, at: Place, notes: Notes) -> None:
        if not isinstance(value, list):
            notes.append(Note(at, "LIST_TYPE_CONVERT", "Only iterables may be used in a ListType"))
            return
        if not least <= len(value) <= most:
            notes.append(_bad_length(at, least, most))
        for index, item in enumerate(value):
            rule(item, (*at, index), notes)

    return check


def shape(needed: Mapping[str, Rule], may: Mapping[str, Rule] | None = None) -> Rule:
    """An object with these fields; those it may have can be null, and others are not looked at."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        if not isinstance(value, dict):
            notes.append(Note(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"))
            return
        for name, inner in needed.items():
            if value.get(name) is None:
                notes.append(Note((*at, name), "BASE_TYPE_REQUIRED", "This field is required"))
            else:
                inner(value[name], (*at, name), notes)
        for name, inner in (may or {}).items():
            if value.get(name) is not None:
                inner(value[name], (*at, name), notes)

    return rule


def typed(shapes: Mapping[int, Rule]) -> Rule:
    """An object whose `type` says which shape it has."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        if not isinstance(value, dict):
            notes.append(Note(at, "MODEL_TYPE_CONVERT", "Only dictionaries may be used in a ModelType"))
        elif value.get("type") not in shapes:
            known = tuple(shapes)
            notes.append(Note((*at, "type"), "UNION_TYPE_CHOICES", f'Value of field "type" must be one of {known}.'))
        else:
            shapes[value["type"]](value, at, notes)

    return rule


def every(*rules: Rule) -> Rule:
    """All of these rules."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        for each in rules:
            each(value, at, notes)

    return rule
