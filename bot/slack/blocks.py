"""Block Kit's pieces, each within its documented limit whatever goes in. PURE.

Limits: https://docs.slack.dev/reference/block-kit/blocks and …/composition-objects. Text that is not ours only ever
stands in `plain_text` or in preformatted rich text, where nothing is a mention, a link or markup.
"""

import json
import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Any, Self

Block = dict[str, Any]

TEXT = 3000
PIECE = 2000
"""How long the pieces of a longer text are: short enough that one of them always fits a message."""
HEADER = 150
LABEL = 100
BUTTON = 75
VALUE = 2000
URL = 500
"""Slack would take 3000, but a message has its weight, and ours are far shorter."""
BUTTONS_IN_ROW = 5
PERSON = re.compile(r"slack:([UW][A-Z0-9]{2,20})\b")
EMPTY = "\u2013"
"""What stands where there is nothing to say: Slack refuses empty texts."""


def plain(text: str, *, limit: int = TEXT) -> Block:
    """Return a text object that shows its text as it is, clipped with an ellipsis at the limit."""
    shown = text if len(text) <= limit else f"{text[: limit - 1]}…"
    return {"type": "plain_text", "text": shown or EMPTY, "emoji": False}


def header(text: str) -> Block:
    """Return a headline, clipped with an ellipsis at its limit."""
    return {"type": "header", "text": plain(text, limit=HEADER)}


def paragraph(text: str) -> Block:
    """Return one paragraph of plain text."""
    return {"type": "section", "text": plain(text)}


def paragraphs(text: str) -> list[Block]:
    """Return plain text of any length, in as many paragraphs as it needs."""
    return [paragraph(piece) for piece in pieces(text, PIECE)]


def small(text: str) -> Block:
    """Return small print of ours or others, as plain text."""
    return {"type": "context", "elements": [plain(text)]}


def label(text: str) -> Block:
    """Return what stands above a text; ours are far shorter than what is shown of one."""
    return {"type": "context", "elements": [plain(text, limit=LABEL)]}


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
    """Return lines of ours in which `slack:U…` shows as that person's name; everything else is plain text."""
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
    start = 0
    while len(text) - start > limit:
        end = text.rfind("\n", start + 1, start + limit)
        cut = end if end > 0 else start + limit
        yield text[start:cut]
        start = cut + text.startswith("\n", cut)
    yield text[start:]


@dataclass(frozen=True, slots=True)
class Room:
    """How much something holds: blocks, and the weight of all together.

    Each block weighs what its texts do, and a little for itself.
    """

    blocks: int
    weight: int
    weigh: Callable[[str], int]

    def weight_of(self, blocks: Sequence[Block]) -> int:
        """Return what blocks weigh here."""
        return sum(BLOCK_WEIGHT + sum(map(self.weigh, texts_in(block))) for block in blocks)

    def beside(self, blocks: Sequence[Block]) -> Self:
        """Return the room that is left beside these blocks."""
        return replace(self, blocks=self.blocks - len(blocks), weight=self.weight - self.weight_of(blocks))

    def holds(self, blocks: Sequence[Block]) -> bool:
        """Whether these blocks fit."""
        return len(blocks) <= self.blocks and self.weight_of(blocks) <= self.weight


def texts_in(value: Any) -> Iterator[str]:
    """Yield every text in a block, and the values of its buttons."""
    match value:
        case str():
            yield value
        case dict():
            for name, inner in value.items():
                if name not in {"type", "action_id"}:
                    yield from texts_in(inner)
        case list():
            for inner in value:
                yield from texts_in(inner)


def _in_html(text: str) -> int:
    """Return how long a text is with `&`, `<` and `>` written out."""
    return len(text) + 4 * text.count("&") + 3 * (text.count("<") + text.count(">"))


def _in_json(text: str) -> int:
    """Return how many bytes a text is in what is sent to Slack, at least as many as it may be kept in there."""
    return len(json.dumps(text)) - 2 + _in_html(text) - len(text)


BLOCK_WEIGHT = 100
MESSAGE = Room(50, 12_000, _in_html)
"""A message is refused (`msg_blocks_too_long`) at some 13 200 characters, `&`, `<` and `>` counted as written in HTML
and about 100 for each block: no documentation says so, measurements do."""
VIEW = Room(100, 200_000, _in_json)
"""A modal or a home page is refused at 250 kB."""
PART_OF_HOME = Room(24, 50_000, _in_json)
"""What each of the four parts of a home page may take, so that with a line between them they are one view."""
