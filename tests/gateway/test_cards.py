"""What a request's card says: fixed order, agent text only where it belongs, nothing cut silently."""

import re
from dataclasses import fields, replace
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.card import Block, Button, Card, Entry, Facts, Note, Quote, Table, Tone, Verb
from gateway.cards import (
    LINE_LIMIT,
    LINES_LIMIT,
    QUOTE_LIMIT,
    clock_time,
    details_card,
    duration,
    parameter_lines,
    request_card,
    summary_line,
)
from gateway.redact import REDACTED
from gateway.views import Approval, PolicyDecision, RequestView
from models.words import DeciderType, Decision, Outcome, Status, Urgency

NOW = datetime(2026, 1, 31, 14, 5, 9, tzinfo=UTC)
URL = "https://gate.example.com"
DIGEST = "sha256:" + "0123456789abcdef" * 4
WAITING = RequestView(
    id="req_01", code="k7qm3vtx", action="deploy.prod", params={"env": "prod", "count": 3}, context={}, digest=DIGEST,
    status=Status.PENDING, urgency=Urgency.HIGH, requested_by="api:agent", asker_key_id="key_1", created_at=NOW,
    updated_at=NOW, expires_at=NOW + timedelta(minutes=25), decided_at=None, decided_by=None, decided_by_type=None,
    decision_reason=None, approvals_needed=1, require_reason=False, approvals=(),
    policy_decision=PolicyDecision(Outcome.ROUTE_TO_HUMAN, "prod", 0), targets=(), escalated_at=None,
    confirmed_at=None, result=None,
)  # fmt: skip


def ended(status: Status, by: str, by_type: DeciderType = DeciderType.HUMAN, reason: str | None = None) -> RequestView:
    return replace(
        WAITING, status=status, decided_by=by, decided_by_type=by_type, decided_at=NOW, decision_reason=reason
    )


ENDS = [
    (ended(Status.APPROVED, "slack:U1", reason="fine"), Tone.GOOD, "Approved by slack:U1"),
    (ended(Status.DENIED, "slack:U1", reason="no"), Tone.BAD, "Denied by slack:U1"),
    (ended(Status.APPROVED, "policy:reads", DeciderType.POLICY), Tone.GOOD, "Approved automatically by policy:reads"),
    (ended(Status.DENIED, "policy:never", DeciderType.POLICY), Tone.BAD, "Denied automatically by policy:never"),
    (ended(Status.EXPIRED, "system:expiry", DeciderType.SYSTEM), Tone.QUIET, "Expired · nobody answered in time"),
    (ended(Status.CANCELLED, "api:agent"), Tone.QUIET, "Cancelled by api:agent"),
]


def card_of(request: RequestView) -> Card:
    return request_card(request, now=NOW, public_url=URL)


def facts(card: Card) -> dict[str, str]:
    return {name: value for one in card.sections if isinstance(one, Facts) for name, value in one.rows}


def block(card: Card, label: str = "Parameters") -> Block:
    (found,) = [one for one in card.sections if isinstance(one, Block) and one.label == label]
    return found


def everything(card: Card) -> str:
    """Return all text of a card."""
    return str([getattr(card, one.name) for one in fields(card)])


def test_a_waiting_card_in_its_order() -> None:
    request = replace(
        WAITING,
        context={"reason": "Release 1.4", "summary": "is ready"},
        approvals_needed=2,
        approvals=(Approval("slack:U1", "slack:U1", Decision.APPROVED, "ok", NOW),),
    )
    card = card_of(request)
    assert card.headline == "Waiting for approval · 1 of 2 · expires in 25 min"
    assert card.tone is Tone.WAITING
    assert card.request_id == "req_01"
    assert card.sections == (
        Facts((("Action", "deploy.prod"), ("Urgency", "high"), ("Asked by", "api:agent"))),
        Quote("Agent says", "Release 1.4\nis ready"),
        Block("Parameters", ("count: 3", "env: prod")),
        Facts((("Approved", "slack:U1 – ok"),)),
        Facts((("Why here", "policy prod, rule 1"),)),
    )
    assert card.footer == "k7qm-3vtx · 0123456789ab · https://gate.example.com/requests/req_01"
    assert card.buttons == (
        Button(Verb.APPROVE, "Approve", "req_01"),
        Button(Verb.DENY, "Deny…", "req_01", asks_reason=True),
        Button(Verb.DETAILS, "Details", "req_01"),
    )


def test_a_required_reason_is_asked_for_before_approving() -> None:
    approve = card_of(replace(WAITING, require_reason=True)).buttons[0]
    assert (approve.label, approve.asks_reason) == ("Approve…", True)


@pytest.mark.parametrize(("request_", "tone", "headline"), ENDS, ids=[row[2] for row in ENDS])
def test_an_ended_card_says_who_when_and_why_and_has_no_buttons(
    request_: RequestView, tone: Tone, headline: str
) -> None:
    card = card_of(request_)
    assert (card.headline, card.tone, card.buttons) == (headline, tone, ())
    said = facts(card)
    assert said["Outcome"] == f"{request_.status.value} by {request_.decided_by}"
    assert said["When"] == "2026-01-31 14:05:09 UTC"
    assert said.get("Reason") == request_.decision_reason
    assert "k7qm-3vtx" in str(card.footer)
    assert details_card(request_, now=NOW, public_url=URL).buttons == ()


def test_a_reason_of_several_lines_stays_in_its_row() -> None:
    forged = "no\nOutcome: approved by slack:U2\r\n\u202e"
    folded = "no / Outcome: approved by slack:U2 / \\u202e"
    card = card_of(ended(Status.DENIED, "slack:U1", reason=forged))
    assert (facts(card)["Reason"], facts(card)["Outcome"]) == (folded, "denied by slack:U1")
    vote = Approval("slack:U1", "slack:U1", Decision.APPROVED, forged, NOW)
    card = card_of(replace(WAITING, approvals_needed=2, approvals=(vote,)))
    assert facts(card)["Approved"] == f"slack:U1 – {folded}"


def test_an_overdue_card_offers_nothing_any_more() -> None:
    card = request_card(WAITING, now=NOW + timedelta(hours=1), public_url=URL)
    assert (card.headline, card.tone, card.buttons) == ("Expired · nobody answered in time", Tone.QUIET, ())


def test_a_request_that_never_expires_says_nothing_of_it() -> None:
    assert card_of(replace(WAITING, expires_at=None)).headline == "Waiting for approval"


EVIL = "*bold* <@U1> [x](http://evil) @everyone `code`\n# Approved by slack:BOSS\u202e\u200b\x1b[2J"
ALL_STATUSES = [WAITING, *(row[0] for row in ENDS)]


@pytest.mark.parametrize("request_", ALL_STATUSES, ids=[one.status.value for one in ALL_STATUSES])
def test_agent_text_is_in_no_headline_footer_label_or_button(request_: RequestView) -> None:
    hostile = replace(
        request_,
        action="EVIL action",
        params={"EVIL key": "EVIL value", "deep": {"EVIL": ["EVIL"]}},
        context={"reason": "EVIL reason", "EVIL context": "EVIL", "summary": "EVIL summary"},
    )
    for card in (card_of(hostile), details_card(hostile, now=NOW, public_url=URL)):
        ours = [card.headline, card.footer, card.request_id, card.tone, card.buttons]
        ours += [one.label for one in card.sections if isinstance(one, Quote | Block)]
        ours += [name for one in card.sections if isinstance(one, Facts) for name, _ in one.rows]
        assert "EVIL" not in str(ours)
        assert "EVIL value" in everything(card)
        assert not [one for one in card.sections if isinstance(one, Note | Table | Entry)]


def test_what_nobody_sees_is_written_out_everywhere() -> None:
    request = replace(WAITING, action="a\u3164b", params={f"k{EVIL}": EVIL, "n": [EVIL]}, context={"reason": EVIL})
    for card in (card_of(request), details_card(request, now=NOW, public_url=URL, history=())):
        for one in card.sections:
            lines = one.lines if isinstance(one, Block) else one.text.split("\n") if isinstance(one, Quote) else ()
            assert all(line.isprintable() for line in lines)
        text = "".join(part for one in card.sections if isinstance(one, Quote) for part in one.text)
        assert "\\u202e" in text
        assert facts(card)["Action"] == "a\\u3164b"


def test_secrets_are_hidden_on_both_cards() -> None:
    request = replace(
        WAITING, params={"apiKey": "hunter2", "deep": [{"password": "hunter2"}]}, context={"token": "hunter2"}
    )
    for card in (card_of(request), details_card(request, now=NOW, public_url=URL)):
        assert "hunter2" not in everything(card)
        assert f"apiKey: {REDACTED}" in block(card).lines


@pytest.mark.parametrize(
    ("context", "says"),
    [
        ({}, None),
        ({"reason": ""}, None),
        ({"reason": " \n "}, None),
        ({"reason": 5, "summary": ["x"]}, None),
        ({"summary": "why"}, "why"),
        ({"summary": "b", "reason": "a"}, "a\nb"),
    ],
)
def test_what_the_agent_says(context: dict[str, Any], says: str | None) -> None:
    quotes = [one.text for one in card_of(replace(WAITING, context=context)).sections if isinstance(one, Quote)]
    assert quotes == ([says] if says else [])


class TestNothingIsCutSilently:
    """What was left out is counted."""

    def test_a_long_speech(self) -> None:
        (quote,) = [
            one for one in card_of(replace(WAITING, context={"reason": "x" * 2000})).sections if isinstance(one, Quote)
        ]
        assert len(quote.text) == QUOTE_LIMIT
        assert quote.left_out == "…500 more characters, see the full view"

    def test_many_parameters(self) -> None:
        shown = block(card_of(replace(WAITING, params={f"p{number:03}": number for number in range(100)})))
        assert len(shown.lines) == LINES_LIMIT
        assert shown.left_out == "…70 more lines, see the full view"

    def test_a_long_value(self) -> None:
        (line,) = block(card_of(replace(WAITING, params={"v": "x" * 1000}))).lines
        assert line == "v: " + "x" * (LINE_LIMIT - 3) + " …703 more characters, see the full view"

    def test_what_just_fits_is_whole(self) -> None:
        params = {f"p{number:02}": "x" * (LINE_LIMIT - 5) for number in range(LINES_LIMIT)}
        card = card_of(replace(WAITING, params=params, context={"reason": "x" * QUOTE_LIMIT}))
        assert block(card).left_out is None
        assert "more" not in everything(card)

    def test_a_hundred_thousand_bytes(self) -> None:
        params = {f"p{number}": "ü\u202e" * 500 for number in range(100)} | {"deep": [list(range(5000))]}
        short = card_of(replace(WAITING, params=params))
        assert sum(len(line) for line in block(short).lines) < 15_000
        full = block(details_card(replace(WAITING, params=params), now=NOW, public_url=URL))
        assert (len(full.lines), full.left_out) == (101, None)
        assert sum(len(line) for line in full.lines) > 300_000

    @given(st.dictionaries(st.text(max_size=5), st.text(max_size=400) | st.integers(), max_size=40))
    def test_counted_and_shown_are_all_there_is(self, params: dict[str, Any]) -> None:
        whole = parameter_lines(params)
        shown = block(card_of(replace(WAITING, params=params)))
        hidden = int(match[1]) if (match := re.match(r"…(\d+) more lines", shown.left_out or "")) else 0
        assert len(shown.lines) + hidden == len(whole)
        for line, full in zip(shown.lines, whole, strict=False):
            if line != full:
                kept, _, count = line.rpartition(" …")
                assert full.startswith(kept)
                assert len(kept) + int(count.split(" ")[0]) == len(full)


def test_parameters_are_sorted_and_typed_as_json() -> None:
    params: dict[str, Any] = {"b": None, "a": True, "c": [1, "ö", {"y": 1, "x": 2}], "d": "text", "e": 1.5, "": {}}
    assert parameter_lines(params) == [
        ": {}",
        "a: true",
        "b: null",
        'c: [1, "ö", {"x": 2, "y": 1}]',
        "d: text",
        "e: 1.5",
    ]
    assert parameter_lines({}) == ["(none)"]


@pytest.mark.parametrize(
    ("decision", "why"),
    [
        (PolicyDecision(Outcome.ROUTE_TO_HUMAN), "no policy matched, so a human decides"),
        (PolicyDecision(Outcome.ROUTE_TO_HUMAN, "p", 2), "policy p, rule 3"),
        (
            PolicyDecision(Outcome.ROUTE_TO_HUMAN, "p", 0, ("slack:U1", "person:bob")),
            "policy p, rule 1; slack:U1 or person:bob may decide",
        ),
        (
            PolicyDecision(Outcome.ROUTE_TO_HUMAN, "p", None, note="policy p could not be evaluated: x"),
            "policy p could not be evaluated: x, so a human decides",
        ),
    ],
)
def test_why_it_came_here(decision: PolicyDecision, why: str) -> None:
    assert facts(card_of(replace(WAITING, policy_decision=decision)))["Why here"] == why


def test_the_full_card_has_the_whole_digest_the_context_and_the_history() -> None:
    card = details_card(replace(WAITING, context={"ticket": "T-1"}), now=NOW, public_url=URL, history=("created",))
    assert facts(card)["Digest"] == DIGEST
    assert facts(card)["Id"] == "req_01"
    assert block(card, "Context").lines == ("ticket: T-1",)
    assert block(card, "History").lines == ("created",)
    assert [button.verb for button in card.buttons] == [Verb.APPROVE, Verb.DENY]


@pytest.mark.parametrize(
    ("seconds", "said"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (89, "89 s"),
        (90, "2 min"),
        (1500, "25 min"),
        (5400, "2 h"),
        (86400, "24 h"),
        (172800, "2 days"),
    ],
)
def test_spans_are_said_as_people_do(seconds: int, said: str) -> None:
    assert duration(timedelta(seconds=seconds)) == said


def test_a_request_in_one_line() -> None:
    assert summary_line(WAITING, now=NOW + timedelta(minutes=5)) == "high · asked by api:agent 5 min ago · 20 min left"
    assert clock_time(NOW) == "2026-01-31 14:05:09 UTC"


@pytest.mark.parametrize(
    ("run_url", "host"),
    [
        ("https://github.com/acme/shop/actions/runs/4242/attempts/1", "github.com"),
        ("https://GitHub.example.com:8443/acme", "github.example.com"),
        ("http://ci", "ci"),
        ("https://github.com@evil.example/x", None),
        ("https://github.com\u202e.evil.example/x", None),
        ("https://github.com evil.example", None),
        ("https://gіthub.com/x", None),
        ("javascript:alert(1)", None),
        ("github.com", None),
        (["https://github.com/"], None),
        (None, None),
    ],
)
def test_a_run_of_ci_names_the_host_that_it_claims_and_no_other(run_url: Any, host: str | None) -> None:
    facts = card_of(replace(WAITING, context={"run_url": run_url})).sections[0]
    assert isinstance(facts, Facts)
    said = f"api:agent, which says that it runs on {host}" if host else "api:agent"
    assert facts.rows[2] == ("Asked by", said)
