"""Card → Components V2: within every limit of Discord for any card, and never markup, a mention or a link of others."""

import re

import pytest
from hypothesis import given

from bot.discord.custom_ids import Pages
from bot.discord.render import MARKS, MESSAGES, colour_of, message_view, message_views
from gateway.card import Block, Button, Card, Entry, Facts, Link, Note, Quote, Table, Tone, Verb
from models.words import Verdict
from tests.discord.cards import AGENT, FOOTER, REQUEST, any_card, cards, lines, seen, written, wrong_with
from tests.platforms.discord.reading import buttons_of

APPROVE = Button(Verb.APPROVE, "Approve", REQUEST)


@any_card
@given(cards)
def test_any_card_is_messages_that_discord_takes(card: Card) -> None:
    for most in (1, MESSAGES):
        messages = written(card, most=most)
        assert 1 <= len(messages) <= most
        assert [wrong_with(message) for message in messages] == [[]] * len(messages)


@any_card
@given(cards)
def test_what_others_wrote_stands_in_code_and_is_never_alive(card: Card) -> None:
    read = seen(*written(card))
    assert AGENT not in read.outside_code
    assert read.mentions == read.emoji == []
    assert set(read.links) <= {FOOTER.rpartition(" · ")[2]}
    assert set(read.formatted) <= {"###", "-#", "**"}


@any_card
@given(cards)
def test_headline_buttons_and_footer_stand_whatever_else_does_not(card: Card) -> None:
    messages = written(card)
    assert re.match(rf"{MARKS[card.tone]} \S", lines(messages[0])[0])
    assert len(buttons_of(messages[-1])) >= min(len(card.buttons), 10)
    assert (card.footer or "").partition(" · ")[0] in lines(messages[-1])[-1]


@pytest.mark.parametrize("most", [1, MESSAGES])
@pytest.mark.parametrize("heavy", ["x", "é", "漢", "🚀", "`", "漢`", "*", "漢*", "漢\n", "-\n"])
def test_a_message_is_filled_whatever_its_characters_weigh(heavy: str, most: int) -> None:
    for section in (Block("Parameters", (heavy * 20_000,)), Note(heavy * 20_000)):
        messages = written(Card("Waiting", sections=(section,), footer=FOOTER), most=most)
        assert [wrong_with(message) for message in messages] == [[]] * len(messages)
        assert all(sum(len(line.encode()) for line in lines(message)) > 1200 for message in messages[:3])


def test_a_list_keeps_the_buttons_of_what_is_clipped() -> None:
    entries = tuple(Entry(f"code-{number}", ("long " * 2000,), (APPROVE,)) for number in range(5))
    (message,) = written(Card("5 requests wait", Tone.WAITING, entries), most=1)
    assert [button.text for button in buttons_of(message)] == ["Approve"] * 5
    assert [line for line in lines(message) if line.startswith("code")] == [f"code-{number}" for number in range(5)]


LINES = tuple(f"name-{number}: {'v' * (number % 90)}" for number in range(400))


@pytest.mark.parametrize("most", [1, 2, MESSAGES])
@pytest.mark.parametrize("count", [1, 40, 80, 200, 400])
def test_lines_that_are_left_out_are_counted(count: int, most: int) -> None:
    card = Card("Waiting", Tone.WAITING, (Block("Parameters", LINES[:count]),), (APPROVE,), FOOTER)
    text = seen(*written(card, most=most)).text
    shown = sum(line in text.split("\n") for line in LINES[:count])
    left_out = re.search(r"…(\d+) more lines, see the full view", text)
    assert shown + (int(left_out[1]) if left_out else 0) == count
    assert shown >= min(count, 50 * most)


def test_a_line_without_an_end_is_counted_in_characters() -> None:
    card = Card(
        "Waiting", sections=(Quote("Agent says", "Q" * 100_000), Facts((("Why here", "because"),))), footer=FOOTER
    )
    for most in (1, MESSAGES):
        text = seen(*written(card, most=most)).text
        left_out = re.search(r"…(\d+) more characters, see the full view", text)
        assert left_out
        assert text.count("Q") == 100_000 - int(left_out[1])
        assert "because" in text


def test_what_was_left_out_before_is_counted_on_top() -> None:
    card = Card("Waiting", sections=(Block("Parameters", LINES, "…70 more lines, see the full view"),), footer=FOOTER)
    assert re.search(r"…\d+ more lines, then 70 more lines, see the full view", seen(*written(card, most=1)).text)


def test_parts_that_are_left_out_are_counted() -> None:
    card = Card("Many", sections=tuple(Note(f"part {number}") for number in range(300)))
    text = seen(*written(card, most=1)).text
    shown = sum(f"part {number}" in text.split("\n") for number in range(300))
    assert shown >= 30
    assert f"…{300 - shown} more parts, more than fits here" in text


def test_the_outcome_stands_below_the_longest_parameters() -> None:
    sections = (
        Facts((("Action", "a" * 2000), ("Urgency", "high"))),
        Quote("Agent says", "q\n" * 1500),
        Block("Parameters", tuple(f"{number} {'v' * 300}" for number in range(30))),
        Facts((("Outcome", "approved by discord:42"), ("When", "2026-01-31 14:05:09 UTC"), ("Reason", "because"))),
        Facts((("Why here", "policy prod, rule 1"),)),
    )
    message = seen(*written(Card("Approved by discord:42", Tone.GOOD, sections, footer=FOOTER), most=1))
    order = [
        "Approved by discord:42",
        "Urgency",
        "Agent says",
        "Parameters",
        "approved by «@42»",
        "because",
        "rule 1",
        "k7qm",
    ]
    assert sorted(order, key=message.text.index) == order


def test_a_private_answer_says_everything_in_as_many_messages_as_it_needs() -> None:
    card = Card(
        "Details",
        sections=(Block("Parameters", LINES[:200]), Quote("Agent says", "end")),
        buttons=(APPROVE,),
        footer=FOOTER,
    )
    messages = written(card)
    assert 1 < len(messages) <= MESSAGES
    read = [seen(message).text for message in messages]
    assert [line for line in "\n".join(read).split("\n") if line in LINES] == list(LINES[:200])
    assert "Details" in read[0]
    assert all("Parameters (continued)" in text for text in read[1:])
    assert [len(buttons_of(message)) for message in messages] == [0] * (len(messages) - 1) + [1]
    assert "k7qm" in read[-1]
    assert not any("k7qm" in text for text in read[:-1])


@pytest.mark.parametrize(
    "text", ["`", "``", "```", "`" * 50, "a```", "```a", "```\n@everyone\n```", "py", "py\n", "", " ", "\n"]
)
def test_a_code_block_cannot_be_left_and_loses_no_line(text: str) -> None:
    card = Card("x", sections=(Quote("Agent says", f"{text}\nsecond"), Block("Parameters", (f"first{text}",))))
    (message,) = written(card)
    assert lines(message, outside_code=True) == [f"{MARKS[Tone.PLAIN]} x", "Agent says", "Parameters"]
    read = seen(message).text.replace("\u200b", "")
    assert f"{text}\nsecond".strip("\n") in read
    assert f"first{text}".strip() in read


@pytest.mark.parametrize(
    ("words", "raw"),
    [
        (":tada: now: it", "\\:tada: now: it"),
        ("https://x.example", "https\\://x.example"),
        ("- a\n 1. b\n# c\n>d", "\\- a\n 1\\. b\n\\# c\n\\>d"),
        ("DISCORD_ADMINS a_b__c _d_ e_: f", "DISCORD_ADMINS a_b\\_\\_c \\_d\\_ e\\_: f"),
        ("discord:42 discord:role:77 slack:U1", "discord:42 discord:role:77 slack:U1"),
        ("k7qm-3vtx #1 a>b 2.5", "k7qm-3vtx #1 a>b 2.5"),
        ("<@1> @here [a](b) ~~ || `_*\\", "\\<\\@1> \\@here \\[a](b) \\~\\~ \\|\\| \\`\\_\\*\\\\"),
    ],
)
def test_our_own_words_are_escaped_where_they_would_mean_something(words: str, raw: str) -> None:
    (message,) = written(Card("x", sections=(Note(words),)))
    assert message[0]["components"][1]["content"] == raw
    assert lines(message)[1:] == words.split("\n")


def test_who_decided_shows_as_a_name_where_the_words_are_ours_and_nowhere_else() -> None:
    named = Facts(
        (("Outcome", "approved by discord:42"), ("Approved", "discord:43 – as discord:99 said"), ("By", "discord:44"))
    )
    assert seen(*written(Card("x", sections=(named,)))).mentions == ["@42", "@43", "@44"]
    others = Facts(
        (("Asked by", "discord:42"), ("Reason", "approved by discord:42"), ("Outcome", "approved by api:discord:42"))
    )
    assert seen(*written(Card("Approved by discord:42", sections=(others, Note("discord:42"))))).mentions == []


def test_a_request_looks_like_this() -> None:
    card = Card(
        "Waiting for approval · expires in 25 min",
        Tone.WAITING,
        (
            Facts((("Action", "deploy.prod"), ("Urgency", "high"), ("Asked by", "api:bot"))),
            Quote("Agent says", "release 2.3"),
            Block("Parameters", ("env: prod",), "…7 more lines, see the full view"),
        ),
        (APPROVE, Button(Verb.DENY, "Deny…", REQUEST, asks_reason=True)),
        FOOTER,
    )
    assert lines(*written(card)) == [
        "⏳ Waiting for approval · expires in 25 min",
        "Action    deploy.prod",
        "Urgency   high",
        "Asked by  api:bot",
        "Agent says",
        "release 2.3",
        "Parameters",
        "env: prod",
        "…7 more lines, see the full view",
        "[Approve]",
        "[Deny…]",
        f"k7qm-3vtx · abcdef012345 · «full view → https://gate.example/requests/{REQUEST}»",
    ]


def test_long_labels_stand_above_and_wide_tables_below_each_other() -> None:
    facts = Facts((("approve REQUEST [reason]", "Approve a request"), ("pending", "What waits")))
    wide = Table(("When", "Event", "By"), (("2026-01-31 14:05:09", "request.approved", "discord:42"), ("x", "", "y")))
    small = Table(("Name", "State"), (("prod", "on"),))
    text = seen(*written(Card("x", sections=(facts, wide, small)))).text
    assert "approve REQUEST [reason]\n  Approve a request\npending\n  What waits" in text
    assert "When   2026-01-31 14:05:09\nEvent  request.approved\nBy     discord:42\n\nWhen  x\nBy    y" in text
    assert "Name  State\nprod  on" in text


def test_buttons_of_an_entry_stand_under_its_text() -> None:
    entries = tuple(Entry(f"code-{number}", (f"action-{number}",), (APPROVE,)) for number in range(3))
    read = lines(*written(Card("x", sections=entries)))
    assert read[1:5] == ["———", "code-0", "action-0", "[Approve]"]
    assert read[5:9] == ["———", "code-1", "action-1", "[Approve]"]


def test_the_colour_says_what_a_card_means_and_how_urgent_it_is_while_it_waits() -> None:
    def colour(tone: Tone, urgency: str) -> int:
        return colour_of(Card("x", tone, (Facts((("Action", "a"), ("Urgency", urgency))),)))

    urgencies = ("low", "normal", "high", "critical")
    assert len({colour(Tone.WAITING, urgency) for urgency in urgencies}) == 4
    assert len({colour(tone, "critical") for tone in Tone}) == len(Tone)
    assert len({colour(Tone.GOOD, urgency) for urgency in urgencies}) == 1
    assert written(Card("x", Tone.GOOD))[0][0]["accent_color"] == colour(Tone.GOOD, "low")


def test_links_stand_below_the_buttons_however_much_there_is_to_read() -> None:
    links = (Link(Verdict.APPROVED, "https://gate.example/l/yes"), Link(Verdict.DENIED, "https://gate.example/l/no"))
    card = Card(
        "Much", sections=(Block("Parameters", ("x" * 50_000,)),), buttons=(APPROVE,), footer=FOOTER, links=links
    )
    for most in (1, MESSAGES):
        assert [(one.text, one.url) for one in buttons_of(written(card, most=most)[-1])] == [
            ("Approve", ""),
            ("Approve in browser", "https://gate.example/l/yes"),
            ("Deny in browser", "https://gate.example/l/no"),
        ]


def test_an_address_that_discord_does_not_take_is_left_out() -> None:
    links = (Link(Verdict.APPROVED, "https://" + "x" * 505), Link(Verdict.DENIED, "https://" + "x" * 504))
    (message,) = written(Card("Far", links=links))
    assert [one.text for one in buttons_of(message)] == ["Deny in browser"]


async def test_nobody_listens_to_a_view_in_memory() -> None:
    views = [
        message_view(Card("x", buttons=(APPROVE,)), Pages()),
        *message_views(Card("x", buttons=(APPROVE,)), Pages()),
    ]
    assert all(view.is_finished() for view in views)
