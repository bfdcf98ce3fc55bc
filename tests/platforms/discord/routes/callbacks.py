"""The first answer to an interaction.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-response-object
"""

import time
from typing import Any

from tests.platforms.discord.channels import Flag, Message
from tests.platforms.discord.interactions import Answer, Did, Interaction
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import already_acknowledged, unknown
from tests.platforms.discord.routes.messages import change, fill
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
    kind, data = Answer(call.form["type"]), call.form.get("data") or {}
    _take(discord, interaction, kind, data)
    interaction.ack, interaction.acked_at = kind, time.monotonic()
    if call.query.get("with_response", "").lower() not in {"1", "true"}:
        return None
    return _response(interaction, kind)


def _take(discord: World, interaction: Interaction, kind: Answer, data: Json) -> None:
    match kind:
        case Answer.MESSAGE | Answer.DEFER:
            _write(discord, interaction, data, loading=kind is Answer.DEFER)
        case Answer.UPDATE | Answer.DEFER_UPDATE:
            interaction.original = interaction.source
            if kind is Answer.UPDATE and interaction.source:
                change(discord, interaction.source, data)
        case Answer.CHOICES:
            interaction.choices = data["choices"]
        case Answer.MODAL:
            interaction.modal = Modal(interaction, data)


def _write(discord: World, interaction: Interaction, data: Json, *, loading: bool) -> None:
    message = answer_message(discord, interaction, ephemeral=bool((data.get("flags") or 0) & Flag.EPHEMERAL))
    if loading:
        message.flags |= Flag.LOADING
    else:
        fill(message, data)
    interaction.original = discord.write(message)
    interaction.answers_made.append(message)


def answer_message(discord: World, interaction: Interaction, *, ephemeral: bool) -> Message:
    """Return an empty message that answers an interaction."""
    message = Message(interaction.channel, discord.new_id(), discord.app.bot_user, application_id=discord.app.id)
    message.interaction_metadata = metadata(discord, interaction)
    if ephemeral:
        message.flags, message.only_for = Flag.EPHEMERAL, interaction.user
    return message


def metadata(discord: World, interaction: Interaction) -> Json:
    """Return what a message says of the interaction that it answers."""
    owners: dict[str, str] = {"0": interaction.channel.guild.id if interaction.channel.guild else "0"}
    shown: Json = {"id": interaction.id, "type": int(interaction.did), "user": interaction.user.as_json()}
    shown["authorizing_integration_owners"] = owners
    if interaction.did is Did.COMPONENT and interaction.source:
        shown["interacted_message_id"] = interaction.source.id
    return shown


def _response(interaction: Interaction, kind: Answer) -> Json:
    told: dict[str, Any] = {"id": interaction.id, "type": int(interaction.did)}
    resource: Json = {"type": int(kind)}
    if interaction.original:
        told["response_message_id"] = interaction.original.id
        told["response_message_loading"] = interaction.original.is_loading
        told["response_message_ephemeral"] = Flag.EPHEMERAL in interaction.original.flags
        resource["message"] = interaction.original.as_json()
    return {"interaction": told, "resource": resource}
