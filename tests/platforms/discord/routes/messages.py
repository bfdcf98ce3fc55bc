"""Messages: sending, reading, editing, deleting. https://discord.com/developers/docs/resources/message"""

from tests.platforms.discord.channels import Channel, Flag, Kind, Message
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import (
    missing_access,
    missing_permissions,
    not_its_author,
    refuses_direct_messages,
    unknown,
)
from tests.platforms.discord.world import World

PARTS: dict[str, type] = {"content": str, "embeds": list, "components": list}


def create(discord: World, call: Call) -> Json:
    """Send a message."""
    channel = place_for(discord, call.named["channel"], Permission.SEND_MESSAGES)
    if channel.recipient and channel.recipient.refuses_direct_messages:
        raise refuses_direct_messages()
    body = call.form
    message = Message(channel, discord.new_id(), discord.app.bot_user)
    fill(message, body)
    return discord.write(message).as_json()


def fill(message: Message, body: Json) -> None:
    """Put into a message what a body says."""
    message.content = body.get("content") or ""
    message.embeds = body.get("embeds") or []
    message.components = body.get("components") or []
    message.flags = Flag(body.get("flags") or 0)
    message.allowed_mentions = body.get("allowed_mentions")


def edit(discord: World, call: Call) -> Json:
    """Edit a message of the bot's own; what the body leaves out stays."""
    message = own_message(discord, call)
    change(discord, message, call.form)
    return message.as_json()


def change(discord: World, message: Message, body: Json) -> None:
    """Change a message as a body says; what it leaves out stays."""
    parts: Json = {name: body[name] or empty() for name, empty in PARTS.items() if name in body}
    if "allowed_mentions" in body:
        parts["allowed_mentions"] = body["allowed_mentions"]
    message.change(**parts)
    discord.tell_of(message, "MESSAGE_UPDATE")


def own_message(discord: World, call: Call) -> Message:
    """Return the message that a call means, if the bot wrote it."""
    channel = place_for(discord, call.named["channel"], Permission.VIEW_CHANNEL)
    message = channel.find(call.named["message"])
    if message is None:
        raise unknown("message")
    if message.author is not discord.app.bot_user:
        raise not_its_author()
    return message


def place_for(discord: World, id_: str, *needed: Permission) -> Channel:
    """Return a channel in which the bot may do something."""
    channel = discord.channels.get(id_)
    if channel is None or channel.deleted:
        raise unknown("channel")
    if channel.kind is Kind.DIRECT:
        return channel
    has = channel.permissions_of(discord.app.bot_user)
    if Permission.VIEW_CHANNEL not in has:
        raise missing_access()
    if any(permission not in has for permission in needed):
        raise missing_permissions()
    return channel
