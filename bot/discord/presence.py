"""Who did something in Discord, and where: read from what the gateway verified, and from nothing else. PURE."""

from dataclasses import dataclass
from typing import Any, Self

import discord


@dataclass(frozen=True, slots=True)
class Presence:
    """Somebody in a place, by Discord's ids; `guild` is None in a direct message.

    `roles` are as of now: Discord sends them with each interaction. Everybody has the one with the guild's own id.
    There are none in a direct message, nor in a guild that only lets its members bring the app along.
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
    if not isinstance(who, discord.Member) or not interaction.is_guild_integration():
        return frozenset()
    ids = who._roles  # noqa: SLF001 - `roles` leaves out those that discord.py has not heard of yet
    return frozenset({str(interaction.guild_id), *(str(one) for one in ids)})
