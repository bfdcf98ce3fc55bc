"""All later answers to an interaction, by its token, for fifteen minutes.

https://discord.com/developers/docs/interactions/receiving-and-responding#followup-messages
"""

from tests.platforms.discord.interactions import Did, Interaction
from tests.platforms.discord.messages import Message
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import invalid_webhook_token, unknown
from tests.platforms.discord.routes.bodies import change, fill
from tests.platforms.discord.routes.callbacks import answer_message
from tests.platforms.discord.world import World


def follow_up(discord: World, call: Call) -> Json:
    """Write another answer; after a deferral the first one fills what loads, and stays as private as that was."""
    interaction = _interaction(discord, call)
    if interaction.original and interaction.original.is_loading:
        return _filled(discord, interaction.original, call.form).as_json()
    message = answer_message(discord, interaction, call.form)
    fill(message, call.form)
    assert message.interaction_metadata
    if interaction.original:
        message.interaction_metadata["original_response_message_id"] = interaction.original.id
    interaction.written.append(message)
    return discord.write(message).as_json()


def about(discord: World, call: Call) -> Json:
    """Return an answer."""
    return _message(discord, call).as_json()


def edit(discord: World, call: Call) -> Json:
    """Edit an answer, or fill what loads."""
    message = _message(discord, call)
    if message.is_loading:
        return _filled(discord, message, call.form).as_json()
    change(discord, message, call.form)
    return message.as_json()


def delete(discord: World, call: Call) -> None:
    """Delete an answer."""
    message = _message(discord, call)
    message.deleted = True
    discord.tell_of(message, "MESSAGE_DELETE")


def _interaction(discord: World, call: Call) -> Interaction:
    """Return the interaction whose token it is: answered, and not too old."""
    if call.named["application"] != discord.app.id:
        raise unknown("webhook")
    found = (one for one in discord.interactions.values() if one.token == call.named["token"])
    interaction = next(found, None)
    if interaction is None or interaction.is_over:
        raise invalid_webhook_token()
    if interaction.ack is None or interaction.did is Did.AUTOCOMPLETE:
        raise unknown("webhook")
    return interaction


def _message(discord: World, call: Call) -> Message:
    interaction = _interaction(discord, call)
    name = call.named["message"]
    mine = [interaction.original] if name == "@original" else [interaction.original, *interaction.written]
    for message in mine:
        if message and name in {"@original", message.id} and not message.deleted:
            return message
    raise unknown("message")


def _filled(discord: World, message: Message, body: Json) -> Message:
    fill(message, body)
    discord.tell_of(message, "MESSAGE_UPDATE")
    return message
