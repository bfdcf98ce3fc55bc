"""What members may do, in a guild and in a channel. https://discord.com/developers/docs/topics/permissions"""

from dataclasses import dataclass
from enum import IntFlag


class Permission(IntFlag):
    """The permissions that matter here, with Discord's bits."""

    NONE = 0
    ADMINISTRATOR = 1 << 3
    MANAGE_CHANNELS = 1 << 4
    MANAGE_GUILD = 1 << 5
    VIEW_CHANNEL = 1 << 10
    SEND_MESSAGES = 1 << 11
    MANAGE_MESSAGES = 1 << 13
    EMBED_LINKS = 1 << 14
    ATTACH_FILES = 1 << 15
    READ_MESSAGE_HISTORY = 1 << 16
    MENTION_EVERYONE = 1 << 17
    USE_EXTERNAL_EMOJIS = 1 << 18
    USE_APPLICATION_COMMANDS = 1 << 31
    CREATE_PUBLIC_THREADS = 1 << 35
    SEND_MESSAGES_IN_THREADS = 1 << 38


EVERYTHING = Permission(sum(Permission))
EVERYBODY_MAY = (
    Permission.VIEW_CHANNEL
    | Permission.SEND_MESSAGES
    | Permission.EMBED_LINKS
    | Permission.READ_MESSAGE_HISTORY
    | Permission.USE_APPLICATION_COMMANDS
    | Permission.CREATE_PUBLIC_THREADS
    | Permission.SEND_MESSAGES_IN_THREADS
)
"""What a new guild lets everybody do, as far as it matters here; not `MENTION_EVERYONE`."""

IN_DIRECT_MESSAGES = (
    Permission.ATTACH_FILES | Permission.EMBED_LINKS | Permission.MENTION_EVERYONE | Permission.USE_EXTERNAL_EMOJIS
)
"""What interactions say of direct messages with a bot."""


@dataclass
class Overwrite:
    """What a channel allows or denies one role or member."""

    is_role: bool
    allow: Permission = Permission.NONE
    deny: Permission = Permission.NONE

    def applied(self, to: Permission) -> Permission:
        """Return what is left of permissions, denials first."""
        return (to & ~self.deny) | self.allow

    def as_json(self, id_: str) -> dict[str, object]:
        """Return the overwrite as a channel carries it."""
        kind = 0 if self.is_role else 1
        return {"id": id_, "type": kind, "allow": str(int(self.allow)), "deny": str(int(self.deny))}
