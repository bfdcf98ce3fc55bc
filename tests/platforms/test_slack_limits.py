"""Block Kit's limits: the most that is taken, and one more refused with its place."""

from typing import Any

import pytest
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from tests.platforms.bolt import Json, button, plain
from tests.platforms.slack import FakeSlack
from tests.platforms.slack.block_kit.surfaces import wrong_with_blocks


def mrkdwn(text: str) -> Json:
    return {"type": "mrkdwn", "text": text}


def section(text: Any) -> list[Json]:
    return [{"type": "section", "text": text}]


def fields(count: int, length: int = 1) -> list[Json]:
    return [{"type": "section", "fields": [plain("x" * length)] * count}]


def actions(*elements: Json) -> list[Json]:
    return [{"type": "actions", "elements": list(elements)}]


def buttons(count: int) -> list[Json]:
    return actions(*(button(f"b{number}", "Press") for number in range(count)))


def select(count: int, text: int = 1, value: int = 1) -> list[Json]:
    options = [{"text": plain("x" * text), "value": "v" * value} for _ in range(count)]
    return actions({"type": "static_select", "action_id": "pick", "placeholder": plain("Pick"), "options": options})


def confirm(**parts: Json) -> list[Json]:
    whole = {"title": plain("Sure?"), "text": plain("Really?"), "confirm": plain("Yes"), "deny": plain("No")}
    return actions(button("a", "A", confirm={**whole, **parts}))


def rich(*elements: Json) -> list[Json]:
    return [{"type": "rich_text", "elements": list(elements)}]


def part(kind: str, *elements: Json, **more: Any) -> Json:
    return {"type": f"rich_text_{kind}", "elements": list(elements), **more}


WORD = {"type": "text", "text": "word"}
PARTS = (
    WORD,
    {"type": "link", "url": "https://a.example"},
    {"type": "emoji", "name": "x"},
    {"type": "user", "user_id": "U1"},
)
EVERY_RICH_PART = rich(
    part("section", *PARTS, {"type": "broadcast", "range": "here"}),
    part("preformatted", WORD),
    part("quote", *PARTS),
    part("list", part("section", WORD), style="bullet", indent=1),
)

TAKEN = {
    "50 blocks": section(plain("x")) * 50,
    "3000 characters": section(mrkdwn("x" * 3_000)),
    "10 fields": fields(10),
    "2000 a field": fields(1, 2_000),
    "header 150": [{"type": "header", "text": plain("x" * 150)}],
    "context 10": [{"type": "context", "elements": [mrkdwn("x")] * 10}],
    "button 75": actions(button("x" * 255, "x" * 75, value="v" * 2_000, url="https://a.example/" + "u" * 2_982)),
    "25 elements": buttons(25),
    "100 options": select(100, 75, 150),
    "block id 255": [{"type": "divider", "block_id": "x" * 255}],
    "same action in two blocks": [*actions(button("a", "A")), *actions(button("a", "A"))],
    "confirm": confirm(title=plain("x" * 100), text=mrkdwn("x" * 300), confirm=plain("x" * 30), deny=plain("x" * 30)),
    "accessory": [{"type": "section", "text": plain("x"), "accessory": button("a", "A", style="danger")}],
    "image": [{"type": "image", "image_url": "https://a.example/i.png", "alt_text": "x"}],
    "markdown": [{"type": "markdown", "text": "x" * 12_000}],
    "rich text": EVERY_RICH_PART,
}
REFUSED = {
    "51 blocks": (section(plain("x")) * 51, "no more than 50 items allowed [json-pointer:/blocks]"),
    "3001 characters": (
        section(plain("x" * 3_001)),
        "must be less than 3001 characters [json-pointer:/blocks/0/text/text]",
    ),
    "empty text": (section(plain("")), "must be more than 0 characters [json-pointer:/blocks/0/text/text]"),
    "a bare string": (section("x"), "must provide an object [json-pointer:/blocks/0/text]"),
    "nothing in it": ([{"type": "section"}], "missing required field: text [json-pointer:/blocks/0]"),
    "no type": (section({"text": "x"}), "missing required field: type [json-pointer:/blocks/0/text]"),
    "11 fields": (fields(11), "no more than 10 items allowed [json-pointer:/blocks/0/fields]"),
    "2001 a field": (fields(1, 2_001), "must be less than 2001 characters [json-pointer:/blocks/0/fields/0/text]"),
    "header 151": (
        [{"type": "header", "text": plain("x" * 151)}],
        "must be less than 151 characters [json-pointer:/blocks/0/text/text]",
    ),
    "mrkdwn header": (
        [{"type": "header", "text": mrkdwn("x")}],
        "unsupported type: mrkdwn [json-pointer:/blocks/0/text/type]",
    ),
    "context 11": (
        [{"type": "context", "elements": [mrkdwn("x")] * 11}],
        "no more than 10 items allowed [json-pointer:/blocks/0/elements]",
    ),
    "button 76": (
        actions(button("a", "x" * 76)),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/text/text]",
    ),
    "value 2001": (
        actions(button("a", "A", value="x" * 2_001)),
        "must be less than 2001 characters [json-pointer:/blocks/0/elements/0/value]",
    ),
    "action id 256": (
        actions(button("x" * 256, "A")),
        "must be less than 256 characters [json-pointer:/blocks/0/elements/0/action_id]",
    ),
    "url 3001": (
        actions(button("a", "A", url="https://a.example/" + "x" * 2_983)),
        "must be less than 3001 characters [json-pointer:/blocks/0/elements/0/url]",
    ),
    "no url": (actions(button("a", "A", url="a.example")), "invalid url [json-pointer:/blocks/0/elements/0/url]"),
    "style": (
        actions(button("a", "A", style="green")),
        'must be a valid enum value, not "green" [json-pointer:/blocks/0/elements/0/style]',
    ),
    "26 elements": (buttons(26), "no more than 25 items allowed [json-pointer:/blocks/0/elements]"),
    "no elements": (actions(), "no less than 1 items allowed [json-pointer:/blocks/0/elements]"),
    "101 options": (select(101), "no more than 100 items allowed [json-pointer:/blocks/0/elements/0/options]"),
    "option 76": (
        select(1, 76),
        "must be less than 76 characters [json-pointer:/blocks/0/elements/0/options/0/text/text]",
    ),
    "option value 151": (
        select(1, 1, 151),
        "must be less than 151 characters [json-pointer:/blocks/0/elements/0/options/0/value]",
    ),
    "confirm title 101": (
        confirm(title=plain("x" * 101)),
        "must be less than 101 characters [json-pointer:/blocks/0/elements/0/confirm/title/text]",
    ),
    "confirm button 31": (
        confirm(deny=plain("x" * 31)),
        "must be less than 31 characters [json-pointer:/blocks/0/elements/0/confirm/deny/text]",
    ),
    "block id 256": (
        [{"type": "divider", "block_id": "x" * 256}],
        "must be less than 256 characters [json-pointer:/blocks/0/block_id]",
    ),
    "block id twice": (
        [{"type": "divider", "block_id": "a"}] * 2,
        '`block_id` "a" already exists [json-pointer:/blocks/1/block_id]',
    ),
    "action id twice": (
        actions(button("a", "A"), button("a", "B")),
        '`action_id` "a" already exists [json-pointer:/blocks/0/elements/1/action_id]',
    ),
    "unknown block": ([{"type": "marquee"}], "unsupported type: marquee [json-pointer:/blocks/0/type]"),
    "unknown field": (
        [{"type": "divider", "colour": "red"}],
        "invalid additional property: colour [json-pointer:/blocks/0]",
    ),
    "a modal's input": (
        actions({"type": "plain_text_input", "action_id": "a"}),
        "unsupported type: plain_text_input [json-pointer:/blocks/0/elements/0/type]",
    ),
    "rich text outside": (rich(WORD), "unsupported type: text [json-pointer:/blocks/0/elements/0/type]"),
    "a mention in code": (
        rich(part("preformatted", {"type": "user", "user_id": "U1"})),
        "unsupported type: user [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
    "empty rich text": (
        rich(part("section", {"type": "text", "text": ""})),
        "must be more than 0 characters [json-pointer:/blocks/0/elements/0/elements/0/text]",
    ),
    "a list of words": (
        rich(part("list", WORD, style="bullet")),
        "unsupported type: text [json-pointer:/blocks/0/elements/0/elements/0/type]",
    ),
}


@pytest.mark.parametrize("name", TAKEN)
def test_the_most_is_taken(name: str) -> None:
    assert wrong_with_blocks(TAKEN[name]) == []


@pytest.mark.parametrize("name", REFUSED)
def test_one_more_is_refused_with_its_place(name: str) -> None:
    blocks, complaint = REFUSED[name]
    assert wrong_with_blocks(blocks) == [complaint]


async def test_the_client_hears_which_block_is_wrong(slack: FakeSlack, client: AsyncWebClient) -> None:
    ops = slack.channel("ops")
    blocks, complaint = REFUSED["3001 characters"]
    with pytest.raises(SlackApiError) as refusal:
        await client.chat_postMessage(channel=ops.id, text="x", blocks=blocks)
    answer = refusal.value.response
    assert (answer["error"], answer["errors"]) == ("invalid_blocks", [complaint])
    assert answer["response_metadata"]["messages"] == [f"[ERROR] {complaint}"]
    assert slack.messages(ops) == []


@pytest.mark.parametrize(("count", "error"), [(4, None), (5, "msg_blocks_too_long")])
async def test_a_message_has_a_limit_as_a_whole(
    slack: FakeSlack, client: AsyncWebClient, count: int, error: str | None
) -> None:
    ops = slack.channel("ops")
    answered = None
    try:
        await client.chat_postMessage(channel=ops.id, text="x", blocks=section(plain("x" * 3_000)) * count)
    except SlackApiError as refusal:
        answered = refusal.response["error"]
    assert answered == error
