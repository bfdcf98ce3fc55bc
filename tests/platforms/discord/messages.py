"""Messages as they stand in a channel, or before one pair of eyes."""

import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import IntFlag
from typing import TYPE_CHECKING, Any

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.markdown import Seen
from tests.platforms.discord.pinging import pinged
from tests.platforms.discord.reading import Button, buttons_of, read_message

if TYPE_CHECKING:
    from tests.platforms.discord.channels import Channel


class Flag(IntFlag):
    """The message flags that matter here, with Discord's bits."""

    NONE = 0
    SUPPRESS_EMBEDS = 1 << 2
    EPHEMERAL = 1 << 6
    LOADING = 1 << 7
    SUPPRESS_NOTIFICATIONS = 1 << 12
    COMPONENTS_V2 = 1 << 15


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

    channel: "Channel"
    id: str
    author: User
    content: str = ""
    embeds: list[Json] = field(default_factory=list)
    components: list[Json] = field(default_factory=list)
    flags: Flag = Flag.NONE
    only_for: User | None = None
    """Whom an ephemeral message is for."""
    allowed_mentions: Json | None = None
    """What the last body said of it; `None` is Discord's default."""
    nonce: str | None = None
    reference: Json | None = None
    """What it replies to."""
    interaction_metadata: Json | None = None
    """Which interaction it answers."""
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
        """Return what a person reads, code blocks and all; what is alive stands between « and »."""
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
            "type": self._type,
            "channel_id": self.channel.id,
            "author": self.author.as_json(),
            "content": self.content,
            "embeds": self.embeds,
            "components": self.components,
            "attachments": [],
            "mentions": [],
            "mention_roles": [],
            "mention_everyone": "@everyone" in self.mentions,
            "pinned": False,
            "tts": False,
            "flags": int(self.flags),
            "timestamp": datetime.fromtimestamp(self.posted_at, UTC).isoformat(),
            "edited_timestamp": edited,
        }
        if self.interaction_metadata:
            shown |= {"application_id": self.author.id, "webhook_id": self.author.id}
        more = {
            "nonce": self.nonce,
            "interaction_metadata": self.interaction_metadata,
            "message_reference": self.reference,
        }
        return shown | {name: value for name, value in more.items() if value is not None}

    @property
    def _type(self) -> int:
        """Discord's message type: 20 the answer to a slash command, 19 a reply, 0 any other."""
        if self.interaction_metadata and self.interaction_metadata["type"] == 2:
            return 20
        return 19 if self.reference else 0
