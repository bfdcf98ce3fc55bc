"""A card that is too long for Slack: every section begins, facts stand, and what is left out is counted."""

import re
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.slack.modals import card_view
from bot.slack.render import message_blocks
from gateway.card import Block, Button, Card, Facts, Link, Quote, Verb
from gateway.cards import details_card, request_card
from gateway.views import Approval, RequestView
from models.words import DeciderType, Decision, Status, Verdict
from tests.gateway.test_cards import NOW, URL, WAITING
from tests.platforms.slack.block_kit.surfaces import VIEW_BYTES, view_size, weight, wrong_with_blocks, wrong_with_view
from tests.platforms.slack.reading import Json, Seen, read_blocks
from tests.slack.test_render import cards

FORTY = {f"name-{number:02}": "x" * 300 for number in range(40)}
LINKS = tuple(
    Link(verdict, "https://gate.example/l/".ljust(500, "x")) for verdict in (Verdict.APPROVED, Verdict.DENIED)
)


def denied(request: RequestView, reason: str, *, by: str = "slack:U0000001") -> RequestView:
    return replace(
        request,
        status=Status.DENIED,
        decided_at=NOW,
        decided_by=by,
        decided_by_type=DeciderType.HUMAN,
        decision_reason=reason,
    )


def card_of(request: RequestView) -> Card:
    return request_card(request, now=NOW, public_url=URL, links=LINKS)


def read(blocks: list[Json]) -> str:
    seen = Seen()
    read_blocks(blocks, seen)
    return seen.text


def in_order(text: str, *words: str) -> bool:
    """Whether all the words stand in a text, one below the other."""
    places = [text.find(word) for word in words]
    return -1 not in places and places == sorted(places)


@pytest.mark.parametrize("reason", ["y" * 1500, "&" * 1500, "y" * 10_000])
def test_who_when_and_why_stand_below_the_longest_parameters(reason: str) -> None:
    request = denied(replace(WAITING, params=FORTY), reason)
    text = read(message_blocks(card_of(request)))
    assert in_order(
        text,
        "Denied by",
        "name-00",
        "more lines",
        "Outcome: denied by «U0000001»",
        "When",
        "Reason",
        reason[:300],
        "Why here",
    )
    assert "more part" not in text


def test_a_reason_of_ordinary_length_stands_whole() -> None:
    request = denied(replace(WAITING, params=FORTY, context={"reason": "z" * 1500}), "y" * 1500)
    assert "y" * 1500 in read(message_blocks(card_of(request)))


def test_parameters_stand_beside_a_live_button_whatever_the_agent_says() -> None:
    request = replace(WAITING, params=FORTY, context={"reason": "&" * 1500})
    blocks = message_blocks(card_of(request))
    text = read(blocks)
    assert in_order(text, "Agent says", "more characters, see the full view", "Parameters", "name-00", "more lines")
    assert in_order(text, "Parameters", "Why here", "[Approve]", "k7qm-3vtx")
    said, shown = text.count("&"), len(re.findall("^name-", text, re.MULTILINE))
    assert f"…{1500 - said} more characters, see the full view" in text
    assert f"…{30 - shown} more lines, then 10 more lines, see the full view" in text
    assert said > 300
    assert shown > 3


def test_the_outcome_is_told_in_the_order_of_every_surface() -> None:
    for by in ("slack:U0000001", "api:ops"):
        text = read(message_blocks(card_of(denied(WAITING, "not today", by=by))))
        assert in_order(text, "Outcome", "When", "Reason", "Why here")


def test_a_hundred_votes_leave_room_for_what_they_are_about() -> None:
    votes = [
        Approval(f"slack:U{number:07}", f"person:{number}", Decision.APPROVED, "&" * 300, NOW) for number in range(99)
    ]
    request = replace(WAITING, params=FORTY, approvals_needed=100, approvals=tuple(votes))
    text = read(message_blocks(card_of(request)))
    shown = text.count("Approved: ")
    assert shown >= 12
    assert f"{99 - shown} more lines, see the full view" in text
    assert in_order(text, "name-00", "Approved: «U0000000»", "Why here")
    brief = replace(request, approvals=tuple(replace(vote, reason=None) for vote in votes))
    assert read(message_blocks(card_of(brief))).count("Approved: ") == 99


words = st.sampled_from(["x", "&", "<", "é", "🚀", "ab\n", "y " * 30])
texts = st.builds(lambda word, times: (word * times)[:10_000], words, st.sampled_from([1, 30, 200, 1500, 3000, 10_000]))
params = st.dictionaries(texts.map(lambda text: text[:300]), texts, max_size=60)
requests = st.builds(
    lambda action, asker, params, said, votes: replace(
        WAITING,
        action=action[:200],
        requested_by=f"api:{asker[:100]}",
        params=params,
        context=said,
        approvals=votes,
        approvals_needed=len(votes) + 1,
    ),
    texts,
    texts,
    params,
    st.just({}) | st.builds(lambda text: {"reason": text, "run_url": "https://ci.example/1"}, texts),
    st.lists(
        st.builds(lambda by, why: Approval(by, by, Decision.APPROVED, why, NOW), texts.map(lambda by: by[:100]), texts),
        max_size=20,
    ).map(tuple),
)
any_request = requests | st.builds(denied, requests, texts)


@settings(max_examples=60)
@given(any_request)
def test_any_request_shows_all_its_sections(request: RequestView) -> None:
    card = card_of(request)
    blocks = message_blocks(card)
    assert wrong_with_blocks(blocks) == []
    assert weight(blocks) <= 13_200
    stands(card, blocks)


@settings(max_examples=40)
@given(any_request)
def test_any_request_shows_all_its_sections_in_a_modal(request: RequestView) -> None:
    card = details_card(request, now=NOW, public_url=URL, history=["2026-01-31 14:05:09 UTC request.created"] * 200)
    view = card_view(card, title="Details")
    assert wrong_with_view(view) == []
    assert view_size(view) <= VIEW_BYTES
    stands(card, view["blocks"])


@settings(max_examples=60)
@given(cards)
def test_of_any_card_headline_buttons_and_footer_stand(card: Card) -> None:
    blocks = message_blocks(card)
    assert blocks[0]["type"] == "header"
    last = labels(blocks)[len(labels(blocks)) - len(card.buttons) :]
    assert [label[:74] for label in last] == [one.label[:74] for one in card.buttons]
    assert (card.footer or "") in read(blocks[-1:])
    if "more part" not in read(blocks):
        begin(card, read(blocks))


def stands(card: Card, blocks: list[Json]) -> None:
    """See that headline, sections, buttons and footer of a request stand."""
    text = read(blocks)
    assert card.headline[:140] in text
    assert labels(blocks) == [one.label for one in card.buttons]
    assert text.endswith(f"«{URL}/requests/{card.request_id}»")
    assert "more part" not in text
    begin(card, text)


def begin(card: Card, text: str) -> None:
    """See that each fact stands with its value, and the first line of each text."""
    for section in card.sections:
        match section:
            case Facts():
                for label, value in section.rows[:12]:
                    assert label[:90] in text
                    assert value[:10] in text
            case Quote():
                assert section.label[:90] in text
                assert section.text[:100] in text
            case Block():
                assert section.label[:90] in text
                assert "\n".join(section.lines)[:100] in text


def labels(blocks: list[Json]) -> list[str]:
    """Return what the buttons are called that do something at once."""
    elements = [one for block in blocks if block["type"] == "actions" for one in block["elements"]]
    return [one["text"]["text"] for one in elements if "url" not in one]


def test_more_buttons_than_a_message_holds_leave_a_count_of_the_rest() -> None:
    card = Card(
        "x", sections=(Quote("Agent says", "y" * 9000),), buttons=(Button(Verb.APPROVE, "Approve", "req_1"),) * 300
    )
    assert "…1 more part, more than fits here" in read(message_blocks(card))
