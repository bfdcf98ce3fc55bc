"""Block Kit's pieces, each within its documented limit whatever goes in. PURE.

Limits: https://docs.slack.dev/reference/block-kit/blocks and …/composition-objects. Text that is not ours only ever
stands in `plain_text` or in preformatted rich text, where nothing is a mention, a link or markup.
"""

import re
from collections.abc import Iterable, Iterator
from typing import Any

Block = dict[str, Any]

TEXT = 3000
VIEW_WEIGHT = 200_000
"""Modals and home pages are refused at 250 kB."""
PIECE = 2000
"""How long the pieces of a longer text are: short enough that one of them always fits a message."""
WEIGHT = 12_000
BLOCK_WEIGHT = 100
"""A message is refused (`msg_blocks_too_long`) at some 13 200 characters, `&`, `<` and `>` counted as written in HTML
and about 100 for each block: no documentation says so, measurements do."""
HEADER = 150
BUTTON = 75
VALUE = 2000
URL = 500
"""Slack would take 3000, but a message has its weight, and ours are far shorter."""
BLOCKS_IN_MESSAGE = 50
BLOCKS_IN_VIEW = 100
BUTTONS_IN_ROW = 5
PERSON = re.compile(r"slack:([UW][A-Z0-9]{2,20})\b")
EMPTY = "\u2013"
"""What stands where there is nothing to say: Slack refuses empty texts."""


def plain(text: str, *, limit: int = TEXT) -> Block:
    """Return a text object that shows its text as it is, clipped with an ellipsis at the limit."""
    shown = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return {"type": "plain_text", "text": shown or EMPTY, "emoji": False}


def header(text: str) -> list[Block]:
    """Return a headline; what is over 150 characters follows in full below it."""
    more = paragraphs(text) if len(text) > HEADER else []
    return [{"type": "header", "text": plain(text, limit=HEADER)}, *more]


def paragraph(text: str) -> Block:
    """Return one paragraph of plain text."""
    return {"type": "section", "text": plain(text)}


def paragraphs(text: str) -> list[Block]:
    """Return plain text of any length, in as many paragraphs as it needs."""
    return [paragraph(piece) for piece in pieces(text, PIECE)]


def small(text: str) -> Block:
    """Return small print of ours or others, as plain text."""
    return {"type": "context", "elements": [plain(text, limit=TEXT)]}


def preformatted(text: str) -> list[Block]:
    """Return text in a fixed width font, in as many blocks as it needs."""
    return [
        {
            "type": "rich_text",
            "elements": [{"type": "rich_text_preformatted", "elements": [{"type": "text", "text": piece or EMPTY}]}],
        }
        for piece in pieces(text, PIECE)
    ]


def naming(text: str) -> Block:
    """Return a line of ours in which `slack:U…` shows as that person's name; everything else is plain text."""
    elements = [
        {"type": "user", "user_id": part} if place % 2 else {"type": "text", "text": part}
        for place, part in enumerate(PERSON.split(text))
        if part
    ]
    return {"type": "rich_text", "elements": [{"type": "rich_text_section", "elements": elements}]}


def button(label: str, *, action_id: str, value: str, style: str | None = None) -> Block:
    """Return a button; `value` comes back when it is pressed."""
    shown: Block = {
        "type": "button",
        "text": plain(label, limit=BUTTON),
        "action_id": action_id,
        "value": value[:VALUE] or EMPTY,
    }
    return shown | ({"style": style} if style else {})


def link_button(label: str, *, action_id: str, url: str) -> Block:
    """Return a button that opens an address."""
    return {"type": "button", "text": plain(label, limit=BUTTON), "action_id": action_id, "url": url}


def rows(buttons: Iterable[Block]) -> list[Block]:
    """Return buttons in rows of five."""
    all_buttons = list(buttons)
    return [
        {"type": "actions", "elements": all_buttons[start : start + BUTTONS_IN_ROW]}
        for start in range(0, len(all_buttons), BUTTONS_IN_ROW)
    ]


def pieces(text: str, limit: int) -> Iterator[str]:
    """Cut a text into pieces of at most `limit` characters, at line ends where that is possible."""
    while len(text) > limit:
        cut = text.rfind("\n", 1, limit) if "\n" in text[1:limit] else limit
        yield text[:cut]
        text = text[cut:].removeprefix("\n")
    yield text


def fitting(blocks: list[Block], *, most: int, tail: list[Block], weight: int = WEIGHT) -> list[Block]:
    """Return blocks within a message's limits; what is left out is counted, and the tail always stands."""
    room, left = most - len(tail), weight - sum(weight_of(block) for block in tail)
    shown: list[Block] = []
    for block in blocks:
        left -= weight_of(block)
        if left < 0 or len(shown) == room:
            break
        shown.append(block)
    if len(shown) == len(blocks):
        return [*shown, *tail]
    shown = shown[: room - 1]
    return [*shown, small(f"…{len(blocks) - len(shown)} more parts, see the full view"), *tail]


def weight_of(value: Any) -> int:
    """Return what something weighs in a message: its characters as HTML writes them, and a little for itself."""
    match value:
        case str():
            return len(value) + 4 * value.count("&") + 3 * (value.count("<") + value.count(">"))
        case dict():
            own = BLOCK_WEIGHT if "type" in value and "text" not in value else 0
            return own + sum(weight_of(inner) for name, inner in value.items() if name not in {"type", "action_id"})
        case list():
            return sum(weight_of(inner) for inner in value)
        case _:
            return 0
