"""A real server beside a local Discord."""

from tests.discord.house import Server


def discord_settings(place: Server) -> dict[str, str]:
    """Return the settings of a server that posts to #ops."""
    return {
        "DISCORD_BOT_TOKEN": place.discord.token,
        "DISCORD_API_URL": place.discord.base_url,
        "DISCORD_DEFAULT_CHANNEL_ID": place.ops.id,
    }
