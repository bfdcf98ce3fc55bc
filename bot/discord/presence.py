"""Who did something in Discord, and where: read from what the gateway verified, and from nothing else. PURE."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import discord


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody in a place, by Discord's ids; `guild` is None in a direct message.

    `roles` are as of now: Discord sends them with each interaction. Everybody has the one with the guild's own id.
    There are none in a direct message, nor in a guild that only lets its members bring the app along: Discord names it
    then as nobody's. Where nothing at all is said of who let the app in, the guild did.
    """

    user: str
    channel: str | None = None
    parent: str | None = None
    guild: str | None = None
    roles: frozenset[str] = frozenset()

    @classmethod
    def of(cls, interaction: discord.Interaction[Any]) -> Self:
        """Read an interaction."""
        channel = interaction.channel
        return cls(
            user=str(interaction.user.id),
            channel=str(channel.id) if channel else None,
            parent=str(channel.parent_id) if isinstance(channel, discord.Thread) else None,
            guild=str(interaction.guild_id) if interaction.guild_id else None,
            roles=_roles(interaction),
        )


def _roles(interaction: discord.Interaction[Any]) -> frozenset[str]:
    who = interaction.user
    if not isinstance(who, discord.Member) or _is_only_brought_along(interaction):
        return frozenset()
    ids = who._roles  # noqa: SLF001 - `roles` leaves out those that discord.py has not heard of yet
    return frozenset({str(interaction.guild_id), *(str(one) for one in ids)})


def _is_only_brought_along(interaction: discord.Interaction[Any]) -> bool:
    owners = interaction._integration_owners  # noqa: SLF001 - that they are not said shows nowhere else
    return bool(owners) and not interaction.is_guild_integration()


def with_channel(payload: Mapping[str, Any]) -> dict[str, Any]:
    """Return an interaction that says of its channel what discord.py reads; Discord's own promise is `channel_id`."""
    kind = discord.ChannelType.text if payload.get("guild_id") else discord.ChannelType.private
    least = {"id": payload.get("channel_id"), "type": kind.value, "name": "", "position": 0}
    return {**payload, "channel": {**least, **(payload.get("channel") or {})}}
