"""Where people talk: guild channels, threads, direct messages and what was written there."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntEnum, IntFlag
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.accounts import Json, Role, User
from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.permissions import Overwrite, Permission
from tests.platforms.discord.pinging import pinged
from tests.platforms.discord.reading import Button, buttons_of, read_message

if TYPE_CHECKING:
    from tests.platforms.discord.guilds import Guild


class Kind(IntEnum):
    """What sort of channel it is, with Discord's numbers."""

    TEXT = 0
    DIRECT = 1
    VOICE = 2
    CATEGORY = 4
    THREAD = 11


class Flag(IntFlag):
    """The message flags that matter here, with Discord's bits."""

    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


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
    written: list["Message"] = field(default_factory=list)
    """Everything public ever written here, deleted or not."""
    messages_taken: int = 0

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
        return self.guild.permissions_of(user, self) if self.guild else Permission.NONE

    def is_seen_by(self, user: User) -> bool:
        """Tell whether somebody can open it."""
        if self.kind is Kind.DIRECT:
            return user is self.recipient or user.is_bot
        return Permission.VIEW_CHANNEL in self.permissions_of(user)

    def standing(self) -> list["Message"]:
        """Return what stands here now, oldest first."""
        return [message for message in self.written if not message.deleted]

    def find(self, id_: str) -> "Message | None":
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


@dataclass(frozen=True)
class Edit:
    """How a message looked before it was changed."""

    content: str
    embeds: list[Json]
    components: list[Json]
    changed_at: float


@dataclass(eq=False, repr=False)
class Message:
    """A message as it stands now; `edits` keeps how it stood before."""

    channel: Channel
    id: str
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: Flag = Flag.NONE
    application_id: str | None = None
    """Whose interaction it answers."""
    only_for: User | None = None
    """Whom an ephemeral message is for."""
    allowed_mentions: Json | None = None
    """What it was sent with last; `None` lets everything ping that is written."""
    nonce: str | None = None
    reference: Json | None = None
    interaction_metadata: Json | None = None
    posted_at: float = field(default_factory=time.time)
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<message in {self.channel}: {self.visible_text()!r}>"

    @property
    def is_loading(self) -> bool:
        """Whether it still says that the app is thinking."""
        return Flag.LOADING in self.flags

    @property
    def is_v2(self) -> bool:
        """Whether it is made of Components V2 only."""
        return Flag.COMPONENTS_V2 in self.flags

    @property
    def buttons(self) -> list[Button]:
        """The buttons that are shown."""
        return buttons_of(self.components)

    @property
    def seen(self) -> Seen:
        """What somebody reads in the channel."""
        return read_message(self.content, self.embeds, self.components)

    def visible_text(self) -> str:
        """Return what a person reads, code blocks and all."""
        return self.seen.text

    @property
    def outside_code(self) -> str:
        """What is read outside of code: where markdown, mentions and links are alive."""
        return self.seen.outside_code

    @property
    def links(self) -> list[str]:
        """Every address that can be followed from the text; buttons are in `buttons`."""
        return self.seen.links

    @property
    def mentions(self) -> list[str]:
        """Everybody who is pinged: `@everyone`, `@here`, `@name`, `@&role`."""
        return pinged(self)

    def change(self, **parts: Any) -> None:
        """Replace parts of what it says, keeping what it said."""
        self.edits.append(Edit(self.content, self.embeds, self.components, time.time()))
        for name, value in parts.items():
            setattr(self, name, value)

    def as_json(self) -> Json:
        """Return the message as payloads and answers carry it."""
        edited = datetime.fromtimestamp(self.edits[-1].changed_at, UTC).isoformat() if self.edits else None
        shown: Json = {
            "id": self.id,
            "type": 20 if self.interaction_metadata else 0,
            "channel_id": self.channel.id,
            "author": self.author.as_json(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": False,
            "pinned": False,
            "tts": False,
            "flags": int(self.flags),
            "timestamp": datetime.fromtimestamp(self.posted_at, UTC).isoformat(),
            "edited_timestamp": edited,
        }
        for name in ("nonce", "application_id", "interaction_metadata"):
            shown |= {name: getattr(self, name)} if getattr(self, name) else {}
        shown |= {"webhook_id": self.application_id} if self.application_id else {}
        return shown | ({"message_reference": self.reference} if self.reference else {})
