"""Modals and the choices of autocomplete.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object-modal
"""

from typing import Any

from tests.platforms.discord.limits.components import CUSTOM_ID, OWN_ID, SELECTS, TEXT_DISPLAY, UNIQUE
from tests.platforms.discord.limits.rules import (
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
    typed,
    words,
)

TEXT: dict[str, Rule] = {
    "min_length": number(0, 4000),
    "max_length": number(1, 4000),
    "required": flag,
    "value": words(4000),
    "placeholder": words(100),
    **OWN_ID,
}


def _least_first(text: Any, at: Place, notes: Notes) -> None:
    least, most = text.get("min_length") or 0, text.get("max_length") or 4000
    if isinstance(least, int) and isinstance(most, int) and least > most:
        sentence = "min_length must not be larger than max_length"
        notes.append(Note((*at, "min_length"), "TEXT_INPUT_COMPONENT_LENGTH_INVALID", sentence))


STYLE = one_of(1, 2)
IN_ROW = every(shape({"custom_id": CUSTOM_ID, "style": STYLE, "label": words(45, least=1)}, TEXT), _least_first)
IN_LABEL = every(shape({"custom_id": CUSTOM_ID, "style": STYLE}, TEXT), _least_first)
ROW = shape({"components": listed(typed({4: IN_ROW}), 1, least=1)}, OWN_ID)
LABEL = shape(
    {"label": words(45, least=1), "component": typed({4: IN_LABEL, **SELECTS})}, {"description": words(100), **OWN_ID}
)
MODAL = shape(
    {
        "custom_id": CUSTOM_ID,
        "title": words(45, least=1),
        "components": listed(typed({1: ROW, 10: TEXT_DISPLAY, 18: LABEL}), 5, least=1),
    }
)


def wrong_with_modal(data: Any) -> Notes:
    """Return what Discord would say of a modal."""
    notes: Notes = []
    MODAL(data, ("data",), notes)
    UNIQUE(data.get("components"), ("data", "components"), notes)
    return notes


def value_of(kind: int) -> Rule:
    """Return the rule for the values of an option of this type: 3 strings, 4 whole numbers, 10 numbers."""
    if kind == 3:
        return words(100, least=1)
    return number(-(2**53) + 1, 2**53 - 1) if kind == 4 else _any_number


def _any_number(value: Any, at: Place, notes: Notes) -> None:
    if not isinstance(value, int | float) or isinstance(value, bool):
        notes.append(Note(at, "NUMBER_TYPE_COERCE", f'Value "{value}" is not float.'))


def wrong_with_choices(data: Any, kind: int) -> Notes:
    """Return what Discord would say of the choices for an option of this type."""
    notes: Notes = []
    choice = shape({"name": words(100, least=1), "value": value_of(kind)})
    shape({"choices": listed(choice, 25)})(data, ("data",), notes)
    return notes
