"""What people did that the bot must answer, and what came of it.

https://discord.com/developers/docs/interactions/receiving-and-responding
"""

import time
from dataclasses import dataclass, field
from enum import IntEnum
from typing import TYPE_CHECKING

from tests.platforms.discord.accounts import Json, User
from tests.platforms.discord.channels import Channel
from tests.platforms.discord.messages import Message
from tests.platforms.discord.records import Call
from tests.platforms.discord.sessions import Session

if TYPE_CHECKING:
    from tests.platforms.discord.modals import Modal
    from tests.platforms.discord.world import World


class Did(IntEnum):
    """What somebody did, with the numbers of Discord's interaction types."""

    COMMAND = 2
    COMPONENT = 3
    AUTOCOMPLETE = 4
    SUBMIT = 5


class Answer(IntEnum):
    """The first answers, with the numbers of Discord's callback types."""

    PONG = 1
    MESSAGE = 4
    DEFER = 5
    DEFER_UPDATE = 6
    UPDATE = 7
    CHOICES = 8
    MODAL = 9


@dataclass(eq=False, repr=False)
class Interaction:
    """Something a person did. It stays live: answers and modals that come later show up here."""

    discord: "World"
    id: str
    token: str
    did: Did
    user: User
    channel: Channel
    source: Message | None = None
    """The message whose component was used, or opened the modal."""
    opened_by: "Interaction | None" = None
    """What opened the modal that was submitted."""
    focused_kind: int = 0
    """The type of the option that choices are asked for."""
    payload: Json = field(default_factory=dict)
    sent_at: float = field(default_factory=time.monotonic)
    sent_over: list[Session] = field(default_factory=list)
    attempts: list[Call] = field(default_factory=list)
    """Every first answer that was tried, refused or not."""
    ack: Answer | None = None
    """The first answer: the one that counts."""
    acked_at: float = 0
    original: Message | None = None
    """The message that the first answer made or changed, `@original`."""
    written: list[Message] = field(default_factory=list)
    """Every message that it was answered with, first answer and follow-ups."""
    modal: "Modal | None" = None
    choices: list[Json] | None = None
    trouble: str = ""
    """What the client complains about: `timeout` without an answer in time."""
    _taken: int = 0

    def __repr__(self) -> str:
        came = f"{self.ack.name if self.ack else 'no ack'}, answers {self.answers}, modal {self.modal}"
        return f"<{self.did.name} by {self.user}: {self.trouble or 'fine'}, {came}>"

    def age(self, *, minutes: float = 0, seconds: float = 0) -> None:
        """Let it be that much older, with all that came of it."""
        self.sent_at -= minutes * 60 + seconds
        self.acked_at -= minutes * 60 + seconds

    @property
    def seconds(self) -> float:
        """How old it is."""
        return time.monotonic() - self.sent_at

    @property
    def is_late(self) -> bool:
        """Whether the first answer would come too late."""
        return self.ack is None and self.seconds > self.discord.patience

    @property
    def is_over(self) -> bool:
        """Whether its token is worthless."""
        return self.seconds > self.discord.token_seconds

    @property
    def is_lost(self) -> bool:
        """Whether no answer can come: no session heard of it, or none that did can live on."""
        return self.ack is None and not any(session.is_valid for session in self.sent_over)

    @property
    def latency(self) -> float:
        """Seconds until the first answer."""
        assert self.ack, "no answer came"
        return self.acked_at - self.sent_at

    @property
    def answers(self) -> list[Message]:
        """The messages it was answered with; not those that still load."""
        return [message for message in self.written if not message.deleted and not message.is_loading]

    def metadata(self) -> Json:
        """Return what a message says of the interaction that it answers."""
        shown: Json = {
            "id": self.id,
            "type": int(self.did),
            "user": self.user.as_json(),
            "authorizing_integration_owners": {"0": self.channel.guild.id if self.channel.guild else "0"},
        }
        if self.opened_by:
            shown["triggering_interaction_metadata"] = self.opened_by.metadata()
        elif self.source:
            shown["interacted_message_id"] = self.source.id
        return shown

    async def next_modal(self, *, within: float = 5) -> "Modal":
        """Return the modal that it opens."""
        await self.discord.until(lambda: self.modal, within=within)
        assert self.modal
        return self.modal

    async def next_answer(self, *, within: float = 5) -> Message:
        """Return the first answer that was not yet returned here."""
        await self.discord.until(lambda: len(self.answers) > self._taken, within=within)
        self._taken += 1
        return self.answers[self._taken - 1]
