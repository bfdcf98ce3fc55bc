"""What came of something that people did or that happened."""

from dataclasses import dataclass, field

from tests.platforms.slack.accounts import App, User
from tests.platforms.slack.channels import Message
from tests.platforms.slack.envelopes import Ack, Envelope
from tests.platforms.slack.reading import Json, elements_of
from tests.platforms.slack.records import ResponseUrl, Trigger
from tests.platforms.slack.views import View
from tests.platforms.slack.workspace import Workspace


@dataclass(eq=False, repr=False)
class Interaction:
    """Something a person did. It stays live: modals and answers that come later show up here."""

    slack: Workspace
    user: User
    envelope: Envelope
    trigger: Trigger
    url: ResponseUrl | None
    private_before: int
    trouble: str = ""
    """What Slack's client complains about: `timeout` without an ack, or what was wrong with the ack's payload."""
    _taken: int = 0

    def __repr__(self) -> str:
        came = f"answers {self.answers}, modal {self.modal}"
        return f"<{self.envelope.type} by {self.user}: {self.trouble or 'fine'}, {came}>"

    @property
    def ack(self) -> Ack | None:
        """The ack, if one came."""
        return self.envelope.ack

    @property
    def latency(self) -> float:
        """Seconds until the ack."""
        assert self.ack, "no ack came"
        return self.ack.latency

    @property
    def modal(self) -> View | None:
        """The modal that it opened."""
        return self.trigger.view

    @property
    def answers(self) -> list[Message]:
        """What only this person has been told since, and what was answered through the response address."""
        told = [message for message in self.slack.private[self.private_before :] if message.only_for is self.user]
        public = [message for message in self.url.answers if message.only_for is None] if self.url else []
        return sorted(told + public, key=lambda message: message.ts)

    async def next_modal(self, *, within: float = 5) -> View:
        """Return the modal that it opens."""
        await self.slack.until(lambda: self.modal, within=within)
        assert self.modal
        return self.modal

    async def next_answer(self, *, within: float = 5) -> Message:
        """Return the first answer that was not yet returned here."""
        await self.slack.until(lambda: len(self.answers) > self._taken, within=within)
        self._taken += 1
        return self.answers[self._taken - 1]


@dataclass(eq=False, repr=False)
class Delivery:
    """An event and every attempt to tell the app about it."""

    app: App
    payload: Json
    attempts: list[Envelope] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<event {self.payload['event']['type']}: {self.attempts}>"

    @property
    def event_id(self) -> str:
        """The id that stays the same in every attempt."""
        return str(self.payload["event_id"])

    @property
    def ack(self) -> Ack | None:
        """The first ack of any attempt."""
        return next((attempt.ack for attempt in self.attempts if attempt.ack), None)


def find_element(
    place: Message | View, action_id: str, *, value: str | None, block_id: str | None, stale: bool
) -> tuple[Json, Json]:
    """Return what has that action id, with its block; fails with what there is instead."""
    earlier = [edit.blocks for edit in reversed(place.edits)] if stale and isinstance(place, Message) else []
    versions = [place.blocks, *earlier]
    for block, element in (found for blocks in versions for found in elements_of(blocks)):
        same_value = value is None or element.get("value") == value
        if element["action_id"] == action_id and same_value and block_id in {None, block["block_id"]}:
            return block, element
    there = [(button.action_id, button.value, button.text) for button in place.buttons]
    raise AssertionError(f"nothing called {action_id!r} here; buttons: {there}; it reads:\n{place.visible_text()}")
