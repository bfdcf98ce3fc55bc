"""The servers in which people may act: whether the bot is in them, and who and what is there."""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Iterable
from dataclasses import dataclass
from typing import Any

from bot.discord.doctor.inquiry import Inquiry, Refused, guarded
from bot.discord.options import DiscordOptions
from bot.discord.remedies import INVITE, REMEDIES
from gateway.findings import Finding, fine, trouble
from gateway.redact import visible

NOT_IN_IT, NO_MEMBER = frozenset({10004, 50001}), frozenset({10007, 10013})


@dataclass(frozen=True, slots=True)
class Server:
    """A guild that the bot is in, and the bot as a member of it, both as Discord answers them."""

    guild: Any
    bot: Any

    @property
    def name(self) -> str:
        """Return what people call it."""
        return visible(str(self.guild["name"]))


class Servers:
    """The servers that the settings name, else all that the bot is in; known once they have been looked at."""

    def __init__(self, inquiry: Inquiry, options: DiscordOptions) -> None:
        self._inquiry = inquiry
        self._named = options.allowed_guilds
        self.known: dict[str, Server] = {}

    def looks(self) -> Iterable[Awaitable[list[Finding]]]:
        """Look whether the bot is in each of them."""
        for id_ in sorted(self._named):
            yield guarded("DISCORD_ALLOWED_GUILDS", self._look("DISCORD_ALLOWED_GUILDS", id_))
        if not self._named:
            yield guarded("Discord servers", self._look_at_all())

    async def _look_at_all(self) -> list[Finding]:
        part = "Discord servers"
        found = await self._inquiry.ask("/users/@me/guilds")
        if not found:
            return [trouble(part, "the bot is in none", remedy=f"{INVITE}, and choose your server")]
        looks = await asyncio.gather(*(guarded(part, self._look(part, str(one["id"]))) for one in found))
        return [finding for findings in looks for finding in findings]

    async def _look(self, part: str, id_: str) -> list[Finding]:
        try:
            server = await self.load(id_)
        except Refused as error:
            if error.number not in NOT_IN_IT:
                raise
            meaning = f"{id_}: {visible(str(error))}, so the bot is not in that server"
            return [trouble(part, meaning, remedy=REMEDIES["10004"])]
        return [fine(part, f"{id_}: the bot is in {server.name}")]

    async def load(self, id_: str) -> Server:
        """Return a server that the bot is in. Raises Refused."""
        me = await self._inquiry.ask("/users/@me")
        guild = await self._inquiry.ask(f"/guilds/{id_}")
        self.known[id_] = Server(guild, await self._inquiry.ask(f"/guilds/{id_}/members/{me['id']}"))
        return self.known[id_]

    def lets_act_in(self, guild: str) -> bool:
        """Whether people may act in this server at all."""
        return not self._named or guild in self._named

    async def members(self, user: str) -> AsyncIterator[tuple[Server, Any]]:
        """Yield somebody as a member of each of the servers that they are in. Raises Refused."""
        for id_, server in list(self.known.items()):  # another look may add one meanwhile
            try:
                yield server, await self._inquiry.ask(f"/guilds/{id_}/members/{user}")
            except Refused as error:
                if error.number not in NO_MEMBER:
                    raise
