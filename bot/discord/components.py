"""Components V2's pieces, each within its documented limit. https://discord.com/developers/docs/components/reference"""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import discord
from discord import ui

from bot.discord.custom_ids import Pages, custom_id
from bot.discord.fitting import BUTTONS_IN_ROW
from bot.discord.markdown import EMPTY, shown
from gateway.card import IN_BROWSER, Button, Link, Verb

COMPONENTS = 40
"""Components in a message, those in others included."""
TEXT = 4000
"""Characters of all texts of a message together."""
LABEL = 80
URL = 512
STYLES = {Verb.APPROVE: discord.ButtonStyle.success, Verb.DENY: discord.ButtonStyle.danger}
QUIET = discord.AllowedMentions.none()
"""Sent with every message: names show, and nobody is pinged."""

Item = ui.Item[Any]


def text(markdown: str) -> Item:
    """Return a text."""
    return ui.TextDisplay(markdown)


def line() -> Item:
    """Return a line between what stands above and below it."""
    return ui.Separator()


def small(words: str) -> Item:
    """Return small print; `words` are markdown."""
    return ui.TextDisplay(f"-# {words}")


def rows(buttons: Sequence[Button], pages: Pages, *, taken: set[str]) -> Iterator[Item]:
    """Yield buttons in rows of five; `taken` are the custom ids of the message so far."""
    for start in range(0, len(buttons), BUTTONS_IN_ROW):
        row = buttons[start : start + BUTTONS_IN_ROW]
        yield ui.ActionRow(*(_button(button, custom_id(button, pages, taken=taken)) for button in row))


def links(links_: Sequence[Link]) -> Iterator[Item]:
    """Yield buttons that open an address, in rows of five; one that is too long for Discord is left out."""
    fitting = [link for link in links_ if len(link.url) <= URL]
    for start in range(0, len(fitting), BUTTONS_IN_ROW):
        row = fitting[start : start + BUTTONS_IN_ROW]
        yield ui.ActionRow(*(ui.Button(label=IN_BROWSER[link.verdict], url=link.url) for link in row))


def _button(button: Button, id_: str) -> ui.Button[Any]:
    style = STYLES.get(button.verb, discord.ButtonStyle.secondary)
    label = shown(button.label).strip() or EMPTY
    return ui.Button(
        label=label if len(label) <= LABEL // 2 else f"{label[: LABEL // 2 - 1]}…", style=style, custom_id=id_
    )


def message(items: Iterable[Item], *, colour: int) -> ui.LayoutView:
    """Return a message that nobody listens to: discord.py keeps no view that is finished before it is sent."""
    view = ui.LayoutView(timeout=None)
    view.add_item(ui.Container(*items, accent_colour=colour))
    view.stop()
    return view
