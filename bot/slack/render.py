"""Card → Block Kit: total over every card, within every limit for any text. PURE."""

from collections.abc import Iterable
from typing import assert_never

from bot.slack import blocks
from bot.slack.blocks import BLOCKS_IN_MESSAGE, Block
from gateway.card import DECIDERS, IN_BROWSER, Button, Card, Entry, Facts, Link, Note, Quote, Section, Table, Verb
from gateway.card import Block as Lines

FACTS_IN_ROW = 10
"""Fields of one section, by Slack's limit."""
FIELD = 2000
NOTIFICATION = 500
"""How much of a headline a notification shows; `chat.update` refuses a text of more than 4000 bytes."""
PREFIX = "agentgate"


def message_blocks(card: Card, *, most: int = BLOCKS_IN_MESSAGE) -> list[Block]:
    """Return the blocks of a message, a modal or a home page."""
    body = [block for section in card.sections for block in section_blocks(section)]
    buttons = [*blocks.rows(_buttons(card.buttons)), *blocks.rows(_links(card.links))]
    tail = [*buttons, *([_footer(card.footer)] if card.footer else [])]
    weight = blocks.WEIGHT if most == BLOCKS_IN_MESSAGE else blocks.VIEW_WEIGHT
    return blocks.fitting([*blocks.header(card.headline), *body], most=most, tail=tail, weight=weight)


def section_blocks(section: Section) -> list[Block]:
    """Return the blocks of one section."""
    match section:
        case Facts():
            return _facts(section)
        case Quote():
            return [blocks.small(section.label), *blocks.paragraphs(section.text), *_left_out(section.left_out)]
        case Lines():
            text = "\n".join(section.lines)
            return [blocks.small(section.label), *blocks.preformatted(text), *_left_out(section.left_out)]
        case Note():
            return blocks.paragraphs(section.text)
        case Table():
            return blocks.preformatted(table_text(section))
        case Entry():
            text = "\n".join((section.title, *section.lines))
            return [*blocks.paragraphs(text), *blocks.rows(_buttons(section.buttons))]
        case _:
            assert_never(section)


def _facts(facts: Facts) -> list[Block]:
    named = [(label, value) for label, value in facts.rows if _names_somebody(label, value)]
    rest = [row for row in facts.rows if row not in named]
    short = [(label, value) for label, value in rest if len(label) + len(value) < FIELD]
    long = [(label, value) for label, value in rest if len(label) + len(value) >= FIELD]
    fields = [blocks.plain(f"{label}\n{value or blocks.EMPTY}", limit=FIELD) for label, value in short]
    shown = [
        {"type": "section", "fields": fields[start : start + FACTS_IN_ROW]}
        for start in range(0, len(fields), FACTS_IN_ROW)
    ]
    shown += [blocks.naming(f"{label}: {value}") for label, value in named]
    return shown + [block for label, value in long for block in (blocks.small(label), *blocks.paragraphs(value))]


def _names_somebody(label: str, value: str) -> bool:
    """Whether a row of ours says who decided: only there does an id become a name, never in an agent's words."""
    return label in DECIDERS and len(value) < FIELD and blocks.PERSON.search(value) is not None


def _left_out(words: str | None) -> list[Block]:
    return [blocks.small(words)] if words else []


def table_text(table: Table) -> str:
    """Return a table as aligned lines."""
    lines = [table.head, *table.rows]
    widths = [max(len(line[column]) for line in lines) for column in range(len(table.head))]
    return "\n".join(
        "  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines
    )


def _footer(text: str) -> Block:
    """Return the footer: all our own words, so that its address may be a link."""
    return {"type": "context", "elements": [{"type": "mrkdwn", "text": escaped(text)[: blocks.TEXT]}]}


def _buttons(buttons: Iterable[Button]) -> list[Block]:
    styles = {Verb.APPROVE: "primary", Verb.DENY: "danger"}
    return [
        blocks.button(one.label, action_id=action_id(one, place), value=one.value, style=styles.get(one.verb))
        for place, one in enumerate(buttons)
    ]


def _links(links: Iterable[Link]) -> list[Block]:
    """Return buttons that open an address; what comes back when one is pressed, nobody listens to."""
    return [
        blocks.link_button(IN_BROWSER[link.verdict], action_id=f"{PREFIX}:browser:{place}", url=link.url)
        for place, link in enumerate(links)
        if len(link.url) <= blocks.URL
    ]


def action_id(button: Button, place: int) -> str:
    """Return what tells a press apart without a look at the database: verb, whether a reason is asked, place."""
    return f"{PREFIX}:{button.verb.value}:{'ask' if button.asks_reason else 'now'}:{place}"


def fallback(card: Card) -> str:
    """Return what notifications show of a card: our own words, escaped."""
    code = card.footer.partition(" · ")[0] if card.footer else ""
    words = " · ".join(part for part in (card.headline[:NOTIFICATION], code) if part)
    return escaped(words or "AgentGate")[: blocks.TEXT]


def escaped(text: str) -> str:
    """Return text in which Slack's three control characters are written out."""
    return text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
