"""Application commands: names, options, nesting, size.

https://discord.com/developers/docs/interactions/application-commands
"""

import unicodedata
from typing import Any

from tests.platforms.discord.limits.modals import value_of
from tests.platforms.discord.limits.rules import (
    Json,
    Note,
    Notes,
    Place,
    Rule,
    every,
    flag,
    listed,
    number,
    one_of,
    shape,
    words,
)

SUB_COMMAND, GROUP, STRING, WHOLE, BOOLEAN, USER, CHANNEL, ROLE, MENTIONABLE, NUMBER, FILE = range(1, 12)
MOST_CHARACTERS = 8000
MOST_COMMANDS = {1: 100, 2: 15, 3: 15}


def name(value: Any, at: Place, notes: Notes) -> None:
    """1 to 32 letters, digits, `-`, `_` or `'`, in lower case where there is one."""
    if not isinstance(value, str) or not 1 <= len(value) <= 32:
        notes.append(Note(at, "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 32 in length."))
    elif not all(map(_is_in_names, value)):
        notes.append(Note(at, "STRING_TYPE_REGEX", "String value did not match validation regex."))
    elif value != value.lower():
        notes.append(Note(at, "APPLICATION_COMMAND_INVALID_NAME", "Command name is invalid"))


def _is_in_names(character: str) -> bool:
    script = unicodedata.name(character, "").partition(" ")[0]
    return character in "-_'" or unicodedata.category(character)[0] in "LN" or script in {"DEVANAGARI", "THAI"}


DESCRIPTION = words(100, least=1)
NAMED: dict[str, Rule] = {"name": name, "description": DESCRIPTION}
OPTION = shape(
    {"type": number(1, 11), **NAMED},
    {
        "required": flag,
        "autocomplete": flag,
        "min_length": number(0, 6000),
        "max_length": number(1, 6000),
    },
)


def _chosen(option: Any, at: Place, notes: Notes) -> None:
    """Choices are of the option's type, and exclude autocomplete."""
    kind, choices = option.get("type"), option.get("choices")
    if choices:
        listed(shape({"name": words(100, least=1), "value": value_of(kind)}), 25)(choices, (*at, "choices"), notes)
    if option.get("autocomplete") and (choices or kind not in {STRING, WHOLE, NUMBER}):
        sentence = "Autocomplete is for strings and numbers without choices"
        notes.append(Note((*at, "autocomplete"), "APPLICATION_COMMAND_OPTIONS_AUTOCOMPLETE_INVALID", sentence))
    if choices and kind not in {STRING, WHOLE, NUMBER}:
        sentence = "Choices are for strings and numbers"
        notes.append(Note((*at, "choices"), "APPLICATION_COMMAND_OPTIONS_CHOICES_INVALID", sentence))


def options(depth: int) -> Rule:
    """The options of a command (depth 0), of a group (1) or of a sub-command (2)."""

    def rule(value: Any, at: Place, notes: Notes) -> None:
        before = len(notes)
        listed(every(OPTION, _chosen), 25, least=1 if depth == 1 else 0)(value, at, notes)
        if len(notes) > before:
            return
        _together(value, at, notes, depth)
        for index, option in enumerate(value):
            if option["type"] in {SUB_COMMAND, GROUP}:
                deeper = 1 if option["type"] == GROUP else 2
                options(deeper)(option.get("options") or [], (*at, index, "options"), notes)

    return rule


def _together(value: list[Json], at: Place, notes: Notes, depth: int) -> None:
    """Options of one level: which types go together, names once, required ones first."""
    allowed = {0: {SUB_COMMAND, GROUP}, 1: {SUB_COMMAND}, 2: set()}[depth]
    kinds = {option["type"] for option in value}
    nesting = kinds & {SUB_COMMAND, GROUP}
    if nesting - allowed or (nesting and kinds - nesting) or (depth == 1 and not nesting):
        sentence = "Sub-command and sub-command group option types are mutually exclusive to all other types"
        notes.append(Note(at, "APPLICATION_COMMAND_OPTIONS_TYPE_INVALID", sentence))
    names = [option["name"] for option in value]
    for index, each in enumerate(names):
        if each in names[:index]:
            place = (*at, index, "name")
            notes.append(Note(place, "APPLICATION_COMMAND_OPTIONS_NAME_ALREADY_EXISTS", "Option name already exists"))
    needed = [bool(option.get("required")) for option in value]
    if needed != sorted(needed, reverse=True):
        sentence = "Required options must be placed before non-required options"
        notes.append(Note(at, "APPLICATION_COMMAND_OPTIONS_REQUIRED_INVALID", sentence))


COMMAND = shape(
    {**NAMED},
    {
        "options": options(0),
        "type": one_of(1, 2, 3),
        "nsfw": flag,
        "dm_permission": flag,
        "contexts": listed(one_of(0, 1, 2), 3),
        "integration_types": listed(one_of(0, 1), 2),
    },
)
MENU = shape({"name": words(32, least=1)}, {"nsfw": flag, "dm_permission": flag})


def wrong_with_commands(body: list[Json]) -> Notes:
    """Return what Discord would say of a whole set of commands."""
    notes: Notes = []
    seen: set[tuple[int, Any]] = set()
    for index, command in enumerate(body):
        kind = command.get("type") or 1
        (COMMAND if kind == 1 else MENU)(command, (index,), notes)
        if (kind, command.get("name")) in seen:
            sentence = "Application command names must be unique"
            notes.append(Note((index,), "APPLICATION_COMMANDS_DUPLICATE_NAME", sentence))
        seen.add((kind, command.get("name")))
        if not notes and size(command) > MOST_CHARACTERS:
            sentence = f"Command exceeds maximum size ({MOST_CHARACTERS})"
            notes.append(Note((index,), "APPLICATION_COMMAND_TOO_LARGE", sentence))
    return notes


def size(command: Json) -> int:
    """Return the characters of names, descriptions and values of a command and all in it."""
    own = len(command["name"]) + len(command.get("description") or "")
    values = sum(len(choice["name"]) + len(str(choice["value"])) for choice in command.get("choices") or [])
    return own + values + sum(map(size, command.get("options") or []))
