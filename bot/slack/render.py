"""Card → Block Kit: total over every card, within every limit for any text. PURE."""

from collections.abc import Iterable

from bot.clipping import where_else
from bot.slack import blocks
from bot.slack.blocks import MESSAGE, Block, Room
from bot.slack.fitting import fitted
from bot.slack.sections import PREFIX, button_blocks
from gateway.card import IN_BROWSER, Card, Link, Note

NOTIFICATION = 500
"""How much of a headline a notification shows; `chat.update` refuses a text of more than 4000 bytes."""


def message_blocks(card: Card, *, room: Room = MESSAGE) -> list[Block]:
    """Return the blocks of a message, a modal or a home page: headline, buttons and footer always stand."""
    head = [blocks.header(card.headline)]
    buttons = [*blocks.rows(button_blocks(card.buttons)), *blocks.rows(_links(card.links))]
    tail = [*buttons, *([_footer(card.footer)] if card.footer else [])]
    whole_headline = [Note(card.headline)] if len(card.headline) > blocks.HEADER else []
    body = fitted([*whole_headline, *card.sections], room.beside([*head, *tail]), where=where_else(card.footer))
    return [*head, *body, *tail]


def _footer(text: str) -> Block:
    """Return the footer: all our own words, so that its address may be a link."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(text)[: blocks.TEXT]}]}


def _links(links: Iterable[Link]) -> list[Block]:
    """Return buttons that open an address; what comes back when one is pressed, nobody listens to."""
    return [
        blocks.link_button(IN_BROWSER[link.verdict], action_id=f"{PREFIX}:browser:{place}", url=link.url)
        for place, link in enumerate(links)
        if len(link.url) <= blocks.URL
    ]


def fallback(card: Card) -> str:
    """Return what notifications show of a card: our own words, escaped."""
    code = card.footer.partition(" · ")[0] if card.footer else ""
    words = " · ".join(part for part in (card.headline[:NOTIFICATION], code) if part)
    return escaped(words or "AgentGate")[: blocks.TEXT]


def escaped(text: str) -> str:
    """Return text in which Slack's three control characters are written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
