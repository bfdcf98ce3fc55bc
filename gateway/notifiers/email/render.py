"""Card → text and HTML of a letter. Total over every card; what an agent wrote is text in both, never a link."""

from dataclasses import dataclass

from jinja2 import Environment, PackageLoader, StrictUndefined, select_autoescape

from gateway.card import Card, Tone, macro_of
from models.words import Verdict

TEMPLATES = Environment(
    loader=PackageLoader("gateway.notifiers.email"),
    autoescape=select_autoescape(["html"]),
    undefined=StrictUndefined,
    trim_blocks=True,
    lstrip_blocks=True,
    keep_trailing_newline=True,
)
COLOURS = {
    Tone.WAITING: "#b7791f",
    Tone.GOOD: "#1a7f37",
    Tone.BAD: "#c62828",
    Tone.QUIET: "#767676",
    Tone.PLAIN: "#3b6fd4",
}
"""What a card means, as a bar beside its headline that says it in words; each is seen on white and on black."""
LABELS = {Verdict.VIEW: "Review", Verdict.APPROVED: "Approve", Verdict.DENIED: "Deny"}
FILLED = {Verdict.APPROVED: "#1a7f37", Verdict.DENIED: "#c62828"}
DECIDES = "These addresses are for you alone: whoever has this mail can answer in your name, so do not pass it on."
SHOWS = "This address is for you alone. Others were asked to decide; you can look."


@dataclass(frozen=True, slots=True)
class Way:
    """A link as a letter shows it; without a colour it only leads to a look."""

    label: str
    url: str
    colour: str


def as_text(card: Card) -> str:
    """Return a letter as plain text."""
    return _rendered("letter.txt", card)


def as_html(card: Card) -> str:
    """Return a letter as HTML that needs no style sheet and fetches nothing."""
    return _rendered("letter.html", card)


def _rendered(template: str, card: Card) -> str:
    return TEMPLATES.get_template(template).render(
        card=card,
        parts=[(macro_of(section), section) for section in card.sections],
        links=[Way(LABELS[one.verdict], one.url, FILLED.get(one.verdict, "")) for one in card.links],
        advice=DECIDES if any(one.verdict in FILLED for one in card.links) else SHOWS,
        colour=COLOURS[card.tone],
        footer=card.footer.split(" · ") if card.footer else [],
    )
