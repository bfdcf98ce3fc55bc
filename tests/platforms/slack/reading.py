"""What a person sees of a payload, and which parts of it are alive.

Alive are mentions, links and emoji. In `mrkdwn` they come from the text itself (`<!channel>`, `<@U…>`, `<https://…|label>`,
bare addresses unless `verbatim`, `:name:`), in `rich_text` only from their own elements, in `plain_text` only emoji.
https://docs.slack.dev/messaging/formatting-message-text
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

Json = dict[str, Any]

ANGLED = re.compile(r"<([^<>|\n]+)(?:\|([^<>\n]*))?>")
BARE_LINK = re.compile(r"(?<![\w|<])(?:https?://|mailto:)[^\s<>|]+")
EMOJI = re.compile(r":([a-z0-9_+'-]+):")


@dataclass
class Seen:
    """What somebody reads, and what in it is alive. Live parts stand between « and »."""

    lines: list[str] = field(default_factory=list)
    mentions: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    emoji: list[str] = field(default_factory=list)

    @property
    def text(self) -> str:
        """Everything that is read, line by line."""
        return "\n".join(self.lines)


@dataclass(frozen=True)
class Button:
    """A button as it can be pressed."""

    action_id: str
    block_id: str
    text: str
    value: str = ""
    url: str = ""
    style: str = ""


def read_mrkdwn(text: str, seen: Seen, *, verbatim: bool = False) -> str:
    """Return how mrkdwn reads, noting its live parts."""
    pieces, end = [], 0
    for found in ANGLED.finditer(text):
        pieces += [_outside(text[end : found.start()], seen, verbatim=verbatim), _angled(found, seen)]
        end = found.end()
    return "".join([*pieces, _outside(text[end:], seen, verbatim=verbatim)])


def _angled(found: re.Match[str], seen: Seen) -> str:
    target, label = found[1], found[2]
    if target[0] in "@#!":
        seen.mentions.append(target)
        return f"«{target}»"
    seen.links.append(_unescaped(target))
    return f"«{_unescaped(label or target)} → {_unescaped(target)}»"


def _outside(text: str, seen: Seen, *, verbatim: bool) -> str:
    seen.emoji += EMOJI.findall(text)
    if not verbatim:
        seen.links += [_unescaped(link) for link in BARE_LINK.findall(text)]
        text = BARE_LINK.sub(lambda link: f"«{link[0]}»", text)
    return _unescaped(text)


def _unescaped(text: str) -> str:
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")


def read_text(thing: Json, seen: Seen) -> str:
    """Return how a text object reads."""
    if thing["type"] == "mrkdwn":
        return read_mrkdwn(thing["text"], seen, verbatim=bool(thing.get("verbatim")))
    if thing.get("emoji", True):
        seen.emoji += EMOJI.findall(thing["text"])
    return str(thing["text"])


def read_rich(element: Json, seen: Seen) -> str:
    """Return how one element of a rich text block reads, with what it contains."""
    match element["type"]:
        case "text":
            return str(element["text"])
        case "link":
            seen.links.append(element["url"])
            return f"«{element.get('text') or element['url']} → {element['url']}»"
        case "emoji":
            seen.emoji.append(element["name"])
            return f"«:{element['name']}:»"
        case "user" | "usergroup" | "channel" | "broadcast" as kind:
            seen.mentions.append(str(element.get(f"{kind}_id") or element.get("range")))
            return f"«{seen.mentions[-1]}»"
        case "rich_text_list":
            return "\n".join(f"• {read_rich(item, seen)}" for item in element["elements"])
        case _:
            return "".join(read_rich(part, seen) for part in element.get("elements", []))


def read_blocks(blocks: list[Json], seen: Seen) -> None:
    """Add every block's lines to what is seen."""
    for block in blocks:
        seen.lines += [line for line in _lines(block, seen) if line]


def _lines(block: Json, seen: Seen) -> Iterator[str]:
    match block["type"]:
        case "rich_text":
            yield from (read_rich(element, seen) for element in block["elements"])
        case "markdown":
            yield read_mrkdwn(block["text"], seen)
        case "divider":
            yield "———"
        case "image":
            yield f"[image: {block['alt_text']}]"
        case "input":
            yield from (read_text(block[key], seen) for key in ("label", "hint") if key in block)
        case _:
            yield from _texts(block, seen)


def _texts(block: Json, seen: Seen) -> Iterator[str]:
    if "text" in block:
        yield read_text(block["text"], seen)
    yield from (read_text(field, seen) for field in block.get("fields", []))
    for element in [*block.get("elements", []), *([block["accessory"]] if "accessory" in block else [])]:
        match element["type"]:
            case "plain_text" | "mrkdwn":
                yield read_text(element, seen)
            case "button":
                yield f"[{read_text(element['text'], seen)}]"
            case kind:
                yield f"[{kind}]"


def elements_of(blocks: list[Json]) -> Iterator[tuple[Json, Json]]:
    """Yield every element that can be acted upon, with its block."""
    for block in blocks:
        inside = block.get("elements", []) if block["type"] == "actions" else []
        for element in [*inside, block.get("accessory"), block.get("element")]:
            if element and "action_id" in element:
                yield block, element


def buttons_of(blocks: list[Json]) -> list[Button]:
    """Return the buttons in the order in which they stand."""
    return [
        Button(
            element["action_id"],
            block["block_id"],
            element["text"]["text"],
            *(element.get(key, "") for key in ("value", "url", "style")),
        )
        for block, element in elements_of(blocks)
        if element["type"] == "button"
    ]
