"""The limits of modals and home tabs: the most that is taken, and one more refused with its place."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.bolt import Json, plain, reason_modal
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.block_kit.surfaces import wrong_with_view


def modal(**parts: Any) -> Json:
    return {**reason_modal(), **parts}


def asking(**parts: Any) -> Json:
    box = {"type": "plain_text_input", "action_id": "text", **parts}
    return modal(blocks=[{"type": "input", "block_id": "b", "label": plain("Why?"), "element": box}])


def labelled(length: int) -> Json:
    box = {"type": "plain_text_input", "action_id": "text"}
    return modal(blocks=[{"type": "input", "label": plain("x" * length), "element": box}])


VIEWS_TAKEN = {
    "100 blocks": modal(blocks=[{"type": "divider"}] * 100),
    "24 characters": modal(title=plain("x" * 24), submit=plain("x" * 24), close=plain("x" * 24)),
    "metadata": modal(private_metadata="x" * 3_000, callback_id="x" * 255),
    "input": asking(placeholder=plain("x" * 150), initial_value="x" * 3_000, max_length=3_000, min_length=0),
    "label": labelled(2_000),
    "home": {"type": "home", "blocks": [{"type": "divider"}] * 100},
}
VIEWS_REFUSED = {
    "101 blocks": (
        modal(blocks=[{"type": "divider"}] * 101),
        "no more than 100 items allowed [json-pointer:/view/blocks]",
    ),
    "title": (modal(title=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/title/text]"),
    "submit": (modal(submit=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/submit/text]"),
    "close": (modal(close=plain("x" * 25)), "must be less than 25 characters [json-pointer:/view/close/text]"),
    "metadata": (
        modal(private_metadata="x" * 3_001),
        "must be less than 3001 characters [json-pointer:/view/private_metadata]",
    ),
    "callback": (modal(callback_id="x" * 256), "must be less than 256 characters [json-pointer:/view/callback_id]"),
    "placeholder": (
        asking(placeholder=plain("x" * 151)),
        "must be less than 151 characters [json-pointer:/view/blocks/0/element/placeholder/text]",
    ),
    "initial": (
        asking(initial_value="x" * 3_001),
        "must be less than 3001 characters [json-pointer:/view/blocks/0/element/initial_value]",
    ),
    "longest": (
        asking(max_length=3_001),
        "must be between 1 and 3000 [json-pointer:/view/blocks/0/element/max_length]",
    ),
    "label": (labelled(2_001), "must be less than 2001 characters [json-pointer:/view/blocks/0/label/text]"),
    "no submit": (
        {key: value for key, value in reason_modal().items() if key != "submit"},
        "must define `submit` to use an `input` block in modals [json-pointer:/view/blocks/0/input]",
    ),
    "markdown": (
        modal(blocks=[{"type": "markdown", "text": "x"}]),
        "unsupported type: markdown [json-pointer:/view/blocks/0/type]",
    ),
    "home with a title": (
        {"type": "home", "blocks": [], "title": plain("x")},
        "invalid additional property: title [json-pointer:/view]",
    ),
}


@pytest.mark.parametrize("name", VIEWS_TAKEN)
def test_the_most_of_a_view_is_taken(name: str) -> None:
    assert wrong_with_view(VIEWS_TAKEN[name]) == []


@pytest.mark.parametrize("name", VIEWS_REFUSED)
def test_one_more_in_a_view_is_refused(name: str) -> None:
    view, complaint = VIEWS_REFUSED[name]
    assert wrong_with_view(view) == [complaint]


async def test_views_are_refused_by_the_api(slack: FakeSlack, client: AsyncWebClient) -> None:
    ada = slack.user("ada")
    many = [{"type": "section", "text": plain("x" * 3_000)}] * 90
    for view, error in [
        ({"type": "home", "blocks": many}, "view_too_large"),
        ({"type": "home", "blocks": [{"type": "marquee"}]}, "invalid_arguments"),
        (reason_modal(), "invalid_arguments"),
    ]:
        with pytest.raises(SlackApiError) as refusal:
            await client.views_publish(user_id=ada.id, view=view)
        assert refusal.value.response["error"] == error
