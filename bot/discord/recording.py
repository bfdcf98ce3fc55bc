"""A card that was pressed, while the answer is recorded: its own words, with “Recording …” where its buttons were."""

from typing import Any

import discord
from discord import ui

from bot.discord import components

WORDS = "Recording …"


def recording(message: discord.Message) -> ui.LayoutView:
    """Return what a message shows as it came with the press, with “Recording …” in the place of its buttons."""
    view = as_it_was(message)
    for container in view.children:
        if isinstance(container, ui.Container):
            _replace_buttons(container)
    return view


def as_it_was(message: discord.Message) -> ui.LayoutView:
    """Return what a message showed when it was pressed, for when nothing came of it."""
    view = ui.LayoutView.from_message(message, timeout=None)
    view.stop()
    return view


def _replace_buttons(container: ui.Container[Any]) -> None:
    children = container.children
    rows = [place for place, child in enumerate(children) if isinstance(child, ui.ActionRow)]
    container.clear_items()
    for place, child in enumerate(children):
        if place in rows[-1:]:  # a footer stands below the last of them
            container.add_item(components.small(WORDS))
        elif place not in rows:
            container.add_item(child)
