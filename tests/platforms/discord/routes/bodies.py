"""What a body makes of a message: checked as a whole, then filled in or changed."""

import copy
from typing import Any

from tests.platforms.discord.limits.components import placed
from tests.platforms.discord.limits.messages import breaks_discord, is_empty, wrong_with_message
from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.messages import Flag, Message
from tests.platforms.discord.records import Json
from tests.platforms.discord.refusals import empty_message, invalid_form, server_error
from tests.platforms.discord.world import World

PARTS: dict[str, type] = {"content": str, "embeds": list, "components": list}
SETTABLE = Flag.SUPPRESS_EMBEDS | Flag.SUPPRESS_NOTIFICATIONS | Flag.COMPONENTS_V2
EDITABLE = Flag.SUPPRESS_EMBEDS | Flag.COMPONENTS_V2


def fill(message: Message, body: Json) -> None:
    """Put into a new message, or one that still loads, what a body says."""
    flags = flags_of(body, SETTABLE)
    check(body, flags)
    for name, empty in PARTS.items():
        setattr(message, name, body.get(name) or empty())
    message.components = with_ids(message.components)
    message.flags = (message.flags & ~Flag.LOADING) | flags
    message.allowed_mentions = body.get("allowed_mentions")


def change(discord: World, message: Message, body: Json) -> None:
    """Change a message as a body says. What it leaves out stays; `allowed_mentions` never does; V2 is for ever."""
    given: Json = {name: body[name] or empty() for name, empty in PARTS.items() if name in body}
    stands = {name: getattr(message, name) for name in PARTS}
    flags = (message.flags & Flag.COMPONENTS_V2) | flags_of(body, EDITABLE)
    check({**body, **stands, **given}, flags)
    if "components" in given:
        given["components"] = with_ids(given["components"])
    message.change(**given, flags=message.flags | flags, allowed_mentions=body.get("allowed_mentions"))
    discord.tell_of(message, "MESSAGE_UPDATE")


def flags_of(body: Json, settable: Flag) -> Flag:
    """Return the flags that a body may set; others are ignored without a word, as Discord does."""
    flags = body.get("flags") or 0
    return Flag(flags & settable) if isinstance(flags, int) else Flag.NONE


def check(body: Json, flags: Flag) -> None:
    """Refuse a body that Discord would refuse."""
    layout = Flag.COMPONENTS_V2 in flags
    notes = wrong_with_message(body, layout=layout)
    if notes:
        raise invalid_form(notes)
    if is_empty(body):
        raise empty_message()
    if layout and breaks_discord(body.get("components") or []):
        raise server_error()


def with_ids(components: list[Json]) -> list[Json]:
    """Return components in which every one has an id, as Discord gives them: in order, none twice."""
    whole = copy.deepcopy(components)
    parts = [part for part, _ in placed(whole, ())]
    taken = {part["id"] for part in parts if part.get("id")}
    fresh = (number for number in range(1, len(parts) + len(taken) + 1) if number not in taken)
    for part in parts:
        part["id"] = part.get("id") or next(fresh)
    return whole


def nonce_of(body: Json) -> str | None:
    """Return the nonce of a body."""
    nonce: Any = body.get("nonce")
    if nonce is not None and len(str(nonce)) > 25:
        raise invalid_form([Note(("nonce",), "BASE_TYPE_MAX_LENGTH", "Must be 25 or fewer in length.")])
    return None if nonce is None else str(nonce)
