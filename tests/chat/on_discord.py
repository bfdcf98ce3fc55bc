"""Discord, in the words of `surface`."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Any

from bot.discord.app import DiscordChat
from bot.discord.markdown import APART
from bot.discord.options import DiscordOptions
from gateway.gate import Gate
from tests.chat.filling_in import filled_in
from tests.chat.house import with_ids
from tests.chat.surface import Person, Shown, one_line
from tests.discord.house import QUICK, Server, a_server, connected
from tests.gates import joined
from tests.platforms.discord import Channel, FakeDiscord, Interaction, Message, User
from tests.platforms.discord.reading import Button, buttons_of
from tests.platforms.weather import Weather


@dataclass
class DiscordCard:
    """A message in a channel."""

    discord: FakeDiscord
    message: Message

    @property
    def shown(self) -> list[Message]:
        return [self.message]

    @property
    def text(self) -> str:
        whole = "\n".join(one.visible_text() for one in self.shown)
        return one_line(whole.replace(f"`{APART}", "`"))  # ours, between backticks, and nothing that is seen

    @property
    def buttons(self) -> list[str]:
        return [button.text for one in self.shown for button in one.buttons if not button.url]

    @property
    def alive(self) -> list[str]:
        return [word for one in self.shown for word in _alive(one)]

    async def says(self, words: str, *, within: float = 10) -> str:
        await self.discord.until(lambda: words in self.text, within=within)
        return self.text


@dataclass
class DiscordAnswer(DiscordCard):
    """What one person is told: privately beside the message they acted on, or in its place."""

    done: Interaction
    changes: int
    """How often that message had been changed before."""

    @property
    def shown(self) -> list[Message]:
        is_turned = self.message.only_for and len(self.message.edits) > self.changes
        return [*self.done.answers, *([self.message] if is_turned else [])]


@dataclass
class DiscordPerson:
    """A member of the server."""

    discord: FakeDiscord
    user: User
    channels: dict[str, Channel]

    @property
    def actor(self) -> str:
        return f"discord:{self.user.id}"

    @property
    def target(self) -> str:
        return f"discord:user:{self.user.id}"

    async def presses(
        self, label: str, on: Shown, *, nth: int = 0, because: str | None = None, stale: bool = False
    ) -> DiscordAnswer:
        assert isinstance(on, DiscordCard)
        if not stale:
            await self.discord.until(lambda: on.buttons.count(label) > nth, within=10)
        message, button = find_button(on, label, nth=nth, stale=stale)
        changes = len(message.edits)
        done = await self.discord.click(self.user, message, button.custom_id, stale=stale)
        if because is not None:
            done = await self.discord.submit(self.user, await done.next_modal(), {"reason": because})
        return DiscordAnswer(self.discord, message, done, changes)

    async def types(self, line: str, *, where: str = "ops") -> DiscordAnswer:
        """Fill a slash command in as somebody does who has the line before them."""
        channel = self.channels[where]
        path, options = filled_in(self.discord, channel, line)
        done = await self.discord.command(self.user, channel, path, **options)
        await self.discord.until(lambda: done.answers, within=10)
        return DiscordAnswer(self.discord, done.answers[0], done, 0)

    async def card(self) -> DiscordCard:
        return DiscordCard(self.discord, await self.discord.next_message(self.discord.direct(self.user), within=10))

    def has_read(self, words: str) -> bool:
        return any(words in text for text in self._read())

    def _read(self) -> Iterator[str]:
        places = [place for place in self.discord.channels.values() if place.is_seen_by(self.user)]
        messages = [message for place in places for message in place.written]
        messages += [message for message in self.discord.private if message.only_for is self.user]
        for message in messages:
            yield f"{message.content} {message.components} {[edit.components for edit in message.edits]}"


class DiscordPlace:
    """A Discord server."""

    kind = "discord"
    setting = "DISCORD"

    def __init__(self, place: Server) -> None:
        self.discord = place.discord
        self.ops = place.ops
        channels = {"ops": place.ops, "general": place.discord.channel("general", place.ada, place.bob)}
        self.ada = DiscordPerson(place.discord, place.ada, channels)
        self.bob = DiscordPerson(place.discord, place.bob, channels)

    @property
    def target(self) -> str:
        return f"discord:{self.ops.id}"

    @asynccontextmanager
    async def enters(self, gate: Gate, *, is_up: bool, **options: Any) -> AsyncIterator[None]:
        known = {"ada": self.ada.user.id, "bob": self.bob.user.id}
        given = {"default_channel": self.ops.id} | with_ids(options, known)
        chosen = DiscordOptions(self.discord.token, api_url=self.discord.base_url, **given)
        async with joined(gate, "discord", DiscordChat(chosen, patience=QUICK)):
            if is_up:
                await connected(self.discord)
            yield

    async def card(self, *, within: float = 10) -> DiscordCard:
        return DiscordCard(self.discord, await self.discord.next_message(self.ops, within=within))

    def group(self, name: str, *people: Person) -> str:
        users = [one.user for one in people if isinstance(one, DiscordPerson)]
        return f"discord:role:{self.discord.role(name, *users).id}"

    @property
    def weather(self) -> Weather:
        return self.discord.weather

    @property
    def unheard(self) -> int:
        return sum(call.status in {0, 503} for call in self.discord.calls)

    async def until(self, is_so: Callable[[], Any]) -> None:
        await self.discord.until(is_so, within=10)


@asynccontextmanager
async def a_discord() -> AsyncIterator[DiscordPlace]:
    """Open a server."""
    async with a_server() as place:
        yield DiscordPlace(place)


def find_button(on: DiscordCard, label: str, *, nth: int, stale: bool) -> tuple[Message, Button]:
    """Return a button, and the message it stands on; fails with what there is instead."""
    found = [(one, button) for one in on.shown for button in one.buttons]
    if stale:
        earlier = [edit.components for edit in reversed(on.message.edits)]
        found += [(on.message, button) for components in earlier for button in buttons_of(components)]
    named = [(one, button) for one, button in found if button.text == label]
    assert len(named) > nth, f"no button {label!r}, number {nth + 1}, among {on.buttons}; it reads:\n{on.text}"
    return named[nth]


def _alive(message: Message) -> list[str]:
    seen = message.seen
    links = [link for link in message.links if "/requests/req_" not in link]
    return [*message.mentions, *seen.mentions, *seen.emoji, *links]
