"""A look at Discord from outside the running server: token, gateway, servers, channels, people, cards that were lost.

Everything is read; nothing is posted or changed, and no session of the bot's is used up.
"""

import asyncio

from bot.discord.doctor.application import look_at_application, look_at_gateway, look_at_token
from bot.discord.doctor.channels import Channels
from bot.discord.doctor.inquiry import asking, guarded
from bot.discord.doctor.people import People
from bot.discord.doctor.servers import Servers
from bot.discord.options import DiscordOptions
from bot.discord.remedies import remedy_for
from gateway.findings import Finding, trouble
from gateway.redact import visible
from gateway.undelivered import Undelivered


async def examine(options: DiscordOptions) -> list[Finding]:
    """Look at every part that the settings name; takes 15 seconds at most.

    The token comes first, since without it Discord says nothing; then the servers; then channels and people in them.
    """
    async with asking(options) as inquiry:
        token = await guarded("DISCORD_BOT_TOKEN", look_at_token(inquiry))
        if not token[0].ok:
            return token
        servers = Servers(inquiry, options)
        first = await asyncio.gather(
            guarded("Discord application", look_at_application(inquiry, options)),
            guarded("Discord gateway", look_at_gateway(inquiry)),
            *servers.looks(),
        )
        channels, people = Channels(inquiry, options, servers), People(options, servers)
        then = await asyncio.gather(*channels.looks(), *people.looks())
    return [*token, *(finding for found in (*first, *then) for finding in found)]


def about_undelivered(one: Undelivered) -> Finding:
    """Say why cards never arrived, with Discord's own number."""
    cards = "1 card" if one.times == 1 else f"{one.times} cards"
    meaning = f"{cards} to {visible(one.target)} given up in the last day: {visible(one.word)}"
    return trouble("Discord deliveries", meaning, remedy=remedy_for(one.word))
