"""Whatever an agent writes, a letter's headers, its links and its shape are ours."""

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from html.parser import HTMLParser
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.card import Block, Button, Card, Entry, Facts, Link, Note, Quote, Section, Table, Tone, Verb
from gateway.notifiers.email.letter import Thread, write_letter
from gateway.notifiers.email.options import MailOptions
from models.words import Verdict
from tests.mail.house import LEAD, SENDER, House
from tests.platforms.smtp import Mail

OPTIONS = MailOptions("mail.example.com", SENDER)
AT = datetime(2026, 1, 31, 14, 5, 9, tzinfo=UTC)
LINKS = tuple(Link(verdict, f"https://gate.example.com/l/{verdict.value}") for verdict in Verdict)
FOOTER = "k7qm-3vtx · 0123456789ab · https://gate.example.com/requests/req_1"
OURS = {*(link.url for link in LINKS), "https://gate.example.com/requests/req_1"}
HEADERS = [
    "From", "To", "Subject", "Date", "Message-ID", "Auto-Submitted", "X-Auto-Response-Suppress", "MIME-Version",
    "Content-Type",
]  # fmt: skip
NASTY = [
    "a\r\nBcc: victim@example.com\r\n\r\nhello", "x" * 200, "ü" * 200, "🦊" * 200, "=?utf-8?q?hidden?=",
    "\u202egnp.exe", "</pre><a href='https://evil.example'>Approve</a>", "<script>alert(1)</script>",
    "{{ 7 * 7 }}{% raw %}", ".\r\n.\r\n", "From the start", "https://evil.example/l/approve", "\x00\x07\x1b[2J",
    "a" * 998, "word " * 500, "&amp;<!--", "",
]  # fmt: skip


def written(*sections: Section, headline: str = "Waiting for approval", to: str = LEAD, **more: Any) -> Mail:
    """Return the letter of a card as it would arrive."""
    card = Card(headline, Tone.WAITING, sections, (), FOOTER, "req_1", links=LINKS)
    letter = write_letter(card, to, event="request.pending", options=OPTIONS, at=AT, **more)
    return Mail(OPTIONS.address, to, letter.as_bytes(), None, is_private=False)


class Page(HTMLParser):
    """What a mail program makes of HTML: where its anchors lead, and which elements there are."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.anchors: list[str] = []
        self.tags: set[str] = set()
        self.shown = ""
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.anchors += [str(value) for name, value in attrs if name == "href"]
        assert not {"src", "background", "srcset", "onclick"} & {name for name, _ in attrs}

    def handle_data(self, data: str) -> None:
        self.shown += data


def lines_of(mail: Mail) -> Iterator[bytes]:
    yield from mail.raw.split(b"\r\n")


def holds(mail: Mail) -> None:
    """Assert what holds of every letter."""
    assert mail.message.keys() == HEADERS
    assert not mail.message.defects
    assert all(len(line) <= 998 and b"\n" not in line and b"\r" not in line for line in lines_of(mail))
    page = Page(mail.html)
    assert set(page.anchors) == OURS
    assert not page.tags & {"script", "img", "link", "iframe", "form", "style", "object"}
    labels = re.findall(r"^(Review|Approve|Deny): ", mail.text, re.MULTILINE)
    assert labels == ["Approve", "Deny", "Review"]


@pytest.mark.parametrize("text", NASTY)
def test_agent_text_is_text_wherever_it_stands(text: str) -> None:
    facts, lines = Facts((("Action", text), ("Asked by", text))), tuple(text.split("\n"))
    button = Button(Verb.RUN, text, text)
    mail = written(
        facts, Quote("Agent says", text, "…1 more"), Block("Parameters", lines), Note(text),
        Table(("a", "b"), ((text, ""),)), Entry(text, (text,), (button,)), headline="Waiting",
    )  # fmt: skip
    holds(mail)
    assert "\n" not in mail.subject
    assert "…1 more" in mail.text
    assert "…1 more" in mail.html


@given(st.text(max_size=300))
def test_every_action_makes_one_subject_line_that_reads_the_same(action: str) -> None:
    mail = written(Facts((("Action", action),)))
    holds(mail)
    assert " ".join(action.split())[:200] in " ".join(mail.subject.split(" ")) or not action.isprintable()


def test_a_subject_that_is_too_long_says_by_how_much() -> None:
    assert "x" * 200 + " …50 more characters (k7qm-3vtx)" in written(Facts((("Action", "x" * 250),))).subject


def test_a_thread_is_named_by_ids_that_a_retry_has_again() -> None:
    once, again = written(), written()
    assert once.message["Message-ID"] == again.message["Message-ID"]
    later = written(thread=Thread("<first@example.com>", "ü" * 200))
    assert later.message["In-Reply-To"] == "<first@example.com>"
    assert later.subject == "Re: " + "ü" * 200


@pytest.mark.parametrize(
    ("recipient", "header"),
    [
        ("o'hara+x@example.com", "o'hara+x@example.com"),
        ("jürgen@xn--bcher-kva.example", "jürgen@xn--bcher-kva.example"),
    ],
)
def test_odd_addresses_are_written_as_mail_wants_them(recipient: str, header: str) -> None:
    assert str(written(to=recipient).message["To"]) == header


async def test_a_recipient_beyond_ascii_is_reached_where_the_server_can(house: House) -> None:
    await house.rule(channels=["email:jürgen@example.com"])
    await house.asks()
    (mail,) = await house.post.arrived()
    assert (mail.to, mail.message["To"]) == ("jürgen@example.com", "jürgen@example.com")


async def test_a_huge_request_is_clipped_with_counts(house: House) -> None:
    params = {f"p{number:03}": "<b>" * 2000 for number in range(100)}
    await house.asks("Übung " + "🦊" * 100, params=params, context={"reason": "no " * 5000})
    (mail,) = await house.post.arrived()
    assert "🦊" * 100 in mail.subject
    assert "…70 more lines, see the full view" in mail.text
    assert "more characters, see the full view" in mail.html
    assert len(mail.raw) < 100_000  # Gmail cuts off what is longer
