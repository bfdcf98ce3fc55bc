"""Which channel or guild a call means, and whether the bot gets there."""

from tests.platforms.discord.channels import Channel, Kind
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.messages import Message
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call
from tests.platforms.discord.refusals import (
    archived_thread,
    missing_access,
    missing_permissions,
    not_for_this_kind_of_channel,
    not_its_author,
    refuses_direct_messages,
    unknown,
)
from tests.platforms.discord.world import World


def place(discord: World, id_: str, *needed: Permission) -> Channel:
    """Return a channel in which the bot may do something."""
    channel = discord.channels.get(id_)
    if channel is None or channel.deleted or not (channel.guild is None or channel.guild.has(discord.app.bot_user)):
        raise unknown("channel")
    if channel.guild is None:
        return channel
    has = channel.permissions_of(discord.app.bot_user)
    if Permission.VIEW_CHANNEL not in has:
        raise missing_access()
    if any(permission not in has for permission in needed):
        raise missing_permissions()
    return channel


def place_to_write(discord: World, id_: str, *needed: Permission) -> Channel:
    """Return a channel in which the bot may write."""
    channel = place(discord, id_)
    if channel.kind is Kind.CATEGORY:
        raise not_for_this_kind_of_channel()
    if channel.recipient and (channel.recipient.refuses_direct_messages or not _meet(discord, channel)):
        raise refuses_direct_messages()
    if channel.locked:
        raise archived_thread()
    writing = Permission.SEND_MESSAGES_IN_THREADS if channel.parent else Permission.SEND_MESSAGES
    return place(discord, id_, writing, *needed)


def _meet(discord: World, channel: Channel) -> bool:
    return any(guild.has(channel.recipient) for guild in discord.bot_guilds() if channel.recipient)


def guild_of(discord: World, call: Call) -> Guild:
    """Return the guild that a call means, if the bot is in it."""
    guild = discord.guilds.get(call.named["guild"])
    if guild is None or not guild.has(discord.app.bot_user):
        raise unknown("guild")
    return guild


def message_of(discord: World, call: Call) -> Message:
    """Return the message that a call means; ephemeral ones are found by their interaction's token only."""
    channel = place(discord, call.named["channel"], Permission.READ_MESSAGE_HISTORY)
    message = channel.find(call.named["message"])
    if message is None:
        raise unknown("message")
    return message


def own_message(discord: World, call: Call) -> Message:
    """Return the message that a call means, if the bot wrote it."""
    channel = place(discord, call.named["channel"])
    message = channel.find(call.named["message"])
    if message is None:
        raise unknown("message")
    if message.author is not discord.app.bot_user:
        raise not_its_author()
    if channel.archived or channel.locked:
        raise archived_thread()
    return message
