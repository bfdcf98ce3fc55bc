"""Parts within what messages hold: large ones are cut first, at line ends, and what is left out is counted. PURE."""

from bisect import bisect_right
from collections import deque
from collections.abc import Sequence
from dataclasses import replace
from itertools import accumulate, takewhile
from typing import assert_never

from bot.clipping import counted, left_out, share
from bot.discord.markdown import apart, escaped, width
from bot.discord.parts import LONG_LINE, Kind, Part
from gateway.card import Button, Link

BUTTONS_IN_ROW = 5
LEAST = 500
"""Less room than this says too little: a part waits for the next message, or is counted."""
UNUSED = 700
"""How much of a message may stay empty because the next line would not fit, labels that are repeated included."""
MARKS = 8
"""How much longer a line becomes in which a label is bold and somebody has a name."""
CONTINUED = " (continued)"


def spread(parts: Sequence[Part], *, room: int, places: int, most: int, where: str) -> list[list[Part]]:
    """Return parts for at most `most` messages of `room` characters and `places` components each.

    What does not fit is counted, and `where` says where it is.
    """
    kept = _kept(parts, room if most == 1 else most * (room - UNUSED), where=where)
    messages = _packed(kept, room=room, places=places)
    missing = len(parts) - len(kept) + sum(len(message) for message in messages[most:])
    shown = messages[:most]
    if missing:
        shown[-1].append(Part((f"…{counted(missing, 'more part')}{where}",), Kind.WORDS))
    return shown


def _kept(parts: Sequence[Part], room: int, *, where: str) -> list[Part]:
    """Return as many parts as can say something in the room, each within its share of it."""
    widths = [width(part.written()) for part in parts]
    while widths and (fair := share(widths, room)) < min(LEAST, max(widths)):
        widths.pop()
    return [clipped(part, fair, where=where) for part in parts[: len(widths)]]


def clipped(part: Part, room: int, *, where: str) -> Part:
    """Return a part at most `room` wide; below it stands how much was left out."""
    if width(part.written()) <= room:
        return part
    characters = sum(len(line) for line in part.lines)
    longest = left_out(characters, len(part.lines), then=part.left_out, where=where)
    head, rest = cut(replace(part, left_out=longest), room)
    if rest is None:
        return part
    is_inside = len(head.lines) + len(rest.lines) > len(part.lines)
    characters = len(rest.lines[0]) if is_inside else 0
    counted_now = left_out(characters, len(rest.lines) - is_inside, then=part.left_out, where=where)
    return replace(head, left_out=counted_now, buttons=part.buttons)


def cut(part: Part, room: int) -> tuple[Part, Part | None]:
    """Cut a part where the room ends: at the end of a line, or inside one that is too long to wait for."""
    room -= width(replace(part, lines=("",)).written())
    costs = accumulate(_cost(line, part.kind) + 1 for line in part.lines)
    whole = sum(1 for _ in takewhile(lambda cost: cost <= room, costs))
    if whole == len(part.lines):
        return part, None
    head, rest = part.lines[:whole], part.lines[whole:]
    room -= sum(_cost(line, part.kind) + 1 for line in head)
    if whole == 0 or min(room, len(rest[0])) > LONG_LINE:
        begun = _begun(rest[0], part.kind, room)
        head, rest = (*head, rest[0][:begun]), (rest[0][begun:], *rest[1:])
    label = part.label and f"{part.label.removesuffix(CONTINUED)}{CONTINUED}"
    return replace(part, lines=head, left_out="", buttons=()), replace(part, lines=rest, label=label, is_entry=False)


def _begun(line: str, kind: Kind, room: int) -> int:
    """Return how many characters of a line have room: one at least, so that cutting comes to an end."""
    sizes = range(min(len(line), max(room, 1)) + 1)
    return max(1, bisect_right(sizes, room - 1, key=lambda size: _cost(line[:size], kind)) - 1)


def _cost(line: str, kind: Kind) -> int:
    """Return how wide a line is when it is written."""
    match kind:
        case Kind.CODE:
            return width(apart(line))
        case Kind.WORDS:
            return width(escaped(line))
        case Kind.NAMING:
            return width(escaped(line)) + MARKS
        case _:
            assert_never(kind)


def _packed(parts: Sequence[Part], *, room: int, places: int) -> list[list[Part]]:
    """Fill one message after the other; a part that is too long for the rest of one goes on in the next."""
    messages: list[list[Part]] = [[]]
    left, free = room, places
    waiting = deque(parts)
    while waiting:
        part = waiting.popleft()
        has_place = components_of(part) <= free
        head, rest = (part, None) if width(part.written()) <= left else cut(part, left)
        if has_place and (rest is None or left >= LEAST):
            messages[-1].append(head)
            left, free = left - width(head.written()), free - components_of(head)
        else:
            rest = part
        if rest is not None:
            waiting.appendleft(rest)
            messages.append([])
            left, free = room, places
    return messages


def components_of(part: Part) -> int:
    """Return how many components a part becomes: the line above an entry, its text, its rows of buttons."""
    return 1 + part.is_entry + in_rows(part.buttons)


def in_rows(buttons: Sequence[Button | Link]) -> int:
    """Return how many components buttons are, in rows of five."""
    return len(buttons) + -(-len(buttons) // BUTTONS_IN_ROW)
