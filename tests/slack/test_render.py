"""Card → Block Kit: within every limit of Slack for any card, and never markup, a mention or a link of the agent's."""

from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.blocks import pieces
from bot.slack.modals import LONGEST_REASON, Origin, card_view, reason_view
from bot.slack.render import fallback, message_blocks
from gateway.card import Block, Button, Card, Entry, Facts, Link, Note, Quote, Section, Table, Tone, Verb
from models.words import Verdict
from tests.platforms.slack.block_kit.surfaces import VIEW_BYTES, view_size, weight, wrong_with_blocks, wrong_with_view
from tests.platforms.slack.reading import Seen, read_blocks, read_mrkdwn

HOSTILE = st.sampled_from(["<!channel>", "<@U1>", "<https://e.example|x>", "*b*", "`c`", ":tada:", "&", "\n", "``` "])
short = st.one_of(st.text(max_size=30), st.lists(HOSTILE, max_size=6).map("".join))
LENGTHS = st.sampled_from([0, 1, 74, 76, 149, 151, 1999, 2001, 2999, 3001, 7000])
long = st.builds(
    lambda word, times: (word * times)[:7000], st.sampled_from(["x", "&", "<", "é", "🚀", "ab\n"]), LENGTHS
)
text = short | long
line = short
verbs = st.sampled_from(Verb)
button = st.builds(Button, verbs, line.filter(bool), st.text(max_size=100), st.booleans())
buttons = st.lists(button, max_size=7).map(tuple)
addresses = st.integers(1, 3100).map(lambda length: "https://gate.example/l/".ljust(length, "x"))
links = st.lists(st.builds(Link, st.sampled_from(Verdict), addresses), max_size=7).map(tuple)
pair = st.tuples(line, text)
sections: st.SearchStrategy[Section] = st.one_of(
    st.builds(Facts, st.lists(pair, min_size=1, max_size=12).map(tuple)),
    st.builds(Quote, line, text, st.none() | line),
    st.builds(Block, text, st.lists(line, max_size=15).map(tuple), st.none() | line),
    st.builds(Note, text),
    st.integers(1, 4).flatmap(
        lambda width: st.builds(
            Table, st.tuples(*[line] * width), st.lists(st.tuples(*[line] * width), max_size=6).map(tuple)
        )
    ),
    st.builds(Entry, line, st.lists(line, max_size=4).map(tuple), buttons),
)
cards = st.builds(
    Card,
    line,
    st.sampled_from(Tone),
    st.lists(sections, max_size=12).map(tuple),
    buttons,
    st.none() | st.just("k7qm-3vtx · abc"),
    links=links,
)


@settings(max_examples=60)
@given(cards)
def test_any_card_is_a_message_that_slack_takes(card: Card) -> None:
    blocks = message_blocks(card)
    assert wrong_with_blocks(blocks) == []
    assert weight(blocks) <= 13_200
    assert fallback(card)


@settings(max_examples=40)
@given(cards)
def test_any_card_is_a_modal_that_slack_takes(card: Card) -> None:
    view = card_view(card, title="Details")
    assert wrong_with_view(view) == []
    assert view_size(view) <= VIEW_BYTES


@settings(max_examples=40)
@given(cards)
def test_nothing_in_a_card_is_a_mention_or_a_link(card: Card) -> None:
    seen, notification = Seen(), Seen()
    read_blocks(message_blocks(card), seen)
    read_mrkdwn(fallback(card), notification)
    assert seen.mentions == notification.mentions == []
    assert seen.links == []


@given(text, st.integers(1, 50))
def test_pieces_are_the_whole_text(whole: str, limit: int) -> None:
    cut = list(pieces(whole, limit))
    assert all(len(piece) <= limit for piece in cut)
    assert "".join(cut).replace("\n", "") == whole.replace("\n", "")


def test_what_does_not_fit_is_counted() -> None:
    card = Card("Many", sections=tuple(Note(f"part {number}") for number in range(80)))
    seen = Seen()
    read_blocks(message_blocks(card), seen)
    assert "…32 more parts, more than fits here" in seen.text


def pressable(card: Card) -> list[tuple[str, str]]:
    """Return what can be pressed on a card, with the address that it opens."""
    elements = [one for block in message_blocks(card) if block["type"] == "actions" for one in block["elements"]]
    return [(one["text"]["text"], one.get("url", "")) for one in elements]


def test_links_stand_below_the_buttons_however_much_there_is_to_read() -> None:
    links = (Link(Verdict.APPROVED, "https://gate.example/l/yes"), Link(Verdict.DENIED, "https://gate.example/l/no"))
    button = Button(Verb.APPROVE, "Approve", "req_1")
    card = Card("Much", sections=(Quote("Agent says", "x" * 50_000),), buttons=(button,), footer="k7qm", links=links)
    assert pressable(card) == [
        ("Approve", ""),
        ("Approve in browser", "https://gate.example/l/yes"),
        ("Deny in browser", "https://gate.example/l/no"),
    ]


def test_an_address_that_is_longer_than_any_of_ours_is_left_out() -> None:
    links = (Link(Verdict.APPROVED, "https://" + "x" * 2993), Link(Verdict.DENIED, "https://gate.example"))
    assert pressable(Card("Far", links=links)) == [("Deny in browser", "https://gate.example")]


def test_the_reason_modal_is_within_the_limits() -> None:
    for verb in (Verb.APPROVE, Verb.DENY):
        origin = Origin(verb.value, "req_" + "0" * 26, "C" + "0" * 20, "1700000000.000001")
        view = reason_view(origin, required=True)
        assert wrong_with_view(view) == []
        assert Origin.read(view["private_metadata"]) == origin
        assert LONGEST_REASON == 3000
