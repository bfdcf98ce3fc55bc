"""INTERACTION_CREATE, as Discord writes it.

https://discord.com/developers/docs/interactions/receiving-and-responding#interaction-object
"""

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.channels import Channel
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.interactions import Interaction
from tests.platforms.discord.world import World

IN_GUILD, IN_BOT_DM = 0, 1
LARGEST_FILE = 10 * 1024 * 1024


def interaction_create(discord: World, interaction: Interaction, data: Json) -> Json:
    """Return the event that tells the bot of an interaction."""
    channel = interaction.channel
    payload: Json = {
        "id": interaction.id,
        "application_id": discord.app.id,
        "type": int(interaction.did),
        "token": interaction.token,
        "version": 1,
        "data": data,
        "channel_id": channel.id,
        "attachment_size_limit": LARGEST_FILE,
    }
    if not discord.says_little:
        payload |= _more(discord, interaction)
    if interaction.source:
        payload["message"] = interaction.source.as_json()
    return payload | _who(interaction.user, channel, channel.guild)


def _more(discord: World, interaction: Interaction) -> Json:
    channel = interaction.channel
    return {
        "channel": _channel(channel, interaction.user),
        "locale": "en-US",
        "entitlements": [],
        "app_permissions": str(int(channel.permissions_of(discord.app.bot_user))),
        "authorizing_integration_owners": {"0": channel.guild.id if channel.guild else "0"},
        "context": IN_GUILD if channel.guild else IN_BOT_DM,
    }


def _who(user: User, channel: Channel, guild: Guild | None) -> Json:
    if guild is None:
        return {"user": user.as_json()}
    member = guild.members[user.id].as_json() | {"permissions": str(int(channel.permissions_of(user)))}
    return {
        "guild_id": guild.id,
        "guild": {"id": guild.id, "locale": "en-US", "features": []},
        "guild_locale": "en-US",
        "member": member,
    }


def _channel(channel: Channel, user: User) -> Json:
    shown = channel.as_json()
    return shown | ({"permissions": str(int(channel.permissions_of(user)))} if channel.guild else {})
