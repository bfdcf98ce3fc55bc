"""How a card is clipped, alike in every chat: each part's share of the room, and words that count the rest. PURE."""

from collections.abc import Sequence


def share(widths: Sequence[int], room: int) -> int:
    """Return how wide a part may be so that all fit: small ones leave what they do not need to the large ones."""
    for place, each in enumerate(sorted(widths)):
        fair = room // (len(widths) - place)
        if each > fair:
            return fair
        room -= each
    return max(widths, default=0)


def where_else(footer: str | None) -> str:
    """Return the end of a sentence that counts: where the rest is, if a footer leads there."""
    return ", see the full view" if footer else ", more than fits here"


def left_out(characters: int, lines: int, *, then: str | None, where: str) -> str:
    """Return how much is not shown; `then` is what had been left out before, counted on top."""
    parts = [counted(characters, "more character")] if characters else []
    parts += [counted(lines, "more line")] if lines else []
    rest = f", then {then.removeprefix('…')}" if then else where
    return f"…{' and '.join(parts)}{rest}"


def counted(number: int, what: str) -> str:
    """Return a number of things in words: `1 more line`, `2 more lines`."""
    return f"{number} {what}{'' if number == 1 else 's'}"
