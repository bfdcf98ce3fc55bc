"""Modals: asking for a reason, showing everything. PURE.

A modal opens before any slow work, since its trigger lives for three seconds; what it needs to know travels with it.
"""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from bot.slack import blocks
from bot.slack.blocks import VIEW, Block
from bot.slack.render import message_blocks
from gateway.card import Card, Verb

TITLE = 24
REASON_VIEW = "agentgate:reason"
REASON = "reason"
LONGEST_REASON = 3000


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a press came from: which verb on which request, and the message that was pressed.

    What is pressed in a modal counts as pressed where the modal was opened; `view` is that modal.
    """

    verb: str
    request_id: str
    channel: str | None = None
    ts: str | None = None
    is_private: bool = False
    view: str | None = None

    @property
    def hangs(self) -> bool:
        """Whether what was pressed is a card that others see too, and no private list nor a home page."""
        return not self.is_private and self.ts is not None

    def written(self) -> str:
        """Return it as a modal carries it (at most 3000 characters; this is far below)."""
        return json.dumps(asdict(self))

    @classmethod
    def read(cls, text: str) -> Self:
        """Read what a modal carried."""
        return cls(**json.loads(text))

    @classmethod
    def of(cls, verb: str, request_id: str, body: Any) -> Self:
        """Read where a button stood, from what Slack says of the press."""
        view, container = body.get("view") or {}, body.get("container", {})
        if view.get("type") == "modal":
            opened = view.get("private_metadata")
            origin = cls.read(opened) if opened else cls(verb, request_id)
            return replace(origin, verb=verb, request_id=request_id, view=view["id"])
        return cls(
            verb,
            request_id,
            channel=container.get("channel_id") or body.get("channel", {}).get("id"),
            ts=container.get("message_ts"),
            is_private=bool(container.get("is_ephemeral")),
        )


def reason_view(origin: Origin, *, required: bool) -> Block:
    """Return the modal that asks why."""
    approves = origin.verb == Verb.APPROVE.value
    return {
        "type": "modal",
        "callback_id": REASON_VIEW,
        "private_metadata": origin.written(),
        "title": blocks.plain("Approve" if approves else "Deny", limit=TITLE),
        "submit": blocks.plain("Approve" if approves else "Deny", limit=TITLE),
        "close": blocks.plain("Back", limit=TITLE),
        "blocks": [
            {
                "type": "input",
                "block_id": REASON,
                "optional": not required,
                "label": blocks.plain("Why?" if approves else "Why not? The agent reads it."),
                "element": {
                    "type": "plain_text_input",
                    "action_id": REASON,
                    "multiline": True,
                    "max_length": LONGEST_REASON,
                    "focus_on_load": True,
                },
            }
        ],
    }


def reason_in(view: Any) -> str:
    """Return the reason that was typed."""
    return str(view["state"]["values"][REASON][REASON].get("value") or "")


def card_view(card: Card, *, title: str, origin: Origin | None = None) -> Block:
    """Return a modal that shows a card; `origin` is where it was opened, for what is pressed in it."""
    carried = {"private_metadata": origin.written()} if origin else {}
    return _showing(message_blocks(card, room=VIEW), title) | carried


def outcome_view(answer: Card, origin: Origin) -> Block:
    """Return a modal that tells what came of a press."""
    return card_view(answer, title="Not done" if answer.is_refusal else "Done", origin=origin)


def waiting_view(title: str, words: str) -> Block:
    """Return a modal for the time until there is something to show."""
    return _showing([blocks.paragraph(words)], title)


def recording_view() -> Block:
    """Return a modal for the time until an answer is recorded."""
    return waiting_view("One moment", "Recording your answer …")


def _showing(shown: list[Block], title: str) -> Block:
    return {
        "type": "modal",
        "title": blocks.plain(title, limit=TITLE),
        "close": blocks.plain("Close", limit=TITLE),
        "blocks": shown,
    }
