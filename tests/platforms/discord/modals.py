"""Modals as somebody has them open."""

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.reading import LABEL, ROW, TEXT_INPUT, everything, read_component

if TYPE_CHECKING:
    from tests.platforms.discord.interactions import Interaction


@dataclass(eq=False, repr=False)
class Modal:
    """A modal that an interaction opened."""

    opened_by: "Interaction"
    content: Json
    is_open: bool = True
    submitted: list["Interaction"] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<modal for {self.user}: {self.visible_text()!r}>"

    @property
    def user(self) -> User:
        """Who sees it."""
        return self.opened_by.user

    @property
    def title(self) -> str:
        """Its title."""
        return str(self.content["title"])

    @property
    def custom_id(self) -> str:
        """What the app calls it."""
        return str(self.content["custom_id"])

    @property
    def inputs(self) -> list[Json]:
        """The text inputs, each with the label that stands over it."""
        found = []
        for component in self.content["components"]:
            label = component.get("label")
            inner = (part for part in everything([component]) if part["type"] == TEXT_INPUT)
            found += [{**part, "label": label or part.get("label")} for part in inner]
        return found

    def visible_text(self) -> str:
        """Return what a person reads."""
        seen = Seen()
        seen.plain(self.title)
        for component in self.content["components"]:
            read_component(component, seen)
        return seen.text

    def filled_in(self, values: dict[str, str]) -> list[Json]:
        """Return the components as a submission carries them, checked as Discord's client checks them."""
        given = {self._input(name)["custom_id"]: text for name, text in values.items()}
        for one in self.inputs:
            text = given.setdefault(one["custom_id"], one.get("value") or "")
            _check_length(one, text)
        return [filled for component in self.content["components"] if (filled := _filled(component, given))]

    def _input(self, name: str) -> Json:
        for one in self.inputs:
            if name in {one["custom_id"], one.get("label")}:
                return one
        raise AssertionError(f"nothing called {name!r} to fill in; the modal reads:\n{self.visible_text()}")


def _check_length(one: Json, text: str) -> None:
    least, most = one.get("min_length") or 0, one.get("max_length") or 4000
    label = one.get("label")
    assert text or not one.get("required", True), f"Discord's client asks for “{label}” before it submits"
    assert not text or least <= len(text) <= most, f"Discord's client wants {least} to {most} characters for “{label}”"


def _filled(component: Json, given: dict[str, str]) -> Json | None:
    shown = {"type": component["type"], "id": component.get("id", 0)}
    match component["type"]:
        case kind if kind == ROW:
            return shown | {"components": [_value(inner, given) for inner in component["components"]]}
        case kind if kind == LABEL:
            return shown | {"component": _value(component["component"], given)}
        case _:
            return shown


def _value(component: Json, given: dict[str, str]) -> Json:
    custom_id = component["custom_id"]
    return {
        "type": component["type"],
        "id": component.get("id", 0),
        "custom_id": custom_id,
        "value": given[custom_id],
    }
