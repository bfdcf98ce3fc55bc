"""Where people talk: channels, direct messages and what was written there."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.reading import Button, Json, Seen, buttons_of, read_blocks, read_mrkdwn


class Kind(StrEnum):
    """What sort of conversation it is; each has its own read scope."""

    PUBLIC = "channels"
    PRIVATE = "groups"
    DIRECT = "im"


@dataclass(eq=False, repr=False)
class Channel:
    """A channel, or a direct message between an app and somebody."""

    id: str
    name: str
    kind: Kind = Kind.PUBLIC
    archived: bool = False
    members: list[User] = field(default_factory=list)
    written: list["Message"] = field(default_factory=list)
    """Everything public ever written here, deleted or not, threads included."""
    messages_taken: int = 0

    def __repr__(self) -> str:
        return f"#{self.name}"

    def has(self, user: User) -> bool:
        """Tell whether somebody, or an app's bot user, is in here."""
        return user in self.members

    def top_level(self) -> list["Message"]:
        """Return what stands in the channel itself."""
        return [message for message in self.written if message.thread_ts is None and not message.deleted]

    def find(self, ts: str) -> "Message | None":
        """Return the message with that timestamp, unless it was deleted."""
        return next((message for message in self.written if message.ts == ts and not message.deleted), None)

    def as_json(self, bot: User) -> dict[str, Any]:
        """Return the conversation as `conversations.info` shows it to a bot."""
        shown: dict[str, Any] = {"id": self.id, "is_archived": self.archived, "is_member": self.has(bot)}
        if self.kind is Kind.DIRECT:
            other = next(user for user in self.members if user is not bot)
            return shown | {"is_im": True, "user": other.id}
        private = self.kind is Kind.PRIVATE
        return shown | {"name": self.name, "is_channel": not private, "is_group": private, "is_private": private}


@dataclass(frozen=True)
class Edit:
    """How a message looked before it was changed."""

    text: str
    blocks: list[Json]
    changed_at: float


@dataclass(eq=False, repr=False)
class Message:
    """A message as it stands now; `edits` keeps how it stood before."""

    channel: Channel
    ts: str
    author: User
    text: str
    blocks: list[Json]
    app: App | None = None
    thread_ts: str | None = None
    only_for: User | None = None
    """Whom an ephemeral message is for."""
    posted_at: float = 0
    arguments: Json = field(default_factory=dict)
    """What it was posted with (`unfurl_links`, `metadata`, …)."""
    edits: list[Edit] = field(default_factory=list)
    deleted: bool = False

    def __repr__(self) -> str:
        return f"<message in {self.channel}: {self.visible_text()!r}>"

    @property
    def thread(self) -> list["Message"]:
        """The replies, oldest first."""
        replies = (message for message in self.channel.written if message.thread_ts == self.ts)
        return [reply for reply in replies if not reply.deleted]

    @property
    def buttons(self) -> list[Button]:
        """The buttons that can be pressed."""
        return buttons_of(self.blocks)

    @property
    def seen(self) -> Seen:
        """What somebody reads in the channel: the blocks, or the text where there are none."""
        seen = Seen()
        if self.blocks:
            read_blocks(self.blocks, seen)
        else:
            seen.lines.append(read_mrkdwn(self.text, seen))
        return seen

    @property
    def notification(self) -> Seen:
        """What the notification reads: always the text."""
        seen = Seen()
        seen.lines.append(read_mrkdwn(self.text, seen))
        return seen

    def visible_text(self) -> str:
        """Return what a person reads; mentions and links that are alive stand between « and »."""
        return self.seen.text

    @property
    def mentions(self) -> list[str]:
        """Everybody who is mentioned, in the message or its notification."""
        return self.seen.mentions + (self.notification.mentions if self.blocks else [])

    @property
    def links(self) -> list[str]:
        """Every address that can be followed from the text; buttons are in `buttons`."""
        return self.seen.links + (self.notification.links if self.blocks else [])

    @property
    def emoji(self) -> list[str]:
        """Every emoji that is drawn."""
        return self.seen.emoji + (self.notification.emoji if self.blocks else [])

    def change(self, *, text: str, blocks: list[Json], at: float) -> None:
        """Replace what it says, keeping what it said."""
        self.edits.append(Edit(self.text, self.blocks, at))
        self.text, self.blocks = text, blocks

    def as_json(self) -> Json:
        """Return the message as payloads and answers carry it."""
        shown: Json = {"type": "message", "user": self.author.id, "text": self.text, "ts": self.ts}
        if self.app:
            shown |= {"bot_id": self.app.bot_id, "app_id": self.app.id, "blocks": self.blocks}
        if self.thread_ts:
            shown["thread_ts"] = self.thread_ts
        if self.edits:
            shown["edited"] = {"user": self.author.id, "ts": f"{self.edits[-1].changed_at:.6f}"}
        return shown
