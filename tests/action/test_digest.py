"""The Action makes the same digest as the gateway, which has a library for it."""

from typing import Any

import pytest
from agentgate_action.digest import canonical, digest_of
from hypothesis import given
from hypothesis import strategies as st

from gateway import digest

TEXT = st.text(st.characters(exclude_categories=["Cs"]))
NUMBERS = st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False)
SCALARS = st.none() | st.booleans() | NUMBERS | TEXT
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(TEXT, inner), max_leaves=20)


@given(TEXT, st.dictionaries(TEXT, VALUES))
def test_any_json_has_the_gateway_s_digest(action: str, params: dict[str, Any]) -> None:
    assert digest_of(action, params) == digest.digest_of(action, params)


@pytest.mark.parametrize(
    ("value", "written"),
    [
        (-0.0, "0"),
        (1.0, "1"),
        (1e-6, "0.000001"),
        (1e-7, "1e-7"),
        (1.5e-9, "1.5e-9"),
        (123456789012345680000.0, "123456789012345680000"),
        (1e21, "1e+21"),
        (-1.5e300, "-1.5e+300"),
        (5e-324, "5e-324"),
        ({"\U0001f600": 1, "\ufb33": 2}, '{"\U0001f600":1,"\ufb33":2}'),
        ('\x7f\x1f"\\/', '"\x7f\\u001f\\"\\\\/"'),
    ],
)
def test_numbers_names_and_characters_are_written_as_rfc_8785_says(value: Any, written: str) -> None:
    assert canonical(value) == written


@pytest.mark.parametrize("value", [float("nan"), float("inf"), [float("-inf")]])
def test_what_json_does_not_have_is_refused(value: Any) -> None:
    with pytest.raises(ValueError, match="JSON compliant"):
        canonical(value)
