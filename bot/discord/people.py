"""Who people are on Discord: their roles as they are at the press, asked for where the press does not say them."""

from collections.abc import Callable, Collection
from dataclasses import replace

import discord

from bot.callers import Caller, caller_of
from bot.discord.options import DiscordOptions
from bot.discord.presence import Presence
from bot.discord.rest import DiscordRest, heard
from gateway.card import Card, problem_card
from gateway.errors import DeliveryError, Unavailable
from gateway.views import Actor

KEEP_SECONDS = 60.0
"""How long the list of the bot's own servers is kept; who is in them and with which roles is asked each time."""
MOST_SERVERS = 200
ROLE = "discord:role:"
NO_MEMBER, NO_USER, NO_GUILD, NO_ACCESS = 10007, 10013, 10004, 50001
NOT_IN_IT = frozenset({NO_MEMBER, NO_USER, NO_GUILD, NO_ACCESS})
"""What Discord says of somebody who is no member; and of a server that the bot has left."""
NOT_LISTED = frozenset({403, 404})
"""What comes from where no list of servers is to be had: then what a press says of its own server is all there is."""


class DiscordPeople:
    """Knows roles; also the gate's roster for `discord:role:ID`."""

    def __init__(
        self,
        rest: DiscordRest,
        options: DiscordOptions,
        clock: Callable[[], float],
        *,
        heard_of: Callable[[], frozenset[str]] = frozenset,
    ) -> None:
        self._rest = rest
        self._options = options
        self._clock = clock
        self._heard_of = heard_of
        """Returns the servers that the gateway tells of: none where another replica is connected."""
        self._guilds: tuple[float, frozenset[str]] = (clock(), frozenset())

    async def groups_of(self, actor: Actor, *, among: Collection[str]) -> frozenset[str]:
        """Return those roles (`discord:role:ID`) that the actor has. Raises Unavailable when Discord does not say."""
        wanted = frozenset(name for name in among if name.startswith(ROLE))
        told = wanted & actor.groups
        if told == wanted:
            return wanted
        try:
            return told | (wanted & await self._roles_elsewhere(actor))
        except Unavailable:
            if not told:
                raise
            return told  # what the press itself says stands, whatever Discord does not say of other servers

    async def _roles_elsewhere(self, actor: Actor) -> frozenset[str]:
        """Return somebody's roles in those of our servers that the press said nothing of."""
        unknown = [guild for guild in await self._our_guilds() if f"{ROLE}{guild}" not in actor.groups]
        found = [await self._roles_in(guild, actor.id) for guild in unknown]
        return frozenset[str]().union(*found)

    async def _our_guilds(self) -> frozenset[str]:
        return self._options.allowed_guilds or self._heard_of() or await self._listed_guilds()

    async def _listed_guilds(self) -> frozenset[str]:
        until, guilds = self._guilds
        if until > self._clock():
            return guilds
        try:
            client = await self._rest.client()
            found = await heard(lambda: client.http.get_guilds(MOST_SERVERS, with_counts=False))
        except DeliveryError as error:
            if isinstance(error.__cause__, discord.HTTPException) and error.__cause__.status in NOT_LISTED:
                return frozenset()
            raise Unavailable(f"Discord does not say which servers AgentGate is in ({error}); try again.") from error
        guilds = frozenset(str(one["id"]) for one in found)
        self._guilds = (self._clock() + KEEP_SECONDS, guilds)
        return guilds

    async def _roles_in(self, guild: str, user: str) -> frozenset[str]:
        """Return somebody's roles in one server; members have the role with the server's own id, others have none."""
        try:
            client = await self._rest.client()
            member = await heard(lambda: client.http.get_member(int(guild), int(user)))
        except DeliveryError as error:
            if isinstance(error.__cause__, discord.NotFound) or _number(error) in NOT_IN_IT:
                return frozenset()
            raise Unavailable(f"Discord does not say which roles you have ({error}); try again.") from error
        return frozenset(f"{ROLE}{one}" for one in (guild, *member["roles"]))

    async def caller(self, who: Presence) -> Caller:
        """Return who acts, from which channel, in which roles. Raises Unavailable when Discord does not say.

        Whoever writes from elsewhere than one of our servers is looked up there. A stranger to all of them, who may
        have left, has nothing to say about cards in direct messages, unless a rule or the settings name them.
        """
        actor = Actor("discord", who.user, groups=frozenset(f"{ROLE}{one}" for one in who.roles))
        if not actor.groups:
            actor = replace(actor, groups=await self._roles_elsewhere(actor))
        if actor.groups and who.channel:
            actor = replace(actor, place=f"discord:{who.channel}")
        return await caller_of(
            actor,
            self._options,
            is_among=lambda names: self._is_among(actor, names),
            setting="DISCORD",
            is_stranger=not actor.groups,
        )

    async def _is_among(self, actor: Actor, names: Collection[str]) -> bool:
        return actor.id in names or bool(await self.groups_of(actor, among=[f"discord:{name}" for name in names]))

    def refusal(self, who: Presence) -> Card | None:
        """Return the card that tells somebody that AgentGate is not used from where they are, or None. PURE."""
        guilds, channels = self._options.allowed_guilds, self._options.allowed_channels
        if who.guild is None:  # a direct message with the bot
            return None
        if guilds and who.guild not in guilds:
            return problem_card(
                "AgentGate is not used from this server.",
                hint="DISCORD_ALLOWED_GUILDS names the servers it is used from.",
            )
        if channels and not channels & {who.channel, who.parent}:
            return problem_card(
                "AgentGate is not used from this channel.",
                hint="DISCORD_ALLOWED_CHANNELS names the channels it is used from.",
            )
        return None


def _number(error: DeliveryError) -> int | None:
    return error.__cause__.code if isinstance(error.__cause__, discord.HTTPException) else None
