"""Card → Components V2: total over every card, within every limit for any text.

    message_view(card, pages)    one message: a card in a channel. What is too long is clipped with a count, so that
                                 headline, outcome, buttons and footer always stand, in the fixed order.
    message_views(card, pages)   a private answer: as many messages as it needs, five at most; the first has the
                                 headline, the last the buttons and the footer.

`pages` keeps the command lines of buttons that are too long for a custom id: one `Pages` for the whole chat. Views are
finished before they are sent, so discord.py remembers none of them: what a press means, its custom id says, also after
a restart. They are made inside the event loop, and sent with `allowed_mentions=components.QUIET`.
"""

from collections.abc import Iterator, Sequence

from discord import ui

from bot.clipping import where_else
from bot.discord import components
from bot.discord.components import COMPONENTS, TEXT, Item
from bot.discord.custom_ids import Pages
from bot.discord.fitting import in_rows, spread
from bot.discord.markdown import EMPTY, escaped, linked, shown, width
from bot.discord.parts import BUTTONS, Kind, Part, parts_of
from gateway.card import Card, Facts, Tone

MESSAGES = 5
"""How many messages a private answer may be."""
HEADLINE = 150
"""How much of a headline is a heading; a longer one follows in full below it."""
FOOTER = 300
LINKS = 3
"""How many addresses a card has at most: for looking, approving and denying."""
COUNTED = 100
"""Room for the sentence that counts what is left out."""

MARKS = {Tone.WAITING: "⏳", Tone.GOOD: "✅", Tone.BAD: "❌", Tone.QUIET: "⚪", Tone.PLAIN: "ℹ️"}
"""A sign for what a card means; its headline says it in words."""
COLOURS = {
    Tone.WAITING: 0xF0B232,
    Tone.GOOD: 0x23A55A,
    Tone.BAD: 0xDA373C,
    Tone.QUIET: 0x80848E,
    Tone.PLAIN: 0x5865F2,
}
URGENCIES = {"low": 0x5E8CB5, "high": 0xF27A30, "critical": 0xE0218A}
"""The colour of what waits, where it is not the usual one; the urgency stands among the facts as a word."""


def message_view(card: Card, pages: Pages) -> ui.LayoutView:
    """Return a card as one message."""
    return message_views(card, pages, most=1)[0]


def message_views(card: Card, pages: Pages, *, most: int = MESSAGES) -> list[ui.LayoutView]:
    """Return a card as messages, at least one and at most `most`."""
    texts = [_headline(card), *_last_words(card)]
    spreads = spread(
        [*_whole_headline(card), *parts_of(card)],
        room=TEXT - sum(width(text) for text in texts) - COUNTED,
        places=COMPONENTS - 2 - len(texts) - in_rows(card.buttons[:BUTTONS]) - in_rows(card.links[:LINKS]),
        most=most,
        where=where_else(card.footer),
    )
    last = len(spreads) - 1
    return [
        _message(card, parts, pages, is_first=number == 0, is_last=number == last)
        for number, parts in enumerate(spreads)
    ]


def _message(card: Card, parts: Sequence[Part], pages: Pages, *, is_first: bool, is_last: bool) -> ui.LayoutView:
    taken: set[str] = set()
    items = [components.text(_headline(card))] if is_first else []
    items += [item for part in parts for item in _items(part, pages, taken=taken)]
    if is_last:
        items += components.rows(card.buttons[:BUTTONS], pages, taken=taken)
        items += components.links(card.links[:LINKS])
        items += [components.text(words) for words in _last_words(card)]
    return components.message(items or [components.text(EMPTY)], colour=colour_of(card))


def _items(part: Part, pages: Pages, *, taken: set[str]) -> Iterator[Item]:
    if part.is_entry:
        yield components.line()
    yield components.text(part.written())
    yield from components.rows(part.buttons, pages, taken=taken)


def _headline(card: Card) -> str:
    words = _one_line(card.headline) or EMPTY
    clipped = words if len(words) <= HEADLINE else f"{words[: HEADLINE - 1]}…"
    return f"### {MARKS[card.tone]} {escaped(clipped)}"


def _whole_headline(card: Card) -> tuple[Part, ...]:
    words = _one_line(card.headline)
    return (Part((words,), Kind.WORDS),) if len(words) > HEADLINE else ()


def _one_line(text: str) -> str:
    return shown(text).replace("\n", " ").strip()


def _last_words(card: Card) -> list[str]:
    """Return what stands below the buttons."""
    more = len(card.buttons) - BUTTONS
    words = [escaped(f"…{more} more buttons")] if more > 0 else []
    footer = _one_line(card.footer or "")
    words += [linked(footer) if len(footer) <= FOOTER else escaped(f"{footer[: FOOTER - 1]}…")] if footer else []
    return [f"-# {one}" for one in words]


def colour_of(card: Card) -> int:
    """Return the colour of a card: what it means, and while it waits, how urgent it is."""
    rows = [row for section in card.sections if isinstance(section, Facts) for row in section.rows]
    urgency = next((value for label, value in rows if label == "Urgency"), "")
    usual = COLOURS[card.tone]
    return URGENCIES.get(urgency, usual) if card.tone is Tone.WAITING else usual
