"""What the bot may do in a channel, and what it would need there. PURE.

How permissions add up: https://discord.com/developers/docs/topics/permissions#permission-overwrites.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from operator import or_
from typing import Any

import discord
from discord import ChannelType

from bot.discord.manifest import shown

Payload = Mapping[str, Any]
"""An object as Discord's REST API answers it."""
DIRECT = frozenset({ChannelType.private.value, ChannelType.group.value})
THREADS = frozenset({ChannelType.news_thread.value, ChannelType.public_thread.value, ChannelType.private_thread.value})
WITH_VOICE = frozenset({ChannelType.voice.value, ChannelType.stage_voice.value})
WITHOUT_MESSAGES = frozenset({ChannelType.category.value, ChannelType.forum.value, ChannelType.media.value, 14})
"""Kinds of channels that take no message of their own; 14 is a directory, which discord.py has no name for."""


def missing_in(channel: Payload, *, parent: Payload, guild: Payload, member: Payload) -> list[str]:
    """Return the permissions that the member needs in the channel and has not, by the names that Discord shows.

    `parent` carries the overwrites: the channel itself, or the one that a thread belongs to.
    """
    granted = granted_in(parent, guild=guild, member=member)
    return [shown(name) for name in _needed(channel["type"]) if not getattr(granted, name)]


def _needed(kind: int) -> Sequence[str]:
    if kind in THREADS:
        return ("view_channel", "send_messages_in_threads")
    if kind in WITH_VOICE:  # without Connect, nothing else counts there
        return ("view_channel", "connect", "send_messages")
    return ("view_channel", "send_messages")


def granted_in(channel: Payload, *, guild: Payload, member: Payload) -> discord.Permissions:
    """Return what a member of a guild may do in one of its channels."""
    roles = {role["id"]: int(role["permissions"]) for role in guild["roles"]}
    user, everyone = member["user"]["id"], guild["id"]
    own = [role for role in member["roles"] if role in roles]
    granted = _all_of(roles[role] for role in (everyone, *own))
    if guild["owner_id"] == user or discord.Permissions(granted).administrator:
        return discord.Permissions.all()
    overwrites = {one["id"]: one for one in channel.get("permission_overwrites") or ()}
    for subjects in ((everyone,), own, (user,)):
        found = [overwrites[subject] for subject in subjects if subject in overwrites]
        granted &= ~_all_of(int(one["deny"]) for one in found)
        granted |= _all_of(int(one["allow"]) for one in found)
    return discord.Permissions(granted)


def _all_of(bits: Iterable[int]) -> int:
    return reduce(or_, bits, 0)
