"""Where people talk: guild channels, threads, direct messages and what was written there."""

from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.platforms.discord.accounts import Json, Role, User
from tests.platforms.discord.messages import Message
from tests.platforms.discord.permissions import IN_DIRECT_MESSAGES, Overwrite, Permission

if TYPE_CHECKING:
    from tests.platforms.discord.guilds import Guild


class Kind(IntEnum):
    """What sort of channel it is, with Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    CATEGORY = 4
    THREAD = 11


@dataclass(eq=False, repr=False)
class Channel:
    """A channel of a guild, a thread in one, or a direct message with the bot."""

    id: str
    name: str
    kind: Kind = Kind.TEXT
    guild: "Guild | None" = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    recipient: User | None = None
    parent: "Channel | None" = None
    archived: bool = False
    locked: bool = False
    deleted: bool = False
    written: list[Message] = field(default_factory=list)
    """Everything public ever written here, deleted or not."""
    taken: list[Message] = field(default_factory=list)
    """What `next_message` has returned."""

    def __repr__(self) -> str:
        return f"#{self.name}"

    def allow(self, whom: User | Role, *permissions: Permission) -> None:
        """Let a member or role do these here."""
        overwrite = self._overwrite(whom)
        for permission in permissions:
            overwrite.allow |= permission
            overwrite.deny &= ~permission

    def deny(self, whom: User | Role, *permissions: Permission) -> None:
        """Keep a member or role from doing these here."""
        overwrite = self._overwrite(whom)
        for permission in permissions:
            overwrite.deny |= permission
            overwrite.allow &= ~permission

    def _overwrite(self, whom: User | Role) -> Overwrite:
        return self.overwrites.setdefault(whom.id, Overwrite(is_role=isinstance(whom, Role)))

    def permissions_of(self, user: User) -> Permission:
        """Return what somebody may do here."""
        return self.guild.permissions_of(user, self) if self.guild else IN_DIRECT_MESSAGES

    def is_seen_by(self, user: User) -> bool:
        """Tell whether somebody can open it."""
        if self.kind is Kind.DIRECT:
            return user is self.recipient or user.is_bot
        return Permission.VIEW_CHANNEL in self.permissions_of(user)

    def standing(self) -> list[Message]:
        """Return what stands here now, oldest first."""
        return [message for message in self.written if not message.deleted]

    def find(self, id_: str) -> Message | None:
        """Return the message with that id, unless it was deleted."""
        return next((message for message in self.written if message.id == id_ and not message.deleted), None)

    def as_json(self) -> Json:
        """Return the channel as answers and payloads carry it."""
        shown: Json = {"id": self.id, "type": int(self.kind), "flags": 0}
        last = self.written[-1].id if self.written else None
        if self.kind is Kind.DIRECT:
            assert self.recipient
            return shown | {"recipients": [self.recipient.as_json()], "last_message_id": last}
        assert self.guild
        shown |= {"guild_id": self.guild.id, "name": self.name, "last_message_id": last, "rate_limit_per_user": 0}
        if self.parent:
            return shown | self._as_thread()
        overwrites = [overwrite.as_json(id_) for id_, overwrite in self.overwrites.items()]
        more = {"position": 0, "parent_id": None, "topic": None, "nsfw": False, "permission_overwrites": overwrites}
        return shown | more

    def _as_thread(self) -> Json:
        assert self.parent
        state = {"archived": self.archived, "locked": self.locked, "auto_archive_duration": 1440}
        counts = {"message_count": len(self.written), "member_count": 1, "total_message_sent": len(self.written)}
        changed = {"archive_timestamp": datetime.now(UTC).isoformat()}
        return {"parent_id": self.parent.id, "owner_id": "0", "thread_metadata": state | changed, **counts}
