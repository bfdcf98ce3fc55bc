"""Whole messages, modals and home tabs: how many blocks, which ids twice, how much in all.

https://docs.slack.dev/reference/block-kit/blocks (50 blocks a message, 100 a view), …/reference/views
"""

import json
from typing import Any

from tests.platforms.slack.block_kit.blocks import IN_MESSAGES, IN_VIEWS
from tests.platforms.slack.block_kit.elements import plain
from tests.platforms.slack.block_kit.rules import Notes, Rule, flag, listed, note, one_of, shape, words

TEXT_LIMIT = 40_000
"""Longer message texts are cut, with a warning: https://docs.slack.dev/changelog/2018-truncating-really-long-messages"""
UPDATE_TEXT_BYTES = 4_000
"""`chat.update` refuses longer texts (`msg_too_long`); measured by others in UTF-8 bytes."""
MESSAGE_WEIGHT = 13_200
BLOCK_WEIGHT = 100
"""All blocks of a message together. Slack documents no number, only the error `msg_blocks_too_long`; others measured
about 13 200 characters (`&<>` counted as entities) less about 100 a block: slackapi/bolt-js issues 2509 and 2867.
Answers to a `response_url` are not held to it."""
VIEW_BYTES = 250_000

MESSAGE_BLOCKS = listed(IN_MESSAGES, 50, least=0)
VIEW_BLOCKS = listed(IN_VIEWS, 100, least=0)

HOME = shape(
    {"type": one_of("home"), "blocks": VIEW_BLOCKS},
    {"private_metadata": words(3000, least=0), "callback_id": words(255, least=0), "external_id": words(255, least=0)},
)
MODAL = shape(
    {"type": one_of("modal"), "title": plain(24), "blocks": VIEW_BLOCKS},
    {
        "close": plain(24),
        "submit": plain(24),
        "private_metadata": words(3000, least=0),
        "callback_id": words(255, least=0),
        "external_id": words(255, least=0),
        "clear_on_close": flag,
        "notify_on_close": flag,
        "submit_disabled": flag,
    },
)


def wrong_with_blocks(blocks: Any) -> Notes:
    """Return what Slack would say about a message's blocks."""
    return _noted(MESSAGE_BLOCKS, blocks, "/blocks") or _twice(blocks, "/blocks")


def wrong_with_view(view: Any) -> Notes:
    """Return what Slack would say about a modal or a home tab."""
    is_home = isinstance(view, dict) and view.get("type") == "home"
    notes = _noted(HOME if is_home else MODAL, view, "/view")
    if notes:
        return notes
    if not is_home and "submit" not in view:
        for index, block in enumerate(view["blocks"]):
            if block["type"] == "input":
                note(notes, "must define `submit` to use an `input` block in modals", f"/view/blocks/{index}/input")
    return notes or _twice(view["blocks"], "/view/blocks")


def _noted(rule: Rule, value: Any, at: str) -> Notes:
    notes: Notes = []
    rule(value, at, notes)
    return notes


def _twice(blocks: list[dict[str, Any]], at: str) -> Notes:
    """Note block ids that stand twice, and action ids that stand twice in one block."""
    notes: Notes = []
    block_ids: set[str] = set()
    for index, block in enumerate(blocks):
        block_id = block.get("block_id")
        if block_id in block_ids:
            note(notes, f'`block_id` "{block_id}" already exists', f"{at}/{index}/block_id")
        block_ids |= {block_id} if block_id else set()
        action_ids: set[str] = set()
        for place, element in enumerate(block.get("elements", []) if block["type"] == "actions" else []):
            action_id = element.get("action_id")
            if action_id in action_ids:
                note(notes, f'`action_id` "{action_id}" already exists', f"{at}/{index}/elements/{place}/action_id")
            action_ids |= {action_id} if action_id else set()
    return notes


def weight(blocks: list[dict[str, Any]]) -> int:
    """Return what a message's blocks weigh together."""
    return BLOCK_WEIGHT * len(blocks) + sum(map(_characters, blocks))


def _characters(value: Any) -> int:
    if isinstance(value, dict):
        own = value.get("text")
        inner = sum(_characters(child) for child in value.values() if not isinstance(child, str))
        return inner + (_escaped(own) if isinstance(own, str) else 0)
    return sum(map(_characters, value)) if isinstance(value, list) else 0


def _escaped(text: str) -> int:
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def view_size(view: Any) -> int:
    """Return the bytes of a view."""
    return len(json.dumps(view).encode())
