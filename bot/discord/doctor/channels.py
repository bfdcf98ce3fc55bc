"""The channels that cards go to and that people act in: whether they are there, and what the bot may do in them."""

from collections.abc import Awaitable, Iterable
from typing import Any

from bot.discord.doctor.inquiry import Inquiry, Refused, guarded
from bot.discord.doctor.permissions import DIRECT, THREADS, WITHOUT_MESSAGES, missing_in
from bot.discord.doctor.servers import Servers
from bot.discord.options import DiscordOptions
from bot.discord.remedies import ELSEWHERE, UNLOCK, remedy_for
from gateway.findings import Finding, fine, trouble
from gateway.redact import visible

DEFAULT, ALLOWED = "DISCORD_DEFAULT_CHANNEL_ID", "DISCORD_ALLOWED_CHANNELS"


class Channels:
    """Looks at the default channel and at each in which people may act."""

    def __init__(self, inquiry: Inquiry, options: DiscordOptions, servers: Servers) -> None:
        self._inquiry = inquiry
        self._options = options
        self._servers = servers

    def looks(self) -> Iterable[Awaitable[list[Finding]]]:
        """Look at every channel that the settings name."""
        default, allowed = self._options.default_channel, self._options.allowed_channels
        if default is None:
            yield _nowhere()
        elif not default.startswith("user:"):
            yield guarded(DEFAULT, self._look(DEFAULT, default))
        for id_ in sorted(allowed - {default}):
            yield guarded(ALLOWED, self._look(ALLOWED, id_))

    async def _look(self, part: str, id_: str) -> list[Finding]:
        try:
            channel = await self._inquiry.ask(f"/channels/{id_}")
        except Refused as error:
            return [trouble(part, f"{id_}: {visible(str(error))}", remedy=remedy_for(str(error)))]
        if channel["type"] in DIRECT:
            return [fine(part, f"{id_}: a direct message")]
        return [await self._about(part, channel)]

    async def _about(self, part: str, channel: Any) -> Finding:
        name = f"{channel['id']}, #{visible(str(channel['name']))}"
        if channel["type"] in WITHOUT_MESSAGES:
            return trouble(part, f"{name}: takes no messages (50008)", remedy=ELSEWHERE)
        if (channel.get("thread_metadata") or {}).get("locked"):
            return trouble(part, f"{name}: the thread is locked (160005)", remedy=UNLOCK)
        if not self._servers.lets_act_in(str(channel["guild_id"])):
            meaning = f"{name}: in a server that DISCORD_ALLOWED_GUILDS does not name, so nobody may act there"
            return trouble(
                part, meaning, remedy=f"add {channel['guild_id']} to it, or name a channel of a server in it"
            )
        if not self._lets_act_in(channel):
            meaning = f"{name}: {ALLOWED} does not name it, so nobody may act there"
            return trouble(part, meaning, remedy=f"add {channel['id']} to {ALLOWED}")
        return await self._about_permissions(part, name, channel)

    def _lets_act_in(self, channel: Any) -> bool:
        allowed = self._options.allowed_channels
        return not allowed or channel["id"] in allowed or channel.get("parent_id") in allowed

    async def _about_permissions(self, part: str, name: str, channel: Any) -> Finding:
        server = await self._servers.load(str(channel["guild_id"]))
        in_thread = channel["type"] in THREADS
        parent = await self._inquiry.ask(f"/channels/{channel['parent_id']}") if in_thread else channel
        missing = missing_in(channel, parent=parent, guild=server.guild, member=server.bot)
        if not missing:
            return fine(part, f"{name} in {server.name}: the bot may post there")
        where = "the channel that the thread is in" if in_thread else "that channel"
        remedy = f"give the bot {' and '.join(missing)} in {where} (Edit Channel, Permissions)"
        return trouble(part, f"{name} in {server.name}: the bot lacks {', '.join(missing)} (50013)", remedy=remedy)


async def _nowhere() -> list[Finding]:
    meaning = "not set: a request whose rule names no channel is shown to nobody in Discord"
    return [fine(DEFAULT, meaning)]
