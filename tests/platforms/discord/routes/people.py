"""Who the bot is and where its gateway is. https://discord.com/developers/docs/resources/user"""

from tests.platforms.discord.records import Call, Json
from tests.platforms.discord.world import World


def myself(discord: World, _: Call) -> Json:
    """Return the bot's own user."""
    return discord.app.bot_user.as_json() | {"flags": 0, "mfa_enabled": True, "verified": True, "email": None}


def application(discord: World, _: Call) -> Json:
    """Return the bot's application."""
    return discord.app.as_json() | {"approximate_guild_count": len(list(discord.bot_guilds()))}


def gateway(discord: World, _: Call) -> Json:
    """Return the gateway's address and how many sessions may still begin today."""
    left = {"total": 1000, "remaining": 1000 - discord.session_starts, "reset_after": 86_400_000, "max_concurrency": 1}
    return {"url": discord.gateway_url, "shards": 1, "session_start_limit": left}
