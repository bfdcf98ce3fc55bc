"""Reading rules: every mistake is named with its place, before anything is stored."""

from datetime import timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InvalidPolicy
from gateway.rules import parse_rules
from models.words import Outcome

FULL: dict[str, Any] = {
    "match": {"action": {"$glob": "deploy.*"}, "params.env": "prod"},
    "decision": "route_to_human",
    "approvers": ["slack:S0SRE", "discord:role:77", "email:lead@example.com", "person:alice", "api:release desk"],
    "channels": ["slack:#prod", "email:lead@example.com", "discord:user:42", "terminal:local"],
    "approvalsNeeded": 2,
    "requireReason": True,
    "expiresInSec": 1800,
    "remindAfterSec": 0.5,
    "escalateAfterSec": 1200,
    "escalateTo": ["slack:#sre-leads"],
}


def test_every_part_of_a_rule_is_read() -> None:
    (rule,) = parse_rules([FULL])
    assert [(one.path, one.operator, one.operand) for one in rule.conditions] == [
        ("action", "$glob", "deploy.*"),
        ("params.env", "$eq", "prod"),
    ]
    assert rule.outcome is Outcome.ROUTE_TO_HUMAN
    assert rule.approvers == tuple(FULL["approvers"])
    assert rule.channels == tuple(FULL["channels"])
    assert (rule.approvals_needed, rule.require_reason) == (2, True)
    assert (rule.expires_in, rule.remind_after) == (timedelta(minutes=30), timedelta(seconds=0.5))
    assert (rule.escalate_after, rule.escalate_to) == (timedelta(minutes=20), ("slack:#sre-leads",))


def test_a_rule_needs_only_a_decision() -> None:
    (rule,) = parse_rules([{"decision": "auto_deny"}])
    assert (rule.conditions, rule.approvers, rule.approvals_needed, rule.expires_in) == ((), (), 1, None)


def test_no_rules_are_no_mistake() -> None:
    assert parse_rules([]) == ()


@pytest.mark.parametrize(
    ("part", "wrong", "place"),
    [
        ("approvalsNeeded", 0, "approvalsNeeded"),
        ("approvalsNeeded", -1, "approvalsNeeded"),
        ("approvalsNeeded", True, "approvalsNeeded"),
        ("approvalsNeeded", 1.5, "approvalsNeeded"),
        ("approvalsNeeded", "2", "approvalsNeeded"),
        ("approvalsNeeded", 101, "approvalsNeeded"),
        ("approvalsNeeded", None, "approvalsNeeded"),
        ("requireReason", "yes", "requireReason"),
        ("requireReason", 1, "requireReason"),
        ("expiresInSec", 0, "expiresInSec"),
        ("expiresInSec", -1, "expiresInSec"),
        ("expiresInSec", True, "expiresInSec"),
        ("expiresInSec", "60", "expiresInSec"),
        ("expiresInSec", 10**12, "expiresInSec"),
        ("expiresInSec", float("nan"), "expiresInSec"),
        ("expiresInSec", float("inf"), "expiresInSec"),
        ("remindAfterSec", -0.1, "remindAfterSec"),
        ("escalateAfterSec", [], "escalateAfterSec"),
        ("decision", "approve", "decision"),
        ("decision", "AUTO_APPROVE", "decision"),
        ("decision", None, "decision"),
        ("decision", ["auto_deny"], "decision"),
        ("decision", {}, "decision"),
        ("match", [], "match"),
        ("match", "action", "match"),
        ("match", None, "match"),
        ("match", {"action": {"$gob": "x"}}, "match.action.$gob"),
        ("match", {"action": {}}, "match.action"),
        ("match", {"v": {"$in": ["a", []]}}, "match.v.$in[1]"),
        ("approvers", "slack:U1", "approvers"),
        ("approvers", {"slack:U1": True}, "approvers"),
        ("approvers", [1], "approvers[0]"),
        ("approvers", ["slack:U1", "alice"], "approvers[1]"),
        ("channels", ["slack:#ok", "slack:not a channel"], "channels[1]"),
        ("channels", [None], "channels[0]"),
        ("escalateTo", ["email:nobody"], "escalateTo[0]"),
        ("escalateTo", "terminal:local", "escalateTo"),
    ],
)
def test_a_malformed_part_is_refused_by_its_place(part: str, wrong: object, place: str) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        parse_rules([{"decision": "auto_deny"}, FULL | {part: wrong}])
    assert refusal.value.field == f"rules[1].{place}"
    assert refusal.value.sentence.startswith(f"rules[1].{place}")


@pytest.mark.parametrize("wrong", [None, "rules", {"decision": "auto_deny"}, 5])
def test_rules_are_a_list(wrong: object) -> None:
    with pytest.raises(InvalidPolicy, match="rules must be a list"):
        parse_rules(wrong)


@pytest.mark.parametrize("wrong", [None, "auto_deny", [], 1])
def test_a_rule_is_an_object(wrong: object) -> None:
    with pytest.raises(InvalidPolicy, match=r"rules\[0\] must be an object"):
        parse_rules([wrong])


def test_a_rule_without_a_decision_is_refused() -> None:
    with pytest.raises(InvalidPolicy, match=r"rules\[0\]\.decision is missing; say one of auto_approve"):
        parse_rules([{"match": {}}])


@pytest.mark.parametrize("typo", ["matches", "Decision", "approver", "approvals_needed", "expiresIn", ""])
def test_an_unknown_part_is_refused_and_the_known_ones_are_told(typo: str) -> None:
    with pytest.raises(InvalidPolicy, match="is not a part of a rule; these are: match decision") as refusal:
        parse_rules([{"decision": "auto_approve", typo: {}}])
    assert refusal.value.field == f"rules[0].{typo}"


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=10),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
    max_leaves=8,
)


@given(st.lists(st.dictionaries(st.sampled_from([*FULL, "other"]), json_values, max_size=5) | json_values, max_size=3))
def test_whatever_is_sent_is_read_or_refused_with_its_place(rules: list[Any]) -> None:
    try:
        read = parse_rules(rules)
    except InvalidPolicy as refusal:
        named = str(refusal.field)
    else:
        named = "rules"
        assert len(read) == len(rules)
    assert named.startswith("rules")
