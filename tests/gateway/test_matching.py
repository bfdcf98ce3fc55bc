"""One condition: a path into the ask, an operator, an operand."""

import time
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.errors import InvalidPolicy
from gateway.matching import parse_condition
from gateway.views import Ask
from models.words import Urgency


def holds(path: str, wanted: Any, ask: Ask, *, by: str = "api:agent") -> bool:
    """Whether an ask meets one entry of a rule's `match`."""
    return all(condition.holds(ask, by) for condition in parse_condition(path, wanted, "match"))


def with_value(value: Any) -> Ask:
    return Ask("pay", {"v": value})


NOTHING = Ask("pay")


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("$eq", None),
        ("$eq", ""),
        ("$eq", False),
        ("$eq", 0),
        ("$lt", 10),
        ("$lte", 0),
        ("$gt", -1),
        ("$gte", 0),
        ("$in", [None, "", 0, False]),
        ("$regex", ""),
        ("$glob", "*"),
        ("$exists", True),
    ],
)
def test_a_missing_value_meets_nothing_but_its_absence(operator: str, operand: object) -> None:
    assert not holds("v", {operator: operand}, NOTHING)


@pytest.mark.parametrize(("operator", "operand"), [("$ne", "prod"), ("$nin", ["prod"]), ("$exists", False)])
def test_negations_hold_for_a_missing_value(operator: str, operand: object) -> None:
    assert holds("v", {operator: operand}, NOTHING)


@pytest.mark.parametrize("operator", ["$lt", "$lte", "$gt", "$gte"])
@pytest.mark.parametrize("value", ["5", True, False, None, [5], {"n": 5}])
def test_comparisons_meet_numbers_only(operator: str, value: object) -> None:
    assert not holds("v", {operator: 1}, with_value(value))
    assert not holds("v", {operator: 9}, with_value(value))


@pytest.mark.parametrize(
    ("operator", "below", "at", "above"),
    [
        ("$lt", True, False, False),
        ("$lte", True, True, False),
        ("$gt", False, False, True),
        ("$gte", False, True, True),
    ],
)
def test_comparisons_at_their_bound(operator: str, below: bool, at: bool, above: bool) -> None:
    assert [holds("v", {operator: 10}, with_value(value)) for value in (9.99, 10, 10.01)] == [below, at, above]
    assert holds("v", {operator: 10.0}, with_value(10)) is at


@pytest.mark.parametrize(
    ("wanted", "value", "expected"),
    [
        (1, 1.0, True),
        (1, True, False),
        (True, 1, False),
        (False, 0, False),
        (0, False, False),
        (True, True, True),
        (None, None, True),
        (None, "", False),
        (None, False, False),
        ("1", 1, False),
        ("a", "A", False),
        ("a", ["a"], False),
        ("", [], False),
        ("é", "e\u0301", False),
        (-0.0, 0, True),
    ],
)
def test_equality_knows_the_kinds_of_values(wanted: object, value: object, expected: bool) -> None:
    assert holds("v", wanted, with_value(value)) is expected
    assert holds("v", {"$eq": wanted}, with_value(value)) is expected
    assert holds("v", {"$ne": wanted}, with_value(value)) is not expected
    assert holds("v", {"$in": ["other", wanted]}, with_value(value)) is expected
    assert holds("v", {"$nin": ["other", wanted]}, with_value(value)) is not expected


def test_among_nothing_is_nothing() -> None:
    assert not holds("v", {"$in": []}, with_value("a"))
    assert holds("v", {"$nin": []}, with_value("a"))


def test_a_scalar_does_not_meet_the_list_that_contains_it() -> None:
    for operator, operand in (("$in", ["prod"]), ("$eq", "prod"), ("$glob", "*prod*"), ("$regex", "prod")):
        assert not holds("v", {operator: operand}, with_value(["prod"])), operator


def test_exists_sees_null_and_empty_values() -> None:
    empty: list[object] = [None, "", 0, False, [], {}]
    for value in empty:
        assert holds("v", {"$exists": True}, with_value(value))
        assert not holds("v", {"$exists": False}, with_value(value))


@pytest.mark.parametrize(
    ("pattern", "value", "expected"),
    [
        ("deploy.*", "deploy.prod", True),
        ("deploy.*", "deployXprod", False),
        ("deploy.*", "xdeploy.prod", False),
        ("*", "", True),
        ("*", "two\nlines", True),
        ("?", "é", True),
        ("?", "", False),
        ("?", "\n", True),
        ("a*c", "abbbc", True),
        ("a*c", "abbb", False),
        ("[ab]", "a", False),
        ("[ab]", "[ab]", True),
        ("a\\b", "a\\b", True),
        ("Deploy", "deploy", False),
        ("", "", True),
        ("日?", "日本", True),
        ("a+(b|c)$^", "a+(b|c)$^", True),
    ],
)
def test_glob_meets_the_whole_text_and_has_two_signs_only(pattern: str, value: str, expected: bool) -> None:
    assert holds("v", {"$glob": pattern}, with_value(value)) is expected


@given(st.text(st.characters(codec="utf-8"), max_size=40))
def test_glob_without_signs_meets_itself_and_nothing_longer(text: str) -> None:
    literal = text.replace("*", "").replace("?", "")
    assert holds("v", {"$glob": literal}, with_value(literal))
    assert not holds("v", {"$glob": literal}, with_value(literal + "x"))


def test_regex_searches_unless_it_is_anchored() -> None:
    assert holds("v", {"$regex": "rod"}, with_value("prod"))
    assert not holds("v", {"$regex": "^rod"}, with_value("prod"))
    assert not holds("v", {"$regex": "^prod$"}, with_value("prod\n"))
    assert not holds("v", {"$regex": "1"}, with_value(1))


@pytest.mark.parametrize(
    "pattern", [r"(x+x+)+y", r"(a|aa)+$", r"(.*)*$", r"^(([a-z])+.)+[A-Z]([a-z])+$", r"(x?){50}x{50}"]
)
def test_no_pattern_hangs_the_gate(pattern: str) -> None:
    began = time.monotonic()
    holds("v", {"$regex": pattern}, with_value("x" * 100_000 + "!"))
    assert time.monotonic() - began < 5


@pytest.mark.parametrize(
    "pattern", ["(", "[", "a{2,1}", r"(?=a)", r"(a)\1", "*", r"\pX", "a**", r"((a{100}){100}){100}"]
)
def test_a_pattern_that_does_not_compile_is_refused_where_it_stands(pattern: str) -> None:
    with pytest.raises(InvalidPolicy, match=r"match\.\$regex is not a pattern that RE2 can read") as refusal:
        parse_condition("v", {"$regex": pattern}, "match")
    assert refusal.value.field == "match.$regex"
    assert "b'" not in refusal.value.sentence


@pytest.mark.parametrize(
    ("operator", "operand"),
    [
        ("$regex", 5),
        ("$regex", None),
        ("$regex", "a" * 1001),
        ("$glob", ["*"]),
        ("$glob", "a" * 1001),
        ("$lt", "5"),
        ("$lt", True),
        ("$gte", None),
        ("$gt", [1]),
        ("$in", "prod"),
        ("$in", {"a": 1}),
        ("$in", [["prod"]]),
        ("$nin", [{}]),
        ("$eq", []),
        ("$eq", {}),
        ("$ne", [1]),
        ("$exists", 1),
        ("$exists", "true"),
        ("$exists", None),
        ("$like", "x"),
        ("$EQ", "x"),
        ("eq", "x"),
        ("", "x"),
        ("env", "prod"),
    ],
)
def test_an_operand_that_makes_no_sense_is_refused(operator: str, operand: object) -> None:
    with pytest.raises(InvalidPolicy) as refusal:
        parse_condition("v", {operator: operand}, "rules[0].match.v")
    assert str(refusal.value.field).startswith(f"rules[0].match.v.{operator}")
    assert refusal.value.sentence.startswith("rules[0].match.v.")


def test_an_unknown_operator_is_told_the_known_ones() -> None:
    with pytest.raises(InvalidPolicy, match=r"“\$like” is not an operator; these are: \$eq .*\$exists"):
        parse_condition("v", {"$like": "x"}, "match")


@pytest.mark.parametrize("wanted", [{}, [], ["prod"]])
def test_a_condition_that_says_nothing_is_refused(wanted: object) -> None:
    with pytest.raises(InvalidPolicy):
        parse_condition("v", wanted, "match")


def test_several_operators_on_one_path_must_all_hold() -> None:
    between = {"$gt": 0, "$lte": 50, "$ne": 13}
    assert [value for value in (0, 1, 13, 50, 51) if holds("v", between, with_value(value))] == [1, 50]


ASK = Ask(
    "deploy.prod",
    {
        "env": "prod",
        "action": "harmless",
        "urgency": "low",
        "requestedBy": "api:root",
        "context": {"ticket": "fake"},
        "params": {"env": "dev"},
        "deep": {"er": {"est": 7}},
    },
    {"ticket": "T-1", "env": "context"},
    Urgency.HIGH,
)


@pytest.mark.parametrize(
    ("path", "value"),
    [
        ("action", "deploy.prod"),
        ("urgency", "high"),
        ("requestedBy", "api:agent"),
        ("params.env", "prod"),
        ("context.ticket", "T-1"),
        ("context.env", "context"),
        ("env", "prod"),
        ("params.action", "harmless"),
        ("params.urgency", "low"),
        ("params.requestedBy", "api:root"),
        ("params.params.env", "dev"),
        ("params.context.ticket", "fake"),
        ("deep.er.est", 7),
        ("params.deep.er.est", 7),
    ],
)
def test_a_path_leads_to_one_place_and_no_parameter_shadows_it(path: str, value: object) -> None:
    assert holds(path, value, ASK)


@pytest.mark.parametrize(
    "path", ["deep.er.est.x", "deep.missing", "context.missing", "env.length", "params.", "context.", ".env", "", "."]
)
def test_a_path_that_leads_nowhere_is_missing(path: str) -> None:
    assert holds(path, {"$exists": False}, ASK)


def test_lists_have_no_places_to_go_to() -> None:
    assert holds("v.0", {"$exists": False}, with_value(["first"]))


def test_a_name_with_dots_is_found_where_steps_lead_nowhere() -> None:
    assert holds("params.k8s.io/name", "web", Ask("x", {"k8s.io/name": "web"}))


def test_a_name_with_dots_cannot_hide_what_will_be_done() -> None:
    sly = Ask("pay", {"amount": {"value": 1_000_000}, "amount.value": 1})
    assert not holds("params.amount.value", {"$lt": 100}, sly)
    assert not holds("amount.value", {"$lt": 100}, sly)


def test_why_not_says_what_was_there() -> None:
    (condition,) = parse_condition("env", {"$in": ["dev"]}, "match")
    assert condition.why_not(ASK, "api:agent") == 'env is “prod”, which does not meet $in ["dev"]'
    assert condition.why_not(NOTHING, "api:agent") == "env is not there"
    assert len(condition.why_not(Ask("x", {"env": "e" * 5000}), "api:agent")) < 200


@pytest.mark.parametrize(
    ("value", "shown"),
    [(None, "null"), (True, "true"), (["ü", 1.5, False], '["ü", 1.5, false]'), ({"a": None}, '{"a": null}')],
)
def test_why_not_writes_values_as_rules_do(value: object, shown: str) -> None:
    (condition,) = parse_condition("env", {"$in": ["dev", 7]}, "match")
    said = condition.why_not(Ask("x", {"env": value}), "api:agent")
    assert said == f'env is {shown}, which does not meet $in ["dev", 7]'
