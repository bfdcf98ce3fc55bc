"""The workspace: who and what is there and what was written, without any network."""

import itertools
import secrets
import time
from collections.abc import Callable
from typing import TypeVar

from tests.platforms.bell import Bell
from tests.platforms.slack.accounts import App, Group, User
from tests.platforms.slack.channels import Channel, Kind, Message
from tests.platforms.slack.reading import Json
from tests.platforms.slack.records import Call, ResponseUrl, Trigger
from tests.platforms.slack.views import View
from tests.platforms.slack.weather import SlackWeather

T = TypeVar("T")


class Workspace:
    """A workspace with one installed app; tests add people, channels and more apps."""

    team_id = "T0000TEAM"
    domain = "acme"
    trigger_seconds: float = 3
    page_size = 100

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.groups: dict[str, Group] = {}
        self.channels: dict[str, Channel] = {}
        self.apps: list[App] = []
        self.private: list[Message] = []
        self.views: dict[str, View] = {}
        self.homes: dict[tuple[App, User], View] = {}
        self.triggers: dict[str, Trigger] = {}
        self.response_urls: dict[str, ResponseUrl] = {}
        self.calls: list[Call] = []
        self.weather = SlackWeather()
        self.bell = Bell(self.describe)
        self._numbers = itertools.count(1)
        self._last_ts = 0.0
        self.app = self.install("agentgate")

    # people and places

    def user(self, name: str, *, email: str = "", deleted: bool = False, is_bot: bool = False) -> User:
        """Add a person."""
        address = email or f"{name}@example.com"
        user = User(self.new_id("U"), name, name.title(), address, deleted=deleted, is_bot=is_bot)
        self.users[user.id] = user
        return user

    def group(self, handle: str, *users: User, disabled: bool = False) -> Group:
        """Add a user group."""
        group = Group(self.new_id("S"), handle, list(users), disabled)
        self.groups[group.id] = group
        return group

    def channel(
        self, name: str, *members: User, private: bool = False, archived: bool = False, bot: bool = True
    ) -> Channel:
        """Add a channel; the app's bot is a member unless said otherwise."""
        everybody = [*members, *([self.app.bot_user] if bot else [])]
        kind = Kind.PRIVATE if private else Kind.PUBLIC
        channel = Channel(self.new_id("C"), name, kind, archived, everybody)
        self.channels[channel.id] = channel
        return channel

    def direct(self, user: User, app: App | None = None) -> Channel:
        """Return the direct message between an app and somebody, opened if need be."""
        bot = (app or self.app).bot_user
        for channel in self.channels.values():
            if channel.kind is Kind.DIRECT and channel.has(bot) and channel.has(user):
                return channel
        channel = Channel(self.new_id("D"), user.name, Kind.DIRECT, members=[bot, user])
        self.channels[channel.id] = channel
        return channel

    def install(self, name: str) -> App:
        """Install another app."""
        bot_user = self.user(name, is_bot=True)
        number, secret = self.new_id("A"), secrets.token_hex(12)
        bot_token, app_token = f"xoxb-1-{number}-{secret}", f"xapp-1-{number}-1-{secret}"
        app = App(number, self.new_id("B"), bot_user, bot_token, app_token)
        self.apps.append(app)
        return app

    def new_id(self, letter: str) -> str:
        """Return an id as Slack writes them."""
        return f"{letter}0{next(self._numbers):08X}"

    # what was written

    def new_ts(self) -> str:
        """Return a timestamp that no other message has."""
        self._last_ts = max(time.time(), self._last_ts + 0.000_002)
        return f"{self._last_ts:.6f}"

    def write(self, message: Message) -> Message:
        """Put a message where it belongs: into its channel, or before one pair of eyes."""
        message.posted_at = time.monotonic()
        (self.private if message.only_for else message.channel.written).append(message)
        self.bell.ring()
        return message

    def change(self, message: Message, *, text: str, blocks: list[Json]) -> None:
        """Edit a message."""
        message.change(text=text, blocks=blocks, at=time.time())
        self.bell.ring()

    def messages(self, channel: Channel) -> list[Message]:
        """Return what stands in a channel now, oldest first, without threads and ephemeral messages."""
        return channel.top_level()

    def private_messages(self, user: User, channel: Channel | None = None) -> list[Message]:
        """Return the ephemeral messages that one person sees."""
        return [
            message
            for message in self.private
            if message.only_for is user and not message.deleted and channel in {None, message.channel}
        ]

    def home(self, user: User) -> View | None:
        """Return the home tab that somebody sees."""
        return self.homes.get((self.app, user))

    def modals(self, user: User) -> list[View]:
        """Return the modals somebody has open, the topmost last."""
        mine = (view for view in self.views.values() if view.user is user and view.is_open)
        return [view for view in mine if view.content["type"] == "modal"]

    def calls_of(self, method: str) -> list[Call]:
        """Return the calls of one method, oldest first."""
        return [call for call in self.calls if call.method == method]

    # waiting

    async def until(self, is_so: Callable[[], T], *, within: float = 5) -> T:
        """Return what the question answers once that is true; asked again at every change."""
        return await self.bell.until(is_so, within=within)

    async def next_message(self, channel: Channel, *, within: float = 5) -> Message:
        """Return the oldest message of a channel that was not yet returned here; waits for one."""
        await self.until(lambda: len(_top(channel)) > channel.messages_taken, within=within)
        channel.messages_taken += 1
        return _top(channel)[channel.messages_taken - 1]

    def describe(self) -> str:
        """Return what happened so far, for failing tests."""
        calls = [f"  {call.method}: {_short(call.answer)}" for call in self.calls[-30:]]
        written = [
            f"  #{channel.name}: {message.visible_text()[:200]!r}"
            for channel in self.channels.values()
            for message in channel.written[-5:]
        ]
        return "\n".join([*calls, *written]) or "  nothing"


def _top(channel: Channel) -> list[Message]:
    return [message for message in channel.written if message.thread_ts is None]


def _short(answer: Json | None) -> str:
    if answer is None:
        return "no answer"
    return "ok" if answer.get("ok") else f"{answer.get('error')} {answer.get('response_metadata', '')}"
