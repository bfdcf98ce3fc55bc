"""A typed line as somebody fills it into Discord's slash command, who has no help but the names of the options."""

import re
from collections.abc import Iterator
from typing import Any

from tests.platforms.discord.channels import Channel
from tests.platforms.discord.limits.commands import GROUP, WHOLE
from tests.platforms.discord.slash import find
from tests.platforms.discord.world import World

NAMED = re.compile(r"([a-z]+):(\S+)")


def filled_in(discord: World, channel: Channel, line: str) -> tuple[str, dict[str, Any]]:
    """Return the command's path and options: those written `name:value`, the others in order, the last to the end."""
    path, rest = _path(discord, line)
    options = {option["name"]: option for option in find(discord, channel, path).options}
    words = rest.split()
    named = {found[1]: found[2] for word in words if (found := NAMED.fullmatch(word)) and found[1] in options}
    others = [word for word in words if word.partition(":")[0] not in named]
    free = [name for name in options if name not in named]
    given = named | dict(_in_order(free, others))
    return path, {name: int(text) if options[name]["type"] == WHOLE else text for name, text in given.items()}


def _path(discord: World, line: str) -> tuple[str, str]:
    """Return the words of the command, two where its first is a group's, and what follows them."""
    groups = {step["name"] for command in discord.commands[""] for step in command["options"] if step["type"] == GROUP}
    first, _, rest = line.partition(" ")
    if first not in groups:
        return first, rest
    second, _, rest = rest.partition(" ")
    return f"{first} {second}", rest


def _in_order(names: list[str], words: list[str]) -> Iterator[tuple[str, str]]:
    for place, name in enumerate(names[: len(words)]):
        is_last = place == len(names) - 1
        yield name, " ".join(words[place:]) if is_last else words[place]
