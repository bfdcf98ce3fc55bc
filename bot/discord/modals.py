"""The modal that asks for a reason. PURE.

It opens as the first answer to a press, before any slow work; what it needs to know later, its custom id says:
`custom_ids.ASKED`. discord.py would keep an open modal in memory and forget it with the process, so this one is
finished before it is sent. Its submission arrives as the event `on_interaction` with the type `modal_submit`, before
a restart and after it; `reason_in` reads it.
"""

from typing import Any

import discord
from discord import ui

from bot.discord.custom_ids import reason_id
from gateway.card import Verb

REASON = "reason"
LONGEST_REASON = 3000


def reason_modal(verb: Verb, request_id: str, *, required: bool) -> ui.Modal:
    """Return the modal that asks why somebody approves or denies."""
    approves = verb is Verb.APPROVE
    modal = ui.Modal(title="Approve" if approves else "Deny", custom_id=reason_id(verb, request_id))
    box: ui.TextInput[Any] = ui.TextInput(
        custom_id=REASON, style=discord.TextStyle.paragraph, required=required, max_length=LONGEST_REASON
    )
    modal.add_item(ui.Label(text="Why?" if approves else "Why not? The agent reads it.", component=box))
    modal.stop()
    return modal


def reason_in(interaction: discord.Interaction[Any]) -> str:
    """Return the reason that was typed into the modal which somebody submitted.

    The box comes back under its label; Discord's older modals had rows, and what still speaks so is understood.
    """
    submitted: Any = interaction.data or {}
    parts = [one for part in submitted.get("components", ()) for one in (part, *part.get("components", ()))]
    boxes = [part.get("component", part) for part in parts]
    return next((str(box.get("value") or "") for box in boxes if box.get("custom_id") == REASON), "")
