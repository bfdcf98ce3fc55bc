"""Modals: asking for a reason, showing everything. PURE.

A modal opens before any slow work, since its trigger lives for three seconds; what it needs to know travels with it.
"""

import json
from dataclasses import asdict, dataclass
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
    """Where a press came from: which verdict on which request, and the message that was pressed."""

    verb: str
    request_id: str
    channel: str | None = None
    ts: str | None = None
    is_private: bool = False

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


def card_view(card: Card, *, title: str) -> Block:
    """Return a modal that shows a card."""
    return _showing(message_blocks(card, room=VIEW), title)


def waiting_view(title: str, words: str) -> Block:
    """Return a modal for the time until there is something to show."""
    return _showing([blocks.paragraph(words)], title)


def _showing(shown: list[Block], title: str) -> Block:
    return {
        "type": "modal",
        "title": blocks.plain(title, limit=TITLE),
        "close": blocks.plain("Close", limit=TITLE),
        "blocks": shown,
    }
