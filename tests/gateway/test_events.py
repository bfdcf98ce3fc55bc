"""Every event, by its word."""

import re
from dataclasses import fields

from gateway import events
from gateway.events import EVENTS, GateEvent, RequestApproved, RequestCreated

CONTRACT = {
    "request.created", "request.pending", "request.approved", "request.denied", "request.decided", "request.expired",
    "request.cancelled", "request.voted", "request.confirmed", "request.reminded", "request.escalated",
    "key.created", "key.updated", "key.revoked",
    "policy.saved", "policy.deleted", "delivery.failed",
}  # fmt: skip


def test_every_event_has_its_word_and_is_listed() -> None:
    classes = {one for one in vars(events).values() if isinstance(one, type) and issubclass(one, GateEvent)}
    assert set(EVENTS.values()) == classes - {GateEvent}
    assert set(EVENTS) >= CONTRACT
    for word, event in EVENTS.items():
        assert event.type == word
        assert re.fullmatch(r"[a-z]+\.[a-z]+", word)
        assert event.__doc__


def test_only_what_changes_a_card_is_told_to_targets() -> None:
    assert {word for word, event in EVENTS.items() if event.tells} == {
        "request.pending", "request.voted", "request.approved", "request.denied", "request.expired",
        "request.cancelled", "request.reminded", "request.escalated",
    }  # fmt: skip


def test_no_event_carries_parameters_keys_or_links() -> None:
    for word, event in EVENTS.items():
        names = {one.name for one in fields(event)}
        assert not names & {"params", "context", "secret", "key", "token", "result", "link"}, word


def test_details_are_in_camel_case_and_leave_out_what_is_not_given() -> None:
    approved = RequestApproved(request_id="req_1", action="a", digest="sha256:0", claimed_by="al")
    assert approved.details() == {"digest": "sha256:0", "claimedBy": "al"}
    created = RequestCreated(
        request_id="r", action="a", digest="d", urgency="low", outcome="auto_deny", policy="p", rule=0
    )
    assert created.details() == {"digest": "d", "urgency": "low", "outcome": "auto_deny", "policy": "p", "rule": 0}
