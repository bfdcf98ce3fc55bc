"""Rich text: what the message composer writes. https://docs.slack.dev/reference/block-kit/blocks/rich-text-block"""

from tests.platforms.slack.block_kit.rules import Rule, address, flag, listed, number, one_of, shape, typed, words

MANY = 10_000
"""The documentation sets no limit here; the message as a whole has one."""

STYLE = shape(
    {},
    dict.fromkeys(("bold", "italic", "strike", "code", "underline", "highlight", "client_highlight", "unlink"), flag),
)
STYLED = {"style": STYLE}

TEXT = shape({"text": words()}, STYLED)
LINK = shape({"url": address()}, STYLED | {"text": words(least=0), "unsafe": flag})
INLINE: dict[str, Rule] = {
    "text": TEXT,
    "link": LINK,
    "emoji": shape({"name": words()}, {"unicode": words(), "skin_tone": number(1, 6), **STYLED}),
    "user": shape({"user_id": words()}, STYLED),
    "usergroup": shape({"usergroup_id": words()}, STYLED),
    "channel": shape({"channel_id": words()}, STYLED),
    "broadcast": shape({"range": one_of("here", "channel", "everyone")}, STYLED),
    "date": shape({"timestamp": number(0, 2**40), "format": words()}, {"url": address(), "fallback": words()}),
    "color": shape({"value": words()}),
}
BORDER = {"border": number(0, 1)}

SECTION = shape({"elements": listed(typed(INLINE), MANY, least=0)})
PREFORMATTED = shape(
    {"elements": listed(typed({"text": TEXT, "link": LINK}), MANY, least=0)}, BORDER | {"language": words()}
)
QUOTE = shape({"elements": listed(typed(INLINE), MANY, least=0)}, BORDER)
LIST = shape(
    {"style": one_of("bullet", "ordered"), "elements": listed(typed({"rich_text_section": SECTION}), MANY)},
    BORDER | {"indent": number(0, 8), "offset": number(0, 1000)},
)
RICH_TEXT = typed(
    {
        "rich_text_section": SECTION,
        "rich_text_preformatted": PREFORMATTED,
        "rich_text_quote": QUOTE,
        "rich_text_list": LIST,
    }
)
