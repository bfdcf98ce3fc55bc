"""Guilds, their members, roles and channels. https://discord.com/developers/docs/resources/guild"""

from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import invalid_form, unknown
from tests.platforms.discord.routes.places import guild_of, place, place_to_write
from tests.platforms.discord.world import World


def about(discord: World, call: Call) -> Json:
    """Return one guild."""
    guild = guild_of(discord, call)
    counts = {"approximate_member_count": len(guild.members), "approximate_presence_count": 1}
    return guild.as_json() | (counts if call.query.get("with_counts") in {"1", "true"} else {})


def member(discord: World, call: Call) -> Json:
    """Return one member, as of now."""
    guild = guild_of(discord, call)
    found = guild.members.get(call.named["user"])
    if found is None:
        raise unknown("member" if call.named["user"] in discord.users else "user")
    return found.as_json()


def roles(discord: World, call: Call) -> list[Json]:
    """Return every role of a guild."""
    return [role.as_json() for role in guild_of(discord, call).roles]


def role(discord: World, call: Call) -> Json:
    """Return one role."""
    for each in guild_of(discord, call).roles:
        if each.id == call.named["role"]:
            return each.as_json()
    raise unknown("role")


def channels(discord: World, call: Call) -> list[Json]:
    """Return every channel of a guild, those that the bot cannot open included; threads are not among them."""
    found = guild_of(discord, call).channels
    return [channel.as_json() for channel in found if not channel.deleted and not channel.parent]


def channel(discord: World, call: Call) -> Json:
    """Return one channel, thread or direct message."""
    return place(discord, call.named["channel"]).as_json()


def open_thread(discord: World, call: Call) -> Json:
    """Open a public thread, from a message or without one."""
    parent = place_to_write(discord, call.named["channel"], Permission.CREATE_PUBLIC_THREADS)
    name = str(call.form.get("name") or "")
    if not 1 <= len(name) <= 100:
        raise invalid_form([Note(("name",), "BASE_TYPE_BAD_LENGTH", "Must be between 1 and 100 in length.")])
    if "message" in call.named and not parent.find(call.named["message"]):
        raise unknown("message")
    return discord.open_thread(parent, name, call.named.get("message")).as_json()
