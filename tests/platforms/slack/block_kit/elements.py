"""Texts, options, confirmations and everything that can be pressed, picked or filled in.

https://docs.slack.dev/reference/block-kit/composition-objects and …/block-elements
"""

from tests.platforms.slack.block_kit.rules import (
    Rule,
    address,
    at_least_one,
    every,
    flag,
    listed,
    number,
    one_of,
    shape,
    typed,
    words,
)

IDENTIFIER = words(255)


def plain(most: int = 3000) -> Rule:
    """A text object that stays what it is."""
    return typed({"plain_text": shape({"text": words(most)}, {"emoji": flag})})


def texts(most: int = 3000) -> dict[str, Rule]:
    """Return the two types of text objects."""
    return {
        "plain_text": shape({"text": words(most)}, {"emoji": flag}),
        "mrkdwn": shape({"text": words(most)}, {"verbatim": flag}),
    }


def any_text(most: int = 3000) -> Rule:
    """A text object of either type."""
    return typed(texts(most))


CONFIRM = shape(
    {"title": plain(100), "text": any_text(300), "confirm": plain(30), "deny": plain(30)},
    {"style": one_of("primary", "danger")},
)


def option(text: Rule, description: Rule | None = None) -> Rule:
    """One choice of several."""
    may = {"description": description or plain(75), "url": address(3000)}
    return shape({"text": text, "value": words(150)}, may)


CHOICE = option(plain(75))
TICK = option(any_text(75), any_text(75))
CHOICES = listed(CHOICE, 100)
CHOICE_GROUPS = listed(shape({"label": plain(75), "options": CHOICES}), 100)

ACTING = {"action_id": IDENTIFIER, "confirm": CONFIRM}
PICKING = ACTING | {"placeholder": plain(150), "focus_on_load": flag}

BUTTON = shape(
    {"text": plain(75)},
    ACTING
    | {
        "value": words(2000),
        "url": address(3000),
        "style": one_of("primary", "danger"),
        "accessibility_label": words(75),
    },
)
STATIC_SELECT = every(
    shape({}, PICKING | {"options": CHOICES, "option_groups": CHOICE_GROUPS, "initial_option": CHOICE}),
    at_least_one("options", "option_groups"),
)
MULTI_STATIC_SELECT = every(
    shape(
        {},
        PICKING
        | {
            "options": CHOICES,
            "option_groups": CHOICE_GROUPS,
            "initial_options": CHOICES,
            "max_selected_items": number(1, 100),
        },
    ),
    at_least_one("options", "option_groups"),
)
OVERFLOW = shape({"options": listed(CHOICE, 5)}, ACTING)
CHECKBOXES = shape({"options": listed(TICK, 10)}, ACTING | {"initial_options": listed(TICK, 10), "focus_on_load": flag})
RADIO_BUTTONS = shape({"options": listed(TICK, 10)}, ACTING | {"initial_option": TICK, "focus_on_load": flag})
PLAIN_TEXT_INPUT = shape(
    {},
    {
        "action_id": IDENTIFIER,
        "placeholder": plain(150),
        "initial_value": words(3000, least=0),
        "multiline": flag,
        "min_length": number(0, 3000),
        "max_length": number(1, 3000),
        "dispatch_action_config": shape(
            {}, {"trigger_actions_on": listed(one_of("on_enter_pressed", "on_character_entered"), 2)}
        ),
        "focus_on_load": flag,
    },
)
IMAGE = shape({"image_url": address(3000), "alt_text": words(2000)})

PICKERS: dict[str, Rule] = {
    "static_select": STATIC_SELECT,
    "multi_static_select": MULTI_STATIC_SELECT,
    "users_select": shape({}, PICKING | {"initial_user": words()}),
    "channels_select": shape({}, PICKING | {"initial_channel": words()}),
    "conversations_select": shape({}, PICKING | {"initial_conversation": words()}),
    "datepicker": shape({}, PICKING | {"initial_date": words(10)}),
    "timepicker": shape({}, PICKING | {"initial_time": words(5)}),
    "checkboxes": CHECKBOXES,
    "radio_buttons": RADIO_BUTTONS,
}
PRESSED: dict[str, Rule] = {**PICKERS, "button": BUTTON, "overflow": OVERFLOW}
FILLED_IN: dict[str, Rule] = {**PICKERS, "plain_text_input": PLAIN_TEXT_INPUT}
