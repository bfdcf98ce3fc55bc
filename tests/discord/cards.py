"""Cards of every kind, the worst included, and what Discord's documentation says of messages."""

import re
from typing import Any

from discord import ui
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st

from bot.discord.custom_ids import Pages
from bot.discord.render import message_views
from gateway.card import Block, Button, Card, Entry, Facts, Link, Note, Quote, Section, Table, Tone, Verb
from models.words import Verdict
from tests.platforms.discord.limits.messages import breaks_discord, wrong_with_message
from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.reading import buttons_of, everything, read_message

AGENT = "AGENT"
"""Stands in every text that is not ours."""
REQUEST = "req_" + "0" * 26
FOOTER = f"k7qm-3vtx · abcdef012345 · https://gate.example/requests/{REQUEST}"
HOSTILE = st.sampled_from(
    [
        "@everyone", "<@42>", "<@&7>", "<#9>", "</pay:1>", "<t:1:R>", "<:tada:123>", ":tada:",
        "https://evil.example/x", "[click](https://evil.example)", "<https://evil.example>", "**b**", "__u__", "~~s~~",
        "||spoiler||", "*i*", "_i_", "`", "``", "```", "````", "```py\n", "\\", "\\`", "\n", "\n\n", "# h", "-# small",
        "> q", "- l", "1. one", "py", " ", "\u200b", "\u202e", "\u00ad", "\ufe0f", "\U000e0041", "🚀", "é",
        "discord:42",
    ]
)  # fmt: skip
LENGTHS = st.sampled_from([0, 1, 59, 61, 149, 151, 199, 201, 499, 1500, 3999, 4001, 9000])
hostile = st.lists(HOSTILE | st.text(max_size=5), max_size=8).map("".join)
long = st.builds(
    lambda word, times: (word * times)[:9000],
    st.sampled_from(["x", "`", "*", "🚀", "ab\n", "\n", "é", "漢", "漢`", "€*\n", "1.\n", "x " * 99 + "\n"]),
    LENGTHS,
)
ours = st.one_of(st.text(max_size=20), hostile, long)
theirs = ours.map(lambda text: f"{AGENT} {text} {AGENT}") | ours.map(lambda text: f"{text}{AGENT}")
line = hostile.map(lambda text: f"{AGENT}{text}")
buttons = st.lists(
    st.builds(Button, st.sampled_from(Verb), hostile, st.just(REQUEST) | st.text(max_size=200), st.booleans()),
    max_size=12,
).map(tuple)
addresses = st.integers(1, 550).map(lambda length: "https://gate.example/l/".ljust(length, "x"))
links = st.lists(st.builds(Link, st.sampled_from(Verdict), addresses), max_size=4).map(tuple)
sections: st.SearchStrategy[Section] = st.one_of(
    st.builds(Facts, st.lists(st.tuples(st.text(max_size=30), theirs), min_size=1, max_size=12).map(tuple)),
    st.builds(Quote, ours, theirs, st.none() | ours),
    st.builds(Block, ours, st.lists(line | theirs, max_size=15).map(tuple), st.none() | ours),
    st.builds(Note, ours),
    st.integers(1, 4).flatmap(
        lambda width: st.builds(
            Table, st.tuples(*[line] * width), st.lists(st.tuples(*[line] * width), max_size=6).map(tuple)
        )
    ),
    st.builds(Entry, ours, st.lists(line | theirs, max_size=4).map(tuple), buttons),
)
cards = st.builds(
    Card,
    ours,
    st.sampled_from(Tone),
    st.lists(sections, max_size=25).map(tuple),
    buttons,
    st.sampled_from([None, FOOTER, "k7qm-3vtx · abcdef012345"]),
    links=links,
)


any_card = settings(
    max_examples=100,
    suppress_health_check=[HealthCheck.too_slow, HealthCheck.data_too_large],  # huge cards are what it is about
)


def written(card: Card, *, most: int = 5, pages: Pages | None = None) -> list[list[dict[str, Any]]]:
    """Return the components of each message that a card becomes."""
    return [components(view) for view in message_views(card, pages or Pages(), most=most)]


def components(view: ui.LayoutView) -> list[dict[str, Any]]:
    """Return a view as it is sent."""
    sent: list[dict[str, Any]] = view.to_components()  # type: ignore[no-untyped-call]  # discord.py leaves it untyped
    return sent


def seen(*messages: list[dict[str, Any]]) -> Seen:
    """Return what somebody reads of these messages, one below the other."""
    return read_message("", [], [part for message in messages for part in message])


def lines(*messages: list[dict[str, Any]], outside_code: bool = False) -> list[str]:
    """Return the lines that somebody reads, without the marks that make headings and small print of them."""
    read = seen(*messages)
    text = read.outside_code if outside_code else read.text
    return [re.sub(r"^(?:###|-#) ", "", line) for line in text.split("\n") if line.strip()]


def wrong_with(message: list[dict[str, Any]]) -> list[str]:
    """Say what Discord would not take, and what we would not send."""
    notes = [str(note) for note in wrong_with_message({"components": message}, layout=True)]
    texts = [part["content"] for part in everything(message) if part["type"] == 10]
    faults = {
        "more text than 4000 UTF-16 units, as the clients count": sum(map(in_utf_16, texts)) > 4000,
        "more bytes than Discord's server survives": breaks_discord(message),
        "a label over 80 UTF-16 units": any(in_utf_16(button.text) > 80 for button in buttons_of(message)),
        "something invisible": any(re.search("[\u202e\u00ad\U000e0041]", text) for text in texts),
    }
    return notes + [fault for fault, is_so in faults.items() if is_so]


def in_utf_16(text: str) -> int:
    """Return how long a text is for who counts in UTF-16 units."""
    return len(text.encode("utf-16-le")) // 2
