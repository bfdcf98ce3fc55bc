"""A visit to the doctor, and what came of it."""

from typing import Any

from bot.discord.doctor import examine
from bot.discord.options import DiscordOptions
from gateway.findings import Finding
from tests.platforms.discord import FakeDiscord

TOKEN, DEFAULT, CHANNELS = "DISCORD_BOT_TOKEN", "DISCORD_DEFAULT_CHANNEL_ID", "DISCORD_ALLOWED_CHANNELS"
GUILDS, SERVERS, GATEWAY = "DISCORD_ALLOWED_GUILDS", "Discord servers", "Discord gateway"


async def look(world: FakeDiscord, **more: Any) -> dict[str, Finding]:
    """Return the findings by part."""
    options = DiscordOptions(**({"bot_token": world.token, "api_url": world.base_url} | more))
    return {finding.part: finding for finding in await examine(options)}


def wrong(found: dict[str, Finding]) -> dict[str, str]:
    """Return what is not well, with what that means."""
    assert all(finding.remedy for finding in found.values() if not finding.ok)
    return {part: finding.meaning for part, finding in found.items() if not finding.ok}
