"""The blocks, and which surface takes which. https://docs.slack.dev/reference/block-kit/blocks

Left out, and so refused: blocks nobody here posts (video, file, table, card, …).
"""

from tests.platforms.slack.block_kit.elements import FILLED_IN, IDENTIFIER, IMAGE, PRESSED, any_text, plain, texts
from tests.platforms.slack.block_kit.rich_text import MANY, RICH_TEXT
from tests.platforms.slack.block_kit.rules import Rule, address, at_least_one, every, flag, listed, shape, typed, words

BLOCK = {"block_id": IDENTIFIER}

CONTEXT_PART = typed({**texts(3000), "image": IMAGE})
SECTION = every(
    shape(
        {},
        BLOCK
        | {
            "text": any_text(3000),
            "fields": listed(any_text(2000), 10),
            "accessory": typed({**PRESSED, "image": IMAGE}),
            "expand": flag,
        },
    ),
    at_least_one("text", "fields"),
)
INPUT = shape(
    {"label": plain(2000), "element": typed(FILLED_IN)},
    BLOCK | {"hint": plain(2000), "optional": flag, "dispatch_action": flag},
)

EVERYWHERE: dict[str, Rule] = {
    "section": SECTION,
    "header": shape({"text": plain(150)}, BLOCK),
    "divider": shape({}, BLOCK),
    "context": shape({"elements": listed(CONTEXT_PART, 10)}, BLOCK),
    "actions": shape({"elements": listed(typed(PRESSED), 25)}, BLOCK),
    "image": shape({"image_url": address(3000), "alt_text": words(2000)}, BLOCK | {"title": plain(2000)}),
    "rich_text": shape({"elements": listed(RICH_TEXT, MANY)}, BLOCK),
    "input": INPUT,
}
MARKDOWN = shape({"text": words(12_000)}, BLOCK)

IN_MESSAGES = typed({**EVERYWHERE, "markdown": MARKDOWN})
IN_VIEWS = typed(EVERYWHERE)
