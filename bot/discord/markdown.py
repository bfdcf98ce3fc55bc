"""Discord's markdown: what we mean is written on purpose, everything else stands in code blocks or escaped. PURE.

What clients make of a text: https://discord.com/developers/docs/reference#message-formatting and
https://support.discord.com/hc/en-us/articles/210298617
"""

import re

from gateway.redact import visible

EMPTY = "\u2013"
"""What stands where there is nothing to say: an empty code block is none, its fences show."""
APART = "\u200b"
"""Stands between two backticks that are not ours. In texts of others it is visible, so it is always ours."""

TOGETHER = re.compile(r"`(?=`)")
MARKUP = re.compile(
    r"[\\`*~|<\[@]"
    r"|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])"  # inside of a word, as in DISCORD_ADMINS, it ends no emphasis
    r"|:(?=//|(?!role:[0-9])[^\s:]+:)"  # in discord:42 and discord:role:77 it begins nothing
)
"""What begins emphasis, code, spoilers, mentions, times, emoji and links: the colon in `https://` too.

What begins nothing is left as it is: names of settings and people can be copied, and searched for, from the text.
"""
AT_THE_START = re.compile(r"^(\s*\d*)([-#>+.])", re.MULTILINE)
"""What makes a line a heading, a quote, a list or small print."""
DECIDER = re.compile(r"(?P<how>(?:approved by |denied by )?)discord:(?P<id>[0-9]{1,20})(?P<rest>(?: .*)?)", re.DOTALL)
"""A value of ours that begins with who decided; a name further on is somebody's word, and stays one."""
ADDRESS = re.compile(r"https?://[^\s<>()\[\]\\\"`]+")


def width(text: str) -> int:
    """Return how much of a message a text takes, in characters as the strictest who counts them counts.

    That is UTF-16 units or, where they are heavier, bytes: at some 10 000 of those Discord fails, as no documentation
    says (https://github.com/discord/discord-api-docs/issues/8554).
    """
    if text.isascii():
        return len(text)
    units = len(text.encode("utf-16-le", "surrogatepass")) // 2
    return max(units, -(-len(text.encode("utf-8", "surrogatepass")) * 5 // 12))


def shown(text: str) -> str:
    """Return text with everything made visible that a reader could not see; lines stay lines."""
    return "\n".join(visible(line) for line in text.split("\n"))


def code_block(text: str) -> str:
    """Return text as it is, in a block that it cannot leave; its first line is never taken for a language."""
    return f"```\n{apart(text) if text.strip() else EMPTY}\n```"


def apart(text: str) -> str:
    """Return text in which no two backticks stand together."""
    return TOGETHER.sub(f"`{APART}", text)


def escaped(text: str) -> str:
    """Return text in which nothing is markup, a mention, a link or an emoji."""
    return AT_THE_START.sub(r"\1\\\2", MARKUP.sub(r"\\\g<0>", text))


def naming(text: str) -> str:
    """Return a value that begins with who decided, `discord:42` as that person's name; the rest is escaped."""
    found = DECIDER.fullmatch(text)
    return f"{found['how']}<@{found['id']}>{escaped(found['rest'])}" if found else escaped(text)


def linked(footer: str) -> str:
    """Return a footer of ours, all escaped; the address at its end becomes a link."""
    words, _, address = footer.rpartition(" · ")
    if ADDRESS.fullmatch(address) is None:
        return escaped(footer)
    return f"{escaped(words)} · [full view]({address})"
