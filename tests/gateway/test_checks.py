"""What no door may let in."""

from typing import Any

import pytest

from gateway.checks import DEEPEST, LONGEST_REASON, MOST_KEYS, check_action, check_json, clean_reason
from gateway.errors import Invalid


def nested(depth: int, innermost: Any = 1) -> Any:
    value = innermost
    for _ in range(depth):
        value = {"in": value}
    return value


@pytest.mark.parametrize(
    "value",
    [
        {},
        {"a": [1, 2.5, "x", None, True, {"b": []}]},
        {"n": 2**53, "m": -(2**53), "f": 1e300, "tiny": 5e-324},
        {"ö日🚀": "Zeile\nzwei\t\u202e"},
        nested(DEEPEST),
        {str(number): number for number in range(MOST_KEYS)},
        {"list": list(range(5000))},
    ],
)
def test_json_that_everybody_reads_alike_is_let_in(value: Any) -> None:
    check_json(value, "params")


@pytest.mark.parametrize(
    ("value", "why"),
    [
        ({"a": 2**53 + 1}, "integer beyond"),
        ({"a": [-(2**53) - 1]}, "integer beyond"),
        ({"a": 10**400}, "integer beyond"),
        ({"a": float("nan")}, "not finite"),
        ({"a": [float("-inf")]}, "not finite"),
        ({"a": "x\x00"}, "NUL"),
        ({"a\x00": 1}, "NUL"),
        ({"a": "\ud800"}, "lone surrogate"),
        ({"b": {"\udfff": 1}}, "lone surrogate"),
        (nested(DEEPEST + 1), "nested more than 64"),
        (nested(10_000), "nested more than 64"),
        ({str(number): number for number in range(MOST_KEYS + 1)}, "more than 1000 keys"),
        ({"a": [{str(number): 1} for number in range(MOST_KEYS)]}, "more than 1000 keys"),
        ({"a": b"x"}, "bytes"),
        ({"a": {1, 2}}, "set"),
    ],
)
def test_json_that_cannot_be_kept_exactly_is_refused_by_its_place(value: Any, why: str) -> None:
    with pytest.raises(Invalid, match=why) as refusal:
        check_json(value, "context")
    assert refusal.value.field == "context"
    assert refusal.value.sentence.startswith("context ")


@pytest.mark.parametrize("action", ["a", "deploy.prod", "Überweisung an 東京 🚀", "x" * 200, "a b"])
def test_an_action_is_one_printable_line(action: str) -> None:
    assert check_action(action) == action


@pytest.mark.parametrize(
    "action", ["", " ", "x" * 201, "a\nb", "a\x00", "a\u202eb", "\u200b", "a\u00a0b", "\ud800", "a\x1b[0m"]
)
def test_what_cannot_stand_on_a_card_is_no_action(action: str) -> None:
    with pytest.raises(Invalid) as refusal:
        check_action(action)
    assert refusal.value.field == "action"


@pytest.mark.parametrize(
    "blank", [None, "", " ", "\n\t ", "\u00a0", "\u3000", "\u200b", " \u2060\ufeff ", "\u3164", "\u202e"]
)
def test_a_reason_that_shows_nothing_is_none(blank: str | None) -> None:
    assert clean_reason(blank) is None


def test_a_reason_loses_only_the_space_around_it() -> None:
    assert clean_reason("  looks\nfine \u200b. \n") == "looks\nfine \u200b."


@pytest.mark.parametrize("reason", ["x" * (LONGEST_REASON + 1), "a\x00", "\udc00"])
def test_a_reason_that_cannot_be_kept_is_refused(reason: str) -> None:
    with pytest.raises(Invalid) as refusal:
        clean_reason(reason)
    assert refusal.value.field == "reason"
