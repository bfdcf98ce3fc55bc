"""What was shown is what was approved: the digest, and the fingerprint of an idempotent ask."""

import hashlib
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.digest import canonical, digest_of, fingerprint_of


@pytest.mark.parametrize(
    ("written", "canonical_form"),
    [
        # RFC 8785, section 3.2.2 and 3.2.3
        (
            (
                r'{"numbers": [333333333.33333329, 1E30, 4.50, 2e-3, 0.000000000000000000000000001],'
                r' "string": "\u20ac$\u000F\u000aA\u0027\u0042\u0022\u005c\\\"\/", "literals": [null, true, false]}'
            ),
            (
                '{"literals":[null,true,false],"numbers":[333333333.3333333,1e+30,4.5,0.002,1e-27],'
                '"string":"€$\\u000f\\nA\'B\\"\\\\\\\\\\"/"}'
            ),
        ),
        (
            (
                r'{"\u20ac": "Euro Sign", "\r": "Carriage Return", "\ufb33": "Hebrew Letter Dalet With Dagesh",'
                r' "1": "One", "\ud83d\ude00": "Emoji: Grinning Face", "\u0080": "Control",'
                r' "\u00f6": "Latin Small Letter O With Diaeresis"}'
            ),
            (
                '{"\\r":"Carriage Return","1":"One","\u0080":"Control","ö":"Latin Small Letter O With Diaeresis",'
                '"€":"Euro Sign","😀":"Emoji: Grinning Face","\ufb33":"Hebrew Letter Dalet With Dagesh"}'
            ),
        ),
        ("[-0, -0.0, 1.0, 1e2, 1e21, 1e-7, 100000000000000000000]", None),
    ],
)
def test_rfc_8785_by_its_own_examples(written: str, canonical_form: str | None) -> None:
    if canonical_form is None:
        assert canonical([-0, -0.0, 1.0, 1e2, 1e21, 1e-7, 1e20]) == b"[0,0,1,100,1e+21,1e-7,100000000000000000000]"
        return
    assert canonical(json.loads(written)).decode() == canonical_form


def test_the_digest_is_sha_256_over_action_and_params() -> None:
    by_hand = hashlib.sha256(b'{"action":"pay","params":{"amount":5,"to":"a"}}').hexdigest()
    assert digest_of("pay", {"to": "a", "amount": 5}) == f"sha256:{by_hand}"
    assert digest_of("pay", {}) == "sha256:" + hashlib.sha256(b'{"action":"pay","params":{}}').hexdigest()


@pytest.mark.parametrize(
    ("one", "same"),
    [
        ('{"a": 1, "b": 2}', '{"b": 2, "a": 1}'),
        ('{"a": 1}', '{"a": 1.0}'),
        ('{"a": 100}', '{"a": 1e2}'),
        ('{"a": 0}', '{"a": -0.0}'),
        ('{"a": "é"}', r'{"a": "\u00e9"}'),
        ('{"a": "/"}', r'{"a": "\/"}'),
        ('{"a": 9007199254740992}', '{"a": 9007199254740992.0}'),
        ('{"a": -9007199254740992}', '{"a": -9.007199254740992e15}'),
    ],
)
def test_the_same_value_written_differently_has_the_same_digest(one: str, same: str) -> None:
    assert digest_of("x", json.loads(one)) == digest_of("x", json.loads(same))


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ('{"a": 1}', '{"a": "1"}'),
        ('{"a": 1}', '{"a": true}'),
        ('{"a": 0}', '{"a": false}'),
        ('{"a": null}', "{}"),
        ('{"a": []}', '{"a": {}}'),
        ('{"a": [1, 2]}', '{"a": [2, 1]}'),
        ('{"a": "é"}', r'{"a": "e\u0301"}'),
        ('{"a": 9007199254740991}', '{"a": 9007199254740992}'),
        ('{"a": "x"}', '{"a": "x "}'),
    ],
)
def test_different_values_have_different_digests(one: str, other: str) -> None:
    assert digest_of("x", json.loads(one)) != digest_of("x", json.loads(other))
    assert fingerprint_of(json.loads(one)) != fingerprint_of(json.loads(other))


def test_action_and_params_cannot_trade_places() -> None:
    assert digest_of("a", {"b": 1}) != digest_of("ab", {"": 1})


values = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(2**53), 2**53)
    | st.floats(allow_nan=False, allow_infinity=False)
    | st.text(st.characters(codec="utf-8"), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), inner, max_size=4)
    ),
    max_leaves=15,
)


@given(st.dictionaries(st.text(st.characters(codec="utf-8"), max_size=8), values, max_size=5))
def test_storing_and_reading_does_not_change_the_digest(params: dict[str, Any]) -> None:
    stored = json.loads(json.dumps(params, ensure_ascii=False))
    reordered = dict(reversed(list(stored.items())))
    assert digest_of("x", params) == digest_of("x", stored) == digest_of("x", reordered)


@given(values)
def test_the_canonical_form_is_json_of_the_same_value(value: Any) -> None:
    assert json.loads(canonical(value), parse_int=float) == value
