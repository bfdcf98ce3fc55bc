"""The limits of modals and suggestions: the most that is taken, and one more refused with its place."""

from typing import Any

import pytest

from tests.platforms.discord.limits.modals import wrong_with_choices, wrong_with_modal

Json = dict[str, Any]


def box(name: str = "t", **parts: Any) -> Json:
    return {"type": 4, "custom_id": name, "style": 1, **parts}


def label(inner: Json, **parts: Any) -> Json:
    return {"type": 18, "label": "Why?", "component": inner, **parts}


def row(*inner: Json) -> Json:
    return {"type": 1, "components": list(inner)}


def modal(*parts: Json, **more: Any) -> Json:
    return {"title": "Reason", "custom_id": "m", "components": list(parts), **more}


FULL_BOX = box("c" * 100, min_length=0, max_length=4_000, value="v" * 4_000, placeholder="p" * 100, required=False)
MODALS_TAKEN = {
    "title 45, custom id 100": modal(label(box()), title="t" * 45, custom_id="c" * 100),
    "5 labels": modal(*(label(box(str(number)), label="l" * 45, description="d" * 100) for number in range(5))),
    "5 rows": modal(*(row(box(str(number), label="l" * 45)) for number in range(5))),
    "a full box": modal(label(FULL_BOX)),
    "a text above": modal({"type": 10, "content": "Mind:"}, label(box())),
}
MODALS_REFUSED = {
    "title 46": (modal(label(box()), title="t" * 46), "data.title: BASE_TYPE_BAD_LENGTH"),
    "no title": (modal(label(box()), title=""), "data.title: BASE_TYPE_REQUIRED"),
    "custom id 101": (modal(label(box()), custom_id="c" * 101), "data.custom_id: BASE_TYPE_BAD_LENGTH"),
    "6 labels": (modal(*(label(box(str(number))) for number in range(6))), "data.components: BASE_TYPE_BAD_LENGTH"),
    "nothing": (modal(), "data.components: BASE_TYPE_BAD_LENGTH"),
    "label 46": (modal(label(box(), label="l" * 46)), "data.components.0.label: BASE_TYPE_BAD_LENGTH"),
    "description 101": (
        modal(label(box(), description="d" * 101)),
        "data.components.0.description: BASE_TYPE_MAX_LENGTH",
    ),
    "label 46 in a row": (
        modal(row(box(label="l" * 46))),
        "data.components.0.components.0.label: BASE_TYPE_BAD_LENGTH",
    ),
    "no label in a row": (modal(row(box())), "data.components.0.components.0.label: BASE_TYPE_REQUIRED"),
    "two in a row": (
        modal(row(box("a", label="l"), box("b", label="l"))),
        "data.components.0.components: BASE_TYPE_BAD_LENGTH",
    ),
    "placeholder 101": (
        modal(label(box(placeholder="p" * 101))),
        "data.components.0.component.placeholder: BASE_TYPE_MAX_LENGTH",
    ),
    "value 4001": (modal(label(box(value="v" * 4_001))), "data.components.0.component.value: BASE_TYPE_MAX_LENGTH"),
    "max length 4001": (
        modal(label(box(max_length=4_001))),
        "data.components.0.component.max_length: NUMBER_TYPE_MAX",
    ),
    "max length 0": (modal(label(box(max_length=0))), "data.components.0.component.max_length: NUMBER_TYPE_MIN"),
    "least over most": (
        modal(label(box(min_length=5, max_length=4))),
        "data.components.0.component.min_length: TEXT_INPUT_COMPONENT_LENGTH_INVALID",
    ),
    "style 3": (modal(label(box(style=3))), "data.components.0.component.style: BASE_TYPE_CHOICES"),
    "custom id twice": (
        modal(label(box()), label(box())),
        "data.components.1.component.custom_id: COMPONENT_CUSTOM_ID_DUPLICATED",
    ),
    "a button": (modal(row({"type": 2})), "data.components.0.components.0.type: UNION_TYPE_CHOICES"),
    "a bare box": (modal(box()), "data.components.0.type: UNION_TYPE_CHOICES"),
}


def choices(count: int = 1, name: int = 1, value: Any = "v") -> Json:
    return {"choices": [{"name": "n" * name, "value": value}] * count}


CHOICES = [
    (choices(25, 100, "v" * 100), 3, []),
    (choices(0), 3, []),
    (choices(value=2**53 - 1), 4, []),
    (choices(value=0.5), 10, []),
    (choices(26), 3, ["data.choices: BASE_TYPE_MAX_LENGTH"]),
    (choices(1, 101), 3, ["data.choices.0.name: BASE_TYPE_BAD_LENGTH"]),
    (choices(1, 0), 3, ["data.choices.0.name: BASE_TYPE_REQUIRED"]),
    (choices(value="v" * 101), 3, ["data.choices.0.value: BASE_TYPE_BAD_LENGTH"]),
    (choices(value=5), 3, ["data.choices.0.value: STRING_TYPE_CONVERT"]),
    (choices(value="v"), 4, ["data.choices.0.value: NUMBER_TYPE_COERCE"]),
    (choices(value=2**53), 4, ["data.choices.0.value: NUMBER_TYPE_MAX"]),
    ({}, 3, ["data.choices: BASE_TYPE_REQUIRED"]),
]


@pytest.mark.parametrize("name", MODALS_TAKEN)
def test_the_most_of_a_modal_is_taken(name: str) -> None:
    assert wrong_with_modal(MODALS_TAKEN[name]) == []


@pytest.mark.parametrize("name", MODALS_REFUSED)
def test_one_more_in_a_modal_is_refused_with_its_place(name: str) -> None:
    data, complaint = MODALS_REFUSED[name]
    assert [str(note) for note in wrong_with_modal(data)] == [complaint]


@pytest.mark.parametrize(("data", "kind", "complaints"), CHOICES)
def test_suggestions(data: Json, kind: int, complaints: list[str]) -> None:
    assert [str(note) for note in wrong_with_choices(data, kind)] == complaints
