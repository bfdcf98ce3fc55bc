"""Modals and home tabs as somebody has them open."""

import copy
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.reading import Button, Json, Seen, buttons_of, elements_of, read_blocks, read_text


@dataclass(eq=False, repr=False)
class View:
    """A modal or home tab: what it shows now; `shown_before` keeps what it showed."""

    id: str
    app: App
    user: User
    content: Json
    hash: str
    under: "View | None" = None
    """The modal this one was pushed onto."""
    is_open: bool = True
    errors: dict[str, str] = field(default_factory=dict)
    """What the app said is wrong, by block id."""
    shown_before: list[Json] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.content['type']} for {self.user}: {self.visible_text()!r}>"

    @property
    def root(self) -> "View":
        """The modal at the bottom of the stack."""
        return self.under.root if self.under else self

    @property
    def title(self) -> str:
        """The modal's title."""
        return str(self.content.get("title", {}).get("text", ""))

    @property
    def blocks(self) -> list[Json]:
        """The blocks as they stand, ids filled in."""
        return list(self.content["blocks"])

    @property
    def private_metadata(self) -> str:
        """What the app keeps in it."""
        return str(self.content.get("private_metadata", ""))

    @property
    def buttons(self) -> list[Button]:
        """The buttons that can be pressed."""
        return buttons_of(self.blocks)

    @property
    def seen(self) -> Seen:
        """What somebody reads, title and submit button included."""
        seen = Seen()
        seen.lines += [read_text(self.content["title"], seen)] if "title" in self.content else []
        read_blocks(self.blocks, seen)
        seen.lines += [f"! {error}" for error in self.errors.values()]
        seen.lines += [f"[{self.content[key]['text']}]" for key in ("submit", "close") if key in self.content]
        return seen

    def visible_text(self) -> str:
        """Return what a person reads; mentions and links that are alive stand between « and »."""
        return self.seen.text

    @property
    def mentions(self) -> list[str]:
        """Everybody who is mentioned."""
        return self.seen.mentions

    @property
    def links(self) -> list[str]:
        """Every address that can be followed from the text."""
        return self.seen.links

    def show(self, content: Json, hash_: str) -> None:
        """Replace what it shows."""
        self.shown_before.append(self.content)
        self.content, self.hash, self.errors = content, hash_, {}

    def as_json(self, state: Json | None = None) -> Json:
        """Return the view as payloads and answers carry it."""
        return {
            "id": self.id,
            "app_id": self.app.id,
            "bot_id": self.app.bot_id,
            "hash": self.hash,
            "root_view_id": self.root.id,
            "previous_view_id": self.under.id if self.under else None,
            "private_metadata": "",
            "callback_id": "",
            "external_id": "",
            "state": {"values": state or {}},
            **copy.deepcopy(self.content),
        }


def filled_in(view: View, values: dict[str, dict[str, Any]]) -> Json:
    """Return a view's state when somebody filled in these values, checked as Slack's client checks them."""
    state: Json = {}
    for block, element in elements_of(view.blocks):
        given = values.get(block["block_id"], {}).get(element["action_id"], element.get("initial_value"))
        if element["type"] == "plain_text_input":
            _check_length(block, element, given or "")
        if block["type"] == "input" or given is not None:
            state.setdefault(block["block_id"], {})[element["action_id"]] = state_of(element, given)
    unknown = values.keys() - {block["block_id"] for block in view.blocks}
    assert not unknown, f"nothing to fill in at {sorted(unknown)}; the modal reads:\n{view.visible_text()}"
    return state


def _check_length(block: Json, element: Json, text: str) -> None:
    least, most = element.get("min_length", 0), element.get("max_length", 3000)
    needed = block["type"] == "input" and not block.get("optional")
    assert text or not needed, f"Slack's client asks for “{block['label']['text']}” before it submits"
    assert not text or least <= len(text) <= most, f"Slack's client wants {least} to {most} characters, not {len(text)}"


def state_of(element: Json, given: Any) -> Json:
    """Return what Slack says about one element that holds this value."""
    match element["type"]:
        case "static_select" | "radio_buttons" as kind:
            return {"type": kind, "selected_option": _option(element, given)}
        case "multi_static_select" | "checkboxes" as kind:
            return {"type": kind, "selected_options": [_option(element, value) for value in given or []]}
        case "users_select" as kind:
            return {"type": kind, "selected_user": given}
        case "conversations_select" | "channels_select" as kind:
            return {"type": kind, f"selected_{kind.split('s_', maxsplit=1)[0]}": given}
        case kind:
            return {"type": kind, "value": given or None}


def _option(element: Json, value: str | None) -> Json | None:
    groups = element.get("option_groups", [])
    options = element.get("options") or [option for group in groups for option in group["options"]]
    return next((option for option in options if option["value"] == value), element.get("initial_option"))
