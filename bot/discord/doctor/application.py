"""Whether the token is one, whether commands and clicks come here, and whether the gateway can be reached."""

from bot.discord.doctor.inquiry import Inquiry
from bot.discord.options import DiscordOptions
from gateway.findings import Finding, fine, trouble
from gateway.redact import visible


async def look_at_token(inquiry: Inquiry) -> list[Finding]:
    """Ask who the bot is."""
    me = await inquiry.ask("/users/@me")
    return [fine("DISCORD_BOT_TOKEN", f"@{visible(str(me['username']))}, {me['id']}")]


async def look_at_application(inquiry: Inquiry, options: DiscordOptions) -> list[Finding]:
    """Ask where the application's interactions go, and who may let it into a server."""
    found = await inquiry.ask("/oauth2/applications/@me")
    part, elsewhere = "Discord application", found.get("interactions_endpoint_url")
    if elsewhere:
        meaning = f"commands and clicks go to {visible(str(elsewhere))}, so AgentGate hears of none"
        return [trouble(part, meaning, remedy="empty Interactions Endpoint URL: Developer Portal, General Information")]
    findings = [fine(part, f"{visible(str(found['name']))}; AgentGate needs no privileged intent")]
    if found.get("bot_public") and not options.allowed_guilds:
        meaning = "not set: people may act wherever the bot is, and anybody may let it in (Public Bot is on)"
        findings.append(fine("DISCORD_ALLOWED_GUILDS", meaning))
    return findings


async def look_at_gateway(inquiry: Inquiry) -> list[Finding]:
    """Ask where the gateway is and whether a session is left, and open it until it says hello."""
    part, found = "Discord gateway", await inquiry.ask("/gateway/bot")
    limit = found.get("session_start_limit")
    if limit and limit["remaining"] == 0:
        hours = f"{limit['reset_after'] / 3_600_000:.1f}"
        meaning = f"no new session for {hours} h: all {limit['total']} of the day are used up"
        return [trouble(part, meaning, remedy="find in the log why the bot connects over and over")]
    await inquiry.hello(str(found["url"]))
    left = f"; {limit['remaining']} of {limit['total']} new sessions left today" if limit else ""
    return [fine(part, f"says hello{left}")]
