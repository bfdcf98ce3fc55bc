"""JSON for readers: nothing left out, nothing unseen, no secret – and never much longer than what an agent has sent."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from web.pretty import WIDTH, cut_at_ends, depth_of, pretty

NAMES = st.text("bxyz\n", max_size=8)
"""Names and texts of which none is a secret's."""
SCALARS = st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | NAMES
VALUES = st.recursive(SCALARS, lambda inner: st.lists(inner) | st.dictionaries(NAMES, inner), max_leaves=60)


def text_of(value: dict[str, Any]) -> str:
    return "\n".join(pretty(value))


@given(st.dictionaries(NAMES, VALUES))
def test_it_is_the_same_value(value: dict[str, Any]) -> None:
    assert json.loads(text_of(value)) == value


@given(st.dictionaries(NAMES, VALUES))
def test_lines_are_as_long_as_they_have_to_be_and_hang_by_twos(value: dict[str, Any]) -> None:
    for line in pretty(value):
        assert len(line) <= WIDTH or line.count('"') <= 4 or depth_of(line) > 10, line
        assert (len(line) - len(line.lstrip(" "))) % 2 == 0


def test_what_fits_stays_together_and_short_ones_share_lines() -> None:
    value = {
        "regions": ["eu", "us"],
        "numbers": list(range(40)),
        "steps": [{"do": "migrate", "table": "orders", "safe": True}, {"do": "deploy", "image": "x" * 90}],
        "none": {},
    }
    assert pretty(value) == [
        "{",
        '  "none": {},',
        '  "numbers": [',
        "    0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19, 20, 21, 22,",
        "    23, 24, 25, 26, 27, 28, 29, 30, 31, 32, 33, 34, 35, 36, 37, 38, 39",
        "  ],",
        '  "regions": ["eu", "us"],',
        '  "steps": [',
        '    {"do": "migrate", "safe": true, "table": "orders"},',
        "    {",
        '      "do": "deploy",',
        f'      "image": "{"x" * 90}"',
        "    }",
        "  ]",
        "}",
    ]


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("Dear Lea,\n\nyours\n", ['  "a": "Dear Lea,\\n', "\\n", "yours\\n", '"']),
        ("no end", ['  "a": "no end"']),
        ("C:\\new\\\\n", ['  "a": "C:\\\\new\\\\\\\\n"']),
        ("\\\n", ['  "a": "\\\\\\n', '"']),
        ("\u202en\n", ['  "a": "\\u202en\\n', '"']),
    ],
)
def test_a_text_goes_on_in_a_new_line_where_it_does(text: str, parts: list[str]) -> None:
    (_, line, _) = pretty({"a": text})
    assert cut_at_ends(line) == parts


@given(st.dictionaries(NAMES, VALUES))
def test_nothing_is_lost_by_cutting(value: dict[str, Any]) -> None:
    for line in pretty(value):
        assert "".join(cut_at_ends(line)) == line


def test_nothing_is_nothing() -> None:
    assert pretty({}) == ["{}"]


def test_secrets_stay_hidden_however_deep() -> None:
    text = text_of({"steps": [{"login": {"password": "hunter2", "user": "lea"}}], "api_key": ["hunter2"]})
    assert "hunter2" not in text
    assert text.count("(hidden)") == 2
    assert "lea" in text


@pytest.mark.parametrize(
    "hidden", ["\u202e", "\u200b", "\u2066", "\u00ad", "\ufeff", "\x1b", "\x7f", "\u2028", "\U000e0041"]
)
def test_what_cannot_be_seen_is_made_visible_in_names_and_values(hidden: str) -> None:
    text = text_of({f"a{hidden}b": [f"x{hidden}y"]})
    assert hidden not in text
    assert text.count("\\") == 2


@pytest.mark.parametrize(
    "value",
    [
        {"a": [0] * 300_000},
        {"a": [[]] * 200_000},
        {"a": ["x" * 31] * 25_000},
        {"a": "x" * 900_000},
        {"a": [{"b": [1, 2, 3]}] * 300},
    ],
    ids=["numbers", "lists", "texts", "one text", "objects"],
)  # fmt: skip
@pytest.mark.parametrize("depth", [0, 60])
def test_the_largest_body_stays_within_bounds(value: dict[str, Any], depth: int) -> None:
    nested: Any = value["a"]
    for _ in range(depth):
        nested = [nested]
    sent = len(json.dumps({"a": nested}, separators=(",", ":")))
    text = text_of({"a": nested})
    assert len(text) < 8 * sent + 20_000
    assert json.loads(text) == {"a": nested}
