"""Components: what each may hold. https://discord.com/developers/docs/components/reference"""

from typing import Any

from tests.platforms.discord.limits.rules import (
    Json,
    Note,
    Notes,
    Place,
    Rule,
    address,
    every,
    flag,
    listed,
    number,
    one_of,
    shape,
    typed,
    words,
)

PREMIUM, LINK = 6, 5
LARGEST_ID = 2**31 - 1
CUSTOM_ID = words(100, least=1)
OWN_ID: dict[str, Rule] = {"id": number(0, LARGEST_ID)}
EMOJI = shape({}, {"name": words(64), "id": words(20), "animated": flag})
OPTION = shape(
    {"label": words(100, least=1), "value": words(100, least=1)},
    {"description": words(100), "emoji": EMOJI, "default": flag},
)
NEEDED_BY_STYLE = {**dict.fromkeys((1, 2, 3, 4), "custom_id"), LINK: "url", PREMIUM: "sku_id"}


def _as_styled(button: Any, at: Place, notes: Notes) -> None:
    """A button has the field that its style needs and none of the others', and something to show."""
    needed = NEEDED_BY_STYLE.get(button.get("style"))
    if needed is None:
        return
    if button.get(needed) is None:
        notes.append(Note((*at, needed), "BASE_TYPE_REQUIRED", "This field is required"))
    for other in {"custom_id", "url", "sku_id"} - {needed}:
        if button.get(other):
            notes.append(Note((*at, other), "BUTTON_COMPONENT_FIELD_INVALID", f"A button of this style has no {other}"))
    if needed != "sku_id" and not button.get("label") and not button.get("emoji"):
        notes.append(Note(at, "BUTTON_COMPONENT_LABEL_OR_EMOJI_REQUIRED", "A label or emoji must be specified"))


BUTTON = every(
    shape(
        {"style": one_of(1, 2, 3, 4, LINK, PREMIUM)},
        {"label": words(80), "custom_id": CUSTOM_ID, "url": address(512), "emoji": EMOJI, "disabled": flag, **OWN_ID},
    ),
    _as_styled,
)
PICKING: dict[str, Rule] = {
    "placeholder": words(150),
    "min_values": number(0, 25),
    "max_values": number(1, 25),
    "disabled": flag,
    "required": flag,
    **OWN_ID,
}
STRING_SELECT = shape({"custom_id": CUSTOM_ID, "options": listed(OPTION, 25, least=1)}, PICKING)
AUTO_SELECT = shape({"custom_id": CUSTOM_ID}, PICKING)
SELECTS: dict[int, Rule] = {3: STRING_SELECT, **dict.fromkeys((5, 6, 7, 8), AUTO_SELECT)}

IN_ROWS = typed({2: BUTTON, **SELECTS})


def _width(row: Any, at: Place, notes: Notes) -> None:
    """A select stands alone in its row."""
    inside = row.get("components") or []
    if any(isinstance(one, dict) and one.get("type") in SELECTS for one in inside) and len(inside) > 1:
        sentence = "The specified component exceeds the maximum width"
        notes.append(Note((*at, "components", 1), "COMPONENT_LAYOUT_WIDTH_EXCEEDED", sentence))


ROW = every(shape({"components": listed(IN_ROWS, 5, least=1)}, OWN_ID), _width)
TEXT_DISPLAY = shape({"content": words(4000, least=1)}, OWN_ID)
MEDIA = shape({"url": address(2048, "http", "https", "attachment")})
THUMBNAIL = shape({"media": MEDIA}, {"description": words(1024), "spoiler": flag, **OWN_ID})
SECTION = shape(
    {"components": listed(typed({10: TEXT_DISPLAY}), 3, least=1), "accessory": typed({2: BUTTON, 11: THUMBNAIL})},
    OWN_ID,
)
GALLERY = shape(
    {"items": listed(shape({"media": MEDIA}, {"description": words(1024), "spoiler": flag}), 10, least=1)}, OWN_ID
)
FILE = shape({"file": shape({"url": address(2048, "attachment")})}, {"spoiler": flag, **OWN_ID})
SEPARATOR = shape({}, {"divider": flag, "spacing": one_of(1, 2), **OWN_ID})
IN_CONTAINERS = {1: ROW, 9: SECTION, 10: TEXT_DISPLAY, 12: GALLERY, 13: FILE, 14: SEPARATOR}
CONTAINER = shape(
    {"components": listed(typed(IN_CONTAINERS), 40, least=1)},
    {"accent_color": number(0, 0xFFFFFF), "spoiler": flag, **OWN_ID},
)

CLASSIC = listed(typed({1: ROW}), 5)
LAYOUT = listed(typed({**IN_CONTAINERS, 17: CONTAINER}), 40)


def _no_twice(components: Any, at: Place, notes: Notes) -> None:
    """Note custom ids and ids that stand twice in one message or modal."""
    seen: set[tuple[str, Any]] = set()
    for part, place in placed(components, at):
        for name, code in (("custom_id", "COMPONENT_CUSTOM_ID_DUPLICATED"), ("id", "COMPONENT_ID_DUPLICATED")):
            value = part.get(name)
            if value and (name, value) in seen:
                notes.append(Note((*place, name), code, f"Component {name.replace('_', ' ')} cannot be duplicated"))
            seen.add((name, value))


def placed(components: Any, at: Place) -> list[tuple[Json, Place]]:
    """Return every component, nested ones included, with its place; what is no component is left out."""
    found: list[tuple[Json, Place]] = []
    for index, one in enumerate(components if isinstance(components, list) else []):
        if isinstance(one, dict):
            found += [(one, (*at, index)), *placed(one.get("components"), (*at, index, "components"))]
            for name in ("accessory", "component"):
                inner = placed([one.get(name)], (*at, index))
                found += [(part, (*at, index, name, *place[len(at) + 2 :])) for part, place in inner]
    return found


UNIQUE: Rule = _no_twice
