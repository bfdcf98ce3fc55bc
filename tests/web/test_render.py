"""Card → HTML: total over every card, and whatever stands in it is text."""

import html

from hypothesis import given, settings
from hypothesis import strategies as st

from gateway.card import Block, Card, Entry, Facts, Note, Quote, Section, Table, Tone
from tests.web.site import Page, Reader
from web.render import card_html, templates

TEMPLATES = templates()
MARKUP = ["<script>", "</pre>", "&amp;", "&lt;", '"', "'", "{{ 7*7 }}", "{% raw %}", "<!--", "`", "\n"]
OWN = {
    "dl", "div", "dt", "dd", "figure", "figcaption", "blockquote", "pre", "span", "p", "table", "thead", "tbody",
    "tr", "th", "td", "section", "h2",
}  # fmt: skip
printable = st.text(st.characters(blacklist_categories=("Cs", "Cc")), max_size=30)
text = st.one_of(printable, st.lists(st.sampled_from(MARKUP), max_size=6).map("".join))
sections: st.SearchStrategy[Section] = st.one_of(
    st.builds(Facts, st.lists(st.tuples(text, text), max_size=8).map(tuple)),
    st.builds(Quote, text, text, st.none() | text),
    st.builds(Block, text, st.lists(text, max_size=8).map(tuple), st.none() | text),
    st.builds(Note, text),
    st.integers(1, 4).flatmap(
        lambda width: st.builds(
            Table, st.tuples(*[text] * width), st.lists(st.tuples(*[text] * width), max_size=5).map(tuple)
        )
    ),
    st.builds(Entry, text, st.lists(text, max_size=4).map(tuple)),
)
cards = st.builds(Card, text, st.sampled_from(Tone), st.lists(sections, max_size=8).map(tuple), footer=st.none() | text)


def texts_of(card: Card) -> list[str]:
    """Return every text of a card's sections, in any order."""
    found = [card.footer or ""]
    for section in card.sections:
        match section:
            case Facts():
                found += [word for row in section.rows for word in row]
            case Quote():
                found += [section.label, section.text, section.left_out or ""]
            case Block():
                found += [section.label, *section.lines, section.left_out or ""]
            case Note():
                found.append(section.text)
            case Table():
                found += [cell for row in (section.head, *section.rows) for cell in row]
            case Entry():
                found += [section.title, *section.lines]
    return found


@settings(max_examples=150)
@given(cards)
def test_any_card_is_html_in_which_everything_stands_as_text(card: Card) -> None:
    source = f"<body>{card_html(TEMPLATES, card)}</body>"
    page = Page(200, {}, source)
    Reader(page).feed(source)
    assert {tag for tag, _ in page.tags} <= OWN | {"body"}
    assert {key for _, given_ in page.tags for key in given_} <= {"class", "data-label", "data-value", "scope"}
    for words in texts_of(card):
        assert words in page.text
        assert html.escape(words, quote=False) in source.replace("&#34;", '"').replace("&#39;", "'")


def test_a_card_reads_in_its_order() -> None:
    said = Quote("Agent says", "why")
    asked = Block("Parameters", ("a: 1", "b: 2"), "…9 more")
    card = Card("Waiting", sections=(Facts((("Action", "deploy"), ("Empty", ""))), said, asked), footer="k7qm · abc")
    page = Page(200, {}, "")
    Reader(page).feed(f"<body>{card_html(TEMPLATES, card)}</body>")
    assert " ".join(page.text.split()) == "Action deploy Empty – Agent says why Parameters a: 1 b: 2 …9 more k7qm · abc"
