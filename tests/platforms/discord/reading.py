"""What a person sees of a message: its content, its embeds and its components."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from tests.platforms.discord.markdown import Seen

Json = dict[str, Any]

ROW, BUTTON, SELECT, TEXT_INPUT = 1, 2, 3, 4
SECTION, TEXT_DISPLAY, THUMBNAIL, MEDIA_GALLERY, FILE, SEPARATOR, CONTAINER, LABEL = 9, 10, 11, 12, 13, 14, 17, 18
"""Component types: https://discord.com/developers/docs/components/reference#component-object-component-types"""

STYLES = {1: "primary", 2: "secondary", 3: "success", 4: "danger", 5: "link", 6: "premium"}


@dataclass(frozen=True)
class Button:
    """A button as it is shown; links have a `url` and no `custom_id`."""

    text: str
    custom_id: str = ""
    url: str = ""
    style: str = ""
    disabled: bool = False


def read_message(content: str, embeds: list[Json], components: list[Json]) -> Seen:
    """Return what somebody reads of a message."""
    seen = Seen()
    if content:
        seen.markdown(content)
    for embed in embeds:
        _read_embed(embed, seen)
    for component in components:
        read_component(component, seen)
    return seen


def _read_embed(embed: Json, seen: Seen) -> None:
    """Titles and names of fields are markdown without mentions or links; author and footer are plain."""
    if author := embed.get("author"):
        seen.plain(author["name"])
    if title := embed.get("title"):
        _read_title(title, seen)
        seen.links += [embed["url"]] if embed.get("url") else []
    if description := embed.get("description"):
        seen.markdown(description)
    for field in embed.get("fields") or []:
        _read_title(field["name"], seen)
        seen.markdown(field["value"])
    if footer := embed.get("footer"):
        seen.plain(footer["text"])


def _read_title(text: str, seen: Seen) -> None:
    apart = Seen()
    apart.markdown(text)
    seen.lines.append(apart.text)
    seen.outside.append(apart.outside_code)
    seen.formatted += apart.formatted
    seen.emoji += apart.emoji


def read_component(component: Json, seen: Seen) -> None:
    """Add what a component and those inside it read."""
    match component["type"]:
        case 10:
            seen.markdown(component["content"])
        case 2:
            seen.plain(f"[{component.get('label') or (component.get('emoji') or {}).get('name') or ''}]")
        case 3 | 5 | 6 | 7 | 8:
            seen.plain(f"[{component.get('placeholder') or 'select'}]")
        case 14:
            seen.plain("———" if component.get("divider", True) else "")
        case 11:
            seen.plain(f"[image: {component.get('description') or ''}]")
        case 18:
            seen.plain(component["label"])
            seen.plain(component.get("description") or "")
        case 4:
            seen.plain(component.get("label") or "")
        case _:
            pass
    for inner in inside(component):
        read_component(inner, seen)


def inside(component: Json) -> Iterator[Json]:
    """Yield the components that stand in another, in the order in which they are read."""
    yield from component.get("components") or []
    yield from (component[name] for name in ("accessory", "component") if component.get(name))


def everything(components: list[Json]) -> Iterator[Json]:
    """Yield components and all that stand in them."""
    for component in components:
        yield component
        yield from everything(list(inside(component)))


def buttons_of(components: list[Json]) -> list[Button]:
    """Return the buttons in the order in which they stand."""
    return [
        Button(
            component.get("label") or "",
            component.get("custom_id") or "",
            component.get("url") or "",
            STYLES.get(component["style"], ""),
            bool(component.get("disabled")),
        )
        for component in everything(components)
        if component["type"] == BUTTON
    ]


def texts_that_ping(content: str, components: list[Json]) -> list[str]:
    """Return the texts in which mentions ping: embeds never do."""
    return [content, *(part["content"] for part in everything(components) if part["type"] == TEXT_DISPLAY)]
