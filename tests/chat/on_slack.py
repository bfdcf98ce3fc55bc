"""Slack, in the words of `surface`."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.slack.app import SlackChat
from bot.slack.options import SlackOptions
from gateway.gate import Gate
from tests.chat.house import with_ids
from tests.chat.surface import Person, Shown, one_line
from tests.gates import joined
from tests.platforms.slack import Channel, FakeSlack, Interaction, Message, User, View
from tests.platforms.slack.reading import Button, buttons_of
from tests.platforms.weather import Weather
from tests.slack.house import Workspace, a_workspace


@dataclass
class SlackCard:
    """A message in a channel."""

    slack: FakeSlack
    message: Message

    @property
    def shown(self) -> list[Message | View]:
        return [self.message]

    @property
    def text(self) -> str:
        return one_line("\n".join(one.visible_text() for one in self.shown))

    @property
    def buttons(self) -> list[str]:
        return [button.text for one in self.shown for button in one.buttons if not button.url]

    @property
    def alive(self) -> list[str]:
        return [word for one in self.shown for word in _alive(one)]

    async def says(self, words: str, *, within: float = 10) -> str:
        await self.slack.until(lambda: words in self.text, within=within)
        return self.text


@dataclass
class SlackAnswer(SlackCard):
    """What one person is told: privately beside the message they acted on, in its place, or in a modal."""

    done: Interaction
    changes: int
    """How often that message had been changed before."""

    @property
    def shown(self) -> list[Message | View]:
        if self.done.modal and self.done.modal.is_open:
            return [self.done.modal]
        is_turned = self.message.only_for and len(self.message.edits) > self.changes
        return [*self.done.answers, *([self.message] if is_turned else [])]


@dataclass
class SlackPerson:
    """A user of the workspace."""

    slack: FakeSlack
    user: User
    channels: dict[str, Channel]

    @property
    def actor(self) -> str:
        return f"slack:{self.user.id}"

    @property
    def target(self) -> str:
        return self.actor

    async def presses(
        self, label: str, on: Shown, *, nth: int = 0, because: str | None = None, stale: bool = False
    ) -> SlackAnswer:
        assert isinstance(on, SlackCard)
        if not stale:
            await self.slack.until(lambda: on.buttons.count(label) > nth, within=10)
        place, button = find(on, label, nth=nth, stale=stale)
        message = place if isinstance(place, Message) else on.message
        changes = len(message.edits)
        done = await self.slack.click(
            self.user, place, button.action_id, value=button.value, block_id=button.block_id, stale=stale
        )
        answer = SlackAnswer(self.slack, message, done, changes)
        if because is not None:
            modal = await done.next_modal()
            await self.slack.submit(self.user, modal, {"reason": {"reason": because}})
        return answer

    async def types(self, line: str, *, where: str = "ops") -> SlackAnswer:
        done = await self.slack.command(self.user, self.channels[where], "/agentgate", line)
        await self.slack.until(lambda: done.answers, within=10)
        return SlackAnswer(self.slack, done.answers[0], done, 0)

    async def card(self) -> SlackCard:
        return SlackCard(self.slack, await self.slack.next_message(self.slack.direct(self.user), within=10))

    def has_read(self, words: str) -> bool:
        return any(words in text for text in self._read())

    def _read(self) -> Iterator[str]:
        messages = [one for place in self.slack.channels.values() if place.has(self.user) for one in place.written]
        messages += [one for one in self.slack.private if one.only_for is self.user]
        for message in messages:
            yield f"{message.text} {message.blocks} {[(edit.text, edit.blocks) for edit in message.edits]}"
        for view in self.slack.views.values():
            yield str([view.content, *view.shown_before] if view.user is self.user else "")


class SlackPlace:
    """A workspace."""

    kind = "slack"
    setting = "SLACK"

    def __init__(self, place: Workspace) -> None:
        self.slack = place.slack
        self.ops = place.ops
        channels = {"ops": place.ops, "general": place.slack.channel("general", place.ada, place.bob)}
        self.ada = SlackPerson(place.slack, place.ada, channels)
        self.bob = SlackPerson(place.slack, place.bob, channels)

    @property
    def target(self) -> str:
        return f"slack:{self.ops.id}"

    @asynccontextmanager
    async def enters(self, gate: Gate, *, is_up: bool, **options: Any) -> AsyncIterator[None]:
        app = self.slack.app
        known = {"ada": self.ada.user.id, "bob": self.bob.user.id}
        given = {"default_channel": self.ops.id} | with_ids(options, known)
        chosen = SlackOptions(app.bot_token, app.app_token, api_url=self.slack.base_url, **given)
        before = len(self.slack.sockets)
        async with joined(gate, "slack", SlackChat(chosen, per_second=50, ping_seconds=0.5)):
            if is_up:
                await self.slack.until(lambda: len(self.slack.sockets) > before, within=15)
            yield

    async def card(self, *, within: float = 10) -> SlackCard:
        return SlackCard(self.slack, await self.slack.next_message(self.ops, within=within))

    def group(self, name: str, *people: Person) -> str:
        users = [one.user for one in people if isinstance(one, SlackPerson)]
        return f"slack:{self.slack.group(name, *users).id}"

    @property
    def weather(self) -> Weather:
        return self.slack.weather

    @property
    def unheard(self) -> int:
        return sum(call.status in {0, 503} for call in self.slack.calls)

    async def until(self, is_so: Callable[[], Any]) -> None:
        await self.slack.until(is_so, within=10)


@asynccontextmanager
async def a_slack() -> AsyncIterator[SlackPlace]:
    """Open a workspace."""
    async with a_workspace() as place:
        yield SlackPlace(place)


def find(on: SlackCard, label: str, *, nth: int, stale: bool) -> tuple[Message | View, Button]:
    """Return a button, and on what it stands; fails with what there is instead."""
    found = [(one, button) for one in on.shown for button in one.buttons]
    if stale:
        earlier = [edit.blocks for edit in reversed(on.message.edits)]
        found += [(on.message, button) for blocks in earlier for button in buttons_of(blocks)]
    named = [(one, button) for one, button in found if button.text == label]
    assert len(named) > nth, f"no button {label!r}, number {nth + 1}, among {on.buttons}; it reads:\n{on.text}"
    return named[nth]


def _alive(one: Message | View) -> list[str]:
    emoji = one.emoji if isinstance(one, Message) else one.seen.emoji
    return [*one.mentions, *emoji, *(link for link in one.links if "/requests/req_" not in link)]
