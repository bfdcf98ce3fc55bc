"""The card: one model of a message for every surface. PURE: a renderer turns it into its platform's words.

What an agent wrote stands only in `Quote` and `Block` sections and in values of `Facts` and lines of `Entry`; it is
plain text with its invisible characters made visible, and a renderer shows it as such.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import assert_never

from models.words import Verdict

DECIDERS = frozenset({"Outcome", "By", "Approved", "Denied"})
"""Labels of facts whose value begins with who decided: where a platform has names, only there an id becomes one."""


IN_BROWSER = {
    Verdict.APPROVED: "Approve in browser",
    Verdict.DENIED: "Deny in browser",
    Verdict.VIEW: "Open in browser",
}
"""How links are called beside buttons that do the same at once."""


class Tone(StrEnum):
    """What a card means, said by colour and by a word on every surface."""

    WAITING = "waiting"
    GOOD = "good"
    BAD = "bad"
    QUIET = "quiet"
    PLAIN = "plain"


class Verb(StrEnum):
    """What a button does."""

    APPROVE = "approve"
    DENY = "deny"
    DETAILS = "details"
    RUN = "run"


@dataclass(frozen=True, slots=True)
class Button:
    """One thing to press. `value` is a request id, or the command line that `run` types; never agent text.

    `asks_reason` opens a modal for the reason first.
    """

    verb: Verb
    label: str
    value: str
    asks_reason: bool = False


@dataclass(frozen=True, slots=True)
class Link:
    """One address of ours to open in a browser, for whoever this copy of the card goes to and for nobody else."""

    verdict: Verdict
    url: str


@dataclass(frozen=True, slots=True)
class Facts:
    """Labelled values, one line each."""

    rows: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Quote:
    """What somebody else wrote, under our label."""

    label: str
    text: str
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Block:
    """Preformatted lines, under our label."""

    label: str
    lines: tuple[str, ...]
    left_out: str | None = None


@dataclass(frozen=True, slots=True)
class Note:
    """A sentence of ours."""

    text: str


@dataclass(frozen=True, slots=True)
class Table:
    """Rows under a head."""

    head: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


@dataclass(frozen=True, slots=True)
class Entry:
    """One item of a list, with its own buttons."""

    title: str
    lines: tuple[str, ...] = ()
    buttons: tuple[Button, ...] = ()


Section = Facts | Quote | Block | Note | Table | Entry


@dataclass(frozen=True, slots=True)
class Card:
    """A whole message: a headline in our words, sections, buttons, a footer."""

    headline: str
    tone: Tone = Tone.PLAIN
    sections: tuple[Section, ...] = ()
    buttons: tuple[Button, ...] = ()
    footer: str | None = None
    request_id: str | None = None
    is_refusal: bool = False
    """Whether it tells somebody that what they wanted was not done."""
    links: tuple[Link, ...] = ()


def macro_of(section: Section) -> str:
    """Return the name by which templates know a section: letters and pages have one macro for each."""
    match section:
        case Facts():
            return "facts"
        case Quote():
            return "quote"
        case Block():
            return "block"
        case Note():
            return "note"
        case Table():
            return "table"
        case Entry():
            return "entry"
        case _:
            assert_never(section)


def problem_card(sentence: str, *, hint: str | None = None) -> Card:
    """Return a refusal: what happened, and what to do next."""
    return Card(sentence, Tone.BAD, (Note(hint),) if hint else (), is_refusal=True)


def note_card(sentence: str, *sections: Section, buttons: Sequence[Button] = (), tone: Tone = Tone.PLAIN) -> Card:
    """Return a plain answer."""
    return Card(sentence, tone, tuple(sections), tuple(buttons))
