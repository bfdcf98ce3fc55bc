"""The first answer to an interaction.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
"""

import time
from typing import Any

from tests.platforms.discord.interactions import Answer, Did, Interaction
from tests.platforms.discord.limits.modals import wrong_with_choices, wrong_with_modal
from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.messages import Flag, Message
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import already_acknowledged, invalid_form, unknown
from tests.platforms.discord.routes.bodies import change, fill, with_ids
from tests.platforms.discord.world import World


def answer(discord: World, call: Call) -> Json | None:
    """Take the first answer; a second one is refused, and so is a late one."""
    interaction = discord.interactions.get(call.named["interaction"])
    if interaction is None or interaction.token != call.named["token"]:
        raise unknown("interaction")
    interaction.attempts.append(call)
    if interaction.is_late or interaction.is_over:
        raise unknown("interaction")
    if interaction.ack:
        raise already_acknowledged()
    kind, data = _kind(interaction, call.form.get("type")), call.form.get("data") or {}
    _take(discord, interaction, kind, data)
    interaction.ack, interaction.acked_at = kind, time.monotonic()
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    return _response(interaction, kind)


def _kind(interaction: Interaction, given: Any) -> Answer:
    """Return the answer's kind, if it goes with what somebody did."""
    known = {Answer.MESSAGE, Answer.DEFER}
    if interaction.did is Did.AUTOCOMPLETE:
        known = {Answer.CHOICES}
    elif interaction.did is not Did.SUBMIT:
        known |= {Answer.MODAL}
    if interaction.source:
        known |= {Answer.UPDATE, Answer.DEFER_UPDATE}
    if given not in known:
        words = f"Value must be one of {sorted(map(int, known))}."
        raise invalid_form([Note(("type",), "BASE_TYPE_CHOICES", words)])
    return Answer(given)


def _take(discord: World, interaction: Interaction, kind: Answer, data: Json) -> None:
    match kind:
        case Answer.MESSAGE | Answer.DEFER:
            _write(discord, interaction, data, loading=kind is Answer.DEFER)
        case Answer.UPDATE | Answer.DEFER_UPDATE:
            assert interaction.source
            interaction.original = interaction.source
            if kind is Answer.UPDATE:
                change(discord, interaction.source, data)
        case Answer.CHOICES:
            if notes := wrong_with_choices(data, interaction.focused_kind):
                raise invalid_form(notes)
            interaction.choices = data["choices"]
        case Answer.MODAL:
            if notes := wrong_with_modal(data):
                raise invalid_form(notes)
            interaction.modal = Modal(interaction, {**data, "components": with_ids(data["components"])})


def _write(discord: World, interaction: Interaction, data: Json, *, loading: bool) -> None:
    message = answer_message(discord, interaction, data)
    if loading:
        message.flags |= Flag.LOADING
    else:
        fill(message, data)
    interaction.original = discord.write(message)
    interaction.written.append(message)


def answer_message(discord: World, interaction: Interaction, data: Json) -> Message:
    """Return an empty message that answers an interaction, ephemeral where its data say so."""
    message = Message(interaction.channel, discord.new_id(), discord.app.bot_user)
    message.interaction_metadata = interaction.metadata()
    flags = data.get("flags") or 0
    if isinstance(flags, int) and flags & Flag.EPHEMERAL:
        message.flags, message.only_for = Flag.EPHEMERAL, interaction.user
    return message


def _response(interaction: Interaction, kind: Answer) -> Json:
    told: Json = {"id": interaction.id, "type": int(interaction.did)}
    resource: Json = {"type": int(kind)}
    if interaction.original and kind is not Answer.DEFER_UPDATE:
        told["response_message_id"] = interaction.original.id
        told["response_message_loading"] = interaction.original.is_loading
        told["response_message_ephemeral"] = Flag.EPHEMERAL in interaction.original.flags
        resource["message"] = interaction.original.as_json()
    return {"interaction": told, "resource": resource}
