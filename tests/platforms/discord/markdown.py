"""How Discord's clients read markdown, and which parts of it are alive.

Alive are mentions, links and custom emoji, unless they stand in code; so is formatting.
https://discord.com/developers/docs/reference#message-formatting, https://support.discord.com/hc/en-us/articles/210298617
"""

import re
from collections.abc import Callable
from dataclasses import dataclass, field

CODE_BLOCK = re.compile(r"```(?:[a-zA-Z0-9_+\-.#]+\n)?\n*(.+?)\n*```", re.DOTALL)
INLINE_CODE = re.compile(r"(`+)(.+?)(?<!`)\1(?!`)", re.DOTALL)
ESCAPED = re.compile(r"\\([^0-9A-Za-z\s])")
MASKED_LINK = re.compile(r"\[([^\[\]\n]+)\]\(<?(https?://[^\s()<>]+)>?(?:\s+\"[^\"\n]*\")?\)")
BARE_LINK = re.compile(r"<?((?:https?|steam)://[^\s<>]*[^\s<>.,:;\"')\]])>?")
MENTION = re.compile(r"<(@!?\d+|@&\d+|#\d+|/[^<>\n:]+:\d+|id:\w+)>|(@everyone|@here)")
EMOJI = re.compile(r"<a?:(\w{2,32}):\d+>")
TIME = re.compile(r"<t:(-?\d+)(?::[tTdDfFRsS])?>")
LINE_MARK = re.compile(r"^(#{1,3}|-#|>>>|>) +(?=\S)", re.MULTILINE)
STYLE = re.compile(r"\*\*\*|\*\*|__|~~|\|\||\*|(?<!\w)_|_(?!\w)")


@dataclass
class Seen:
    """What somebody reads, and what in it is alive. Live parts stand between « and »."""

    lines: list[str] = field(default_factory=list)
    outside: list[str] = field(default_factory=list)
    """The same without what stands in code."""
    mentions: list[str] = field(default_factory=list)
    links: list[str] = field(default_factory=list)
    emoji: list[str] = field(default_factory=list)
    formatted: list[str] = field(default_factory=list)
    """The marks that format something: `**`, `||`, `#`, `>`, …"""

    @property
    def text(self) -> str:
        """Everything that is read, line by line."""
        return "\n".join(line for line in self.lines if line)

    @property
    def outside_code(self) -> str:
        """What is read outside of code."""
        return "\n".join(line for line in self.outside if line)

    def plain(self, text: str) -> None:
        """Read a text in which nothing is ever alive."""
        self.lines.append(text)
        self.outside.append(text)

    def markdown(self, text: str) -> None:
        """Read markdown, noting its live parts."""
        read, outside = _read(text, self)
        self.lines.append(read)
        self.outside.append(outside)


def _read(text: str, seen: Seen) -> tuple[str, str]:
    """Walk through a text as the clients do: what begins first wins, and nothing is alive in code."""
    read, outside, at = "", "", 0
    while at < len(text):
        for pattern, take in RULES:
            if found := pattern.match(text, at):
                shown, is_code = take(found, seen)
                read += shown
                outside += "" if is_code else shown
                at = found.end()
                break
        else:
            read, outside, at = read + text[at], outside + text[at], at + 1
    return read, outside


Take = Callable[[re.Match[str], Seen], tuple[str, bool]]


def _code_block(found: re.Match[str], _: Seen) -> tuple[str, bool]:
    return f"\n{found[1]}\n", True


def _inline_code(found: re.Match[str], _: Seen) -> tuple[str, bool]:
    return found[2].strip(" ") if found[2].startswith("`") or found[2].endswith("`") else found[2], True


def _line_mark(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    seen.formatted.append(found[1])
    return "", False


def _escaped(found: re.Match[str], _: Seen) -> tuple[str, bool]:
    return found[1], False


def _masked_link(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    seen.links.append(found[2])
    return f"«{found[1]} → {found[2]}»", False


def _bare_link(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    seen.links.append(found[1])
    return f"«{found[1]}»", False


def _mention(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    seen.mentions.append((found[1] or found[2]).replace("@!", "@"))
    return f"«{seen.mentions[-1]}»", False


def _emoji(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    seen.emoji.append(found[1])
    return f"«:{found[1]}:»", False


def _time(found: re.Match[str], _: Seen) -> tuple[str, bool]:
    return f"«time {found[1]}»", False


def _style(found: re.Match[str], seen: Seen) -> tuple[str, bool]:
    """Only a mark that has a partner further on formats anything; a lone one is read as it stands."""
    mark = found[0]
    if mark in seen.formatted or mark in found.string[found.end() :]:
        seen.formatted.append(mark)
        return "", False
    return mark, False


RULES: tuple[tuple[re.Pattern[str], Take], ...] = (
    (LINE_MARK, _line_mark),
    (ESCAPED, _escaped),
    (CODE_BLOCK, _code_block),
    (INLINE_CODE, _inline_code),
    (MASKED_LINK, _masked_link),
    (BARE_LINK, _bare_link),
    (MENTION, _mention),
    (EMOJI, _emoji),
    (TIME, _time),
    (STYLE, _style),
)
