"""Who the bot is, where its gateway is, and other people. https://discord.com/developers/docs/resources/user"""

from tests.platforms.discord.limits.rules import Note
from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.refusals import Refusal, invalid_form, refuses_direct_messages, unknown
from tests.platforms.discord.world import World


def myself(discord: World, _: Call) -> Json:
    """Return the bot's own user."""
    return discord.app.bot_user.as_json() | {"flags": 0, "mfa_enabled": True, "verified": True, "email": None}


def application(discord: World, _: Call) -> Json:
    """Return the bot's application."""
    return discord.app.as_json() | {"approximate_guild_count": len(list(discord.bot_guilds()))}


def gateway(discord: World, _: Call) -> Json:
    """Return the gateway's address and how many sessions may still begin today."""
    total = discord.session_start_limit
    left = {"total": total, "remaining": max(0, total - discord.session_starts), "reset_after": 86_400_000}
    return {"url": discord.gateway_url, "shards": 1, "session_start_limit": left | {"max_concurrency": 1}}


def gateway_address(discord: World, _: Call) -> Json:
    """Return the gateway's address."""
    return {"url": discord.gateway_url}


def about(discord: World, call: Call) -> Json:
    """Return anybody."""
    user = discord.users.get(call.named["user"])
    if user is None:
        raise unknown("user")
    return user.as_json()


def guilds(discord: World, _: Call) -> list[Json]:
    """Return the guilds that the bot is in, briefly."""
    return [
        {
            "id": guild.id,
            "name": guild.name,
            "icon": None,
            "owner": False,
            "permissions": str(int(guild.permissions_of(discord.app.bot_user))),
            "features": [],
        }
        for guild in discord.bot_guilds()
    ]


def open_direct(discord: World, call: Call) -> Json:
    """Open direct messages with somebody; whether they take any shows only when one is sent."""
    recipient = call.form.get("recipient_id")
    if recipient is None:
        raise invalid_form([Note(("recipient_id",), "BASE_TYPE_REQUIRED", "This field is required")])
    user = discord.users.get(str(recipient))
    if user is None:
        raise Refusal(400, 50033, "Invalid Recipient(s)")
    if user.is_bot:
        raise refuses_direct_messages()
    return discord.direct(user).as_json()
