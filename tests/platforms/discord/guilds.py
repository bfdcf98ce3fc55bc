"""Guilds: members, roles, channels and who may do what where."""

from dataclasses import dataclass, field
from functools import reduce
from operator import or_

from tests.platforms.discord.accounts import Json, Member, Role, User
from tests.platforms.discord.channels import Channel
from tests.platforms.discord.permissions import EVERYTHING, Permission


@dataclass(eq=False, repr=False)
class Guild:
    """A guild, which people call a server."""

    id: str
    name: str
    owner: User
    roles: list[Role]
    """`@everyone` first."""
    members: dict[str, Member] = field(default_factory=dict)
    channels: list[Channel] = field(default_factory=list)

    def __repr__(self) -> str:
        return self.name

    @property
    def everyone(self) -> Role:
        """The role that every member has."""
        return self.roles[0]

    def has(self, user: User) -> bool:
        """Tell whether somebody is a member."""
        return user.id in self.members

    def roles_of(self, user: User) -> list[Role]:
        """Return somebody's roles, without `@everyone`."""
        member = self.members.get(user.id)
        return member.roles if member else []

    def permissions_of(self, user: User, channel: Channel | None = None) -> Permission:
        """Return what somebody may do in the guild, or in a channel of it."""
        if not self.has(user):
            return Permission.NONE
        roles = self.roles_of(user)
        base = reduce(or_, (role.permissions for role in roles), self.everyone.permissions)
        if user is self.owner or Permission.ADMINISTRATOR in base:
            return EVERYTHING
        return self._in_channel(base, user, roles, channel.parent or channel) if channel else base

    def _in_channel(self, base: Permission, user: User, roles: list[Role], channel: Channel) -> Permission:
        """Overwrites apply in Discord's order: everyone, then the roles together, then the member."""
        if everyone := channel.overwrites.get(self.everyone.id):
            base = everyone.applied(base)
        of_roles = [channel.overwrites[role.id] for role in roles if role.id in channel.overwrites]
        for overwrite in of_roles:
            base &= ~overwrite.deny
        for overwrite in of_roles:
            base |= overwrite.allow
        own = channel.overwrites.get(user.id)
        return own.applied(base) if own else base

    def as_json(self) -> Json:
        """Return the guild as `/guilds/{guild}` shows it."""
        return {
            "id": self.id,
            "name": self.name,
            "icon": None,
            "owner_id": self.owner.id,
            "roles": [role.as_json() for role in self.roles],
            "emojis": [],
            "stickers": [],
            "features": [],
            "verification_level": 0,
            "default_message_notifications": 0,
            "explicit_content_filter": 0,
            "mfa_level": 0,
            "nsfw_level": 0,
            "afk_timeout": 300,
            "premium_tier": 0,
            "preferred_locale": "en-US",
            "system_channel_flags": 0,
        }

    def as_created(self, bot: User, *, with_members: bool) -> Json:
        """Return the guild as GUILD_CREATE tells it: other members only to who asked for the members intent."""
        shown = [member for member in self.members.values() if with_members or member.user is bot]
        channels = [channel for channel in self.channels if not channel.deleted]
        return self.as_json() | {
            "unavailable": False,
            "large": False,
            "member_count": len(self.members),
            "joined_at": self.members[bot.id].joined_at,
            "members": [member.as_json() for member in shown],
            "channels": [channel.as_json() for channel in channels if not channel.parent],
            "threads": [channel.as_json() for channel in channels if channel.parent],
            "voice_states": [],
            "presences": [],
            "stage_instances": [],
            "guild_scheduled_events": [],
            "soundboard_sounds": [],
        }
