"""Messages: sending, reading, editing, deleting. https://discord.com/developers/docs/resources/message"""

from tests.platforms.discord.channels import Channel
from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.messages import Message
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import invalid_form, missing_permissions
from tests.platforms.discord.routes.bodies import change, fill, nonce_of
from tests.platforms.discord.routes.places import message_of, own_message, place, place_to_write
from tests.platforms.discord.world import World


def create(discord: World, call: Call) -> Json:
    """Send a message; with `enforce_nonce` what was sent already is returned, not sent again."""
    body = call.form
    needed = [Permission.EMBED_LINKS] if body.get("embeds") else []
    channel = place_to_write(discord, call.named["channel"], *needed)
    nonce = nonce_of(body)
    if nonce and body.get("enforce_nonce"):
        for sent in channel.standing():
            if sent.nonce == nonce and sent.author is discord.app.bot_user:
                return sent.as_json()
    message = Message(channel, discord.new_id(), discord.app.bot_user, nonce=nonce)
    message.reference = _reference(discord, channel, body.get("message_reference"))
    fill(message, body)
    channel.archived = False
    return discord.write(message).as_json()


def _reference(discord: World, channel: Channel, given: Json | None) -> Json | None:
    """Return what a message replies to: one of the same channel that the bot may read."""
    if not given:
        return None
    if Permission.READ_MESSAGE_HISTORY not in channel.permissions_of(discord.app.bot_user) and channel.guild:
        raise missing_permissions()
    if channel.find(str(given.get("message_id"))):
        return {"type": 0, "channel_id": channel.id, "message_id": str(given["message_id"])}
    if given.get("fail_if_not_exists", True):
        raise invalid_form([Note(("message_reference",), "MESSAGE_REFERENCE_UNKNOWN_MESSAGE", "Unknown message")])
    return None


def every(discord: World, call: Call) -> list[Json]:
    """Return the newest messages of a channel, newest first."""
    channel = place(discord, call.named["channel"], Permission.READ_MESSAGE_HISTORY)
    before, after = (int(call.query.get(name, 0)) for name in ("before", "after"))
    found = [
        message
        for message in channel.standing()
        if (not before or int(message.id) < before) and int(message.id) > after
    ]
    most = int(call.query.get("limit", 50))
    chosen = found[:most] if after else found[-most:]
    return [message.as_json() for message in reversed(chosen)]


def about(discord: World, call: Call) -> Json:
    """Return one message."""
    return message_of(discord, call).as_json()


def edit(discord: World, call: Call) -> Json:
    """Edit a message of the bot's own; what the body leaves out stays."""
    message = own_message(discord, call)
    change(discord, message, call.form)
    return message.as_json()


def delete(discord: World, call: Call) -> None:
    """Delete a message: one's own, or with a permission another's."""
    message = message_of(discord, call)
    may = Permission.MANAGE_MESSAGES in message.channel.permissions_of(discord.app.bot_user)
    if message.author is not discord.app.bot_user and not may:
        raise missing_permissions()
    message.deleted = True
    discord.tell_of(message, "MESSAGE_DELETE")
