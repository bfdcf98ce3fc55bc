"""Whole messages: what a body may say, and how much in all.

https://discord.com/developers/docs/resources/message#create-message, …#embed-object-embed-limits,
https://discord.com/developers/docs/components/reference (40 components); 4000 characters of text in all:
discord/discord-api-docs pull request 8562.
"""

from typing import Any

from tests.platforms.discord.limits.components import CLASSIC, LAYOUT, UNIQUE, placed
from tests.platforms.discord.limits.rules import (
    Json,
    Note,
    Notes,
    Place,
    Rule,
    address,
    flag,
    listed,
    number,
    one_of,
    shape,
    words,
)

MOST_IN_EMBEDS = 6000
MOST_COMPONENTS = 40
MOST_TEXT = 4000
LAYOUT_BYTES = 10_170
BYTES_A_TEXT = 12
"""More than that, texts in UTF-8 and twelve a text display, and Discord answers 500: discord-api-docs issue 8554."""

MENTIONS = shape(
    {},
    {
        "parse": listed(one_of("users", "roles", "everyone"), 3),
        "users": listed(words(20), 100),
        "roles": listed(words(20), 100),
        "replied_user": flag,
    },
)
IMAGE = shape({"url": address(2048, "http", "https", "attachment")})
EMBED = shape(
    {},
    {
        "title": words(256),
        "description": words(4096),
        "url": address(2048, "http", "https"),
        "color": number(0, 0xFFFFFF),
        "fields": listed(shape({"name": words(256, least=1), "value": words(1024, least=1)}, {"inline": flag}), 25),
        "footer": shape({"text": words(2048, least=1)}, {"icon_url": address(2048, "http", "https", "attachment")}),
        "author": shape({"name": words(256, least=1)}, {"url": address(2048, "http", "https")}),
        "image": IMAGE,
        "thumbnail": IMAGE,
    },
)
FIELDS: dict[str, Rule] = {"content": words(2000), "allowed_mentions": MENTIONS, "flags": number(0, 2**53), "tts": flag}
CLASSIC_BODY = shape({}, FIELDS | {"embeds": listed(EMBED, 10), "components": CLASSIC})
LAYOUT_BODY = shape({}, FIELDS | {"embeds": listed(EMBED, 10), "components": LAYOUT})
LEGACY = ("content", "embeds", "poll", "sticker_ids")


def wrong_with_message(body: Any, *, layout: bool) -> Notes:
    """Return what Discord would say of a message's parts; `layout` when it is made of Components V2."""
    notes: Notes = []
    (LAYOUT_BODY if layout else CLASSIC_BODY)(body, (), notes)
    UNIQUE(body.get("components"), ("components",), notes)
    if notes:
        return notes
    if layout:
        _only_components(body, notes)
        _in_all(body.get("components") or [], notes)
    elif embeds_size(body.get("embeds") or []) > MOST_IN_EMBEDS:
        sentence = f"Embed size exceeds maximum size of {MOST_IN_EMBEDS}"
        notes.append(Note(("embeds",), "MAX_EMBED_SIZE_EXCEEDED", sentence))
    return notes


def _only_components(body: Json, notes: Notes) -> None:
    for name in LEGACY:
        if body.get(name):
            sentence = f"The '{name}' field cannot be used when using MessageFlags.IS_COMPONENTS_V2"
            notes.append(Note((name,), "MESSAGE_CANNOT_USE_LEGACY_FIELDS_WITH_COMPONENTS_V2", sentence))


def _in_all(components: list[Json], notes: Notes) -> None:
    at: Place = ("components",)
    parts = [part for part, _ in placed(components, at)]
    if len(parts) > MOST_COMPONENTS:
        sentence = f"The total number of components cannot exceed {MOST_COMPONENTS}"
        notes.append(Note(at, "COMPONENT_MAX_TOTAL_COMPONENTS_EXCEEDED", sentence))
    if sum(map(len, _texts(components))) > MOST_TEXT:
        sentence = f"The total displayable text size exceeds the maximum size of {MOST_TEXT}"
        notes.append(Note(at, "COMPONENT_DISPLAYABLE_TEXT_SIZE_EXCEEDED", sentence))


def _texts(components: list[Json]) -> list[str]:
    return [part["content"] for part, _ in placed(components, ()) if part["type"] == 10]


def breaks_discord(components: list[Json]) -> bool:
    """Tell whether Discord's own server fails on a layout that keeps every documented limit."""
    texts = _texts(components)
    return sum(len(text.encode()) for text in texts) + BYTES_A_TEXT * len(texts) > LAYOUT_BYTES


def embeds_size(embeds: list[Json]) -> int:
    """Return how many characters count in all embeds together."""
    return sum(map(_embed_size, embeds))


def _embed_size(embed: Json) -> int:
    footer, author = embed.get("footer") or {}, embed.get("author") or {}
    texts = [embed.get("title"), embed.get("description"), footer.get("text"), author.get("name")]
    for field in embed.get("fields") or []:
        texts += [field["name"], field["value"]]
    return sum(len(text) for text in texts if text)


def is_empty(body: Json) -> bool:
    """Tell whether nothing of a message would be seen."""
    embeds = [embed for embed in body.get("embeds") or [] if embed.keys() - {"type", "color", "flags"}]
    return not (str(body.get("content") or "").strip() or embeds or body.get("components") or body.get("attachments"))
