"""What there is on this Discord and what was written there, without any network."""

import secrets
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, TypeVar

from tests.platforms.bell import Bell
from tests.platforms.discord.accounts import Application, Json, User, token_for
from tests.platforms.discord.channels import Channel, Kind
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.messages import Message
from tests.platforms.discord.records import Call
from tests.platforms.discord.sessions import Intent, Session, Socket
from tests.platforms.discord.snowflakes import Snowflakes
from tests.platforms.discord.weather import DiscordWeather

if TYPE_CHECKING:
    from tests.platforms.discord.interactions import Interaction

T = TypeVar("T")

UNSAID: Json = {"content": "", "embeds": [], "components": [], "attachments": []}
"""What is left of a message's parts for who may not read them."""


class World:
    """One application, and everything that tests put around it."""

    patience: float = 3
    """Seconds that Discord waits for the first answer to an interaction."""
    token_seconds: float = 15 * 60
    """Seconds that an interaction's token is good for."""
    heartbeat_seconds: float = 41.25
    session_start_limit = 1000
    """How many sessions may begin in a day."""
    says_little = False
    """Whether interactions leave out what the documentation calls optional, or added late."""

    def __init__(self) -> None:
        self.users: dict[str, User] = {}
        self.guilds: dict[str, Guild] = {}
        self.channels: dict[str, Channel] = {}
        self.interactions: dict[str, Interaction] = {}
        self.commands: dict[str, list[Json]] = {}
        """The synced commands: the global ones under the empty string, a guild's own under its id."""
        self.private: list[Message] = []
        self.calls: list[Call] = []
        self.sockets: list[Socket] = []
        self.sessions: list[Session] = []
        self.identifies: list[Json] = []
        self.resumes: list[Json] = []
        self.session_starts = 0
        self.gateway_url = ""
        self.weather = DiscordWeather()
        self.bell = Bell(self.describe)
        self.new_id = Snowflakes().new
        bot, owner = self._account("agentgate", is_bot=True), self._account("owner")
        self.app = Application(bot.id, bot, owner, token_for(bot.id, secrets.token_urlsafe(27)))

    def _account(self, name: str, *, is_bot: bool = False) -> User:
        user = User(self.new_id(), name, is_bot)
        self.users[user.id] = user
        return user

    @property
    def token(self) -> str:
        """The bot's token."""
        return self.app.token

    @property
    def application_id(self) -> str:
        """The application's id."""
        return self.app.id

    def knows(self, token: str) -> bool:
        """Tell whether a token is good."""
        return token == self.app.token and not self.app.revoked

    def bot_guilds(self) -> Iterator[Guild]:
        """Yield the guilds that the bot is in."""
        return (guild for guild in self.guilds.values() if guild.has(self.app.bot_user))

    def direct(self, user: User) -> Channel:
        """Return the direct messages between the bot and somebody, opened if need be."""
        for channel in self.channels.values():
            if channel.kind is Kind.DIRECT and channel.recipient is user:
                return channel
        return self.open(Channel(self.new_id(), user.name, Kind.DIRECT, recipient=user))

    def open(self, channel: Channel) -> Channel:
        """Put a channel where people find it."""
        self.channels[channel.id] = channel
        if channel.guild:
            channel.guild.channels.append(channel)
            self.tell("THREAD_CREATE" if channel.parent else "CHANNEL_CREATE", channel.as_json(), Intent.GUILDS)
        return channel

    def open_thread(self, parent: Channel, name: str, id_: str | None = None) -> Channel:
        """Open a public thread in a channel; one that begins with a message has that message's id."""
        return self.open(Channel(id_ or self.new_id(), name, Kind.THREAD, parent.guild, parent=parent))

    # what was written

    def write(self, message: Message) -> Message:
        """Put a message where it belongs: into its channel, or before one pair of eyes."""
        (self.private if message.only_for else message.channel.written).append(message)
        self.tell_of(message, "MESSAGE_CREATE")
        return message

    def tell_of(self, message: Message, event: str) -> None:
        """Tell the sessions of a message; ephemeral ones reach nobody's session."""
        guild = message.channel.guild
        if not message.only_for:
            where = {"guild_id": guild.id} if guild else {}
            intent = Intent.GUILD_MESSAGES if guild else Intent.DIRECT_MESSAGES
            self.tell(event, message.as_json() | where, intent, private=not self._may_be_read(message))
        self.bell.ring()

    def _may_be_read(self, message: Message) -> bool:
        """Tell whether the bot hears what a message says without the privileged intent."""
        bot = self.app.bot_user
        return message.author is bot or message.channel.guild is None or f"<@{bot.id}>" in message.content

    def tell(self, event: str, data: Json, intent: Intent, *, private: bool = False) -> None:
        """Send an event to the sessions that asked for its kind; `private`: what it says only with an intent more."""
        for session in self.sessions:
            if session.is_valid and intent in session.intents:
                hidden = private and Intent.MESSAGE_CONTENT not in session.intents
                session.tell(event, data | UNSAID if hidden else data)
        self.bell.ring()

    def messages(self, channel: Channel) -> list[Message]:
        """Return what stands in a channel now, oldest first, without ephemeral messages."""
        return channel.standing()

    def private_messages(self, user: User, channel: Channel | None = None) -> list[Message]:
        """Return the ephemeral messages that one person sees."""
        mine = [message for message in self.private if message.only_for is user and not message.deleted]
        return [message for message in mine if channel in {None, message.channel} and not message.is_loading]

    def calls_of(self, route: str) -> list[Call]:
        """Return the calls of one route, oldest first."""
        return [call for call in self.calls if call.route == route]

    # waiting

    async def until(self, is_so: Callable[[], T], *, within: float = 5) -> T:
        """Return what the question answers once that is true; asked again at every change."""
        return await self.bell.until(is_so, within=within)

    async def next_message(self, channel: Channel, *, within: float = 5) -> Message:
        """Return the oldest message of a channel that was not yet returned here; waits for one."""
        message = await self.until(lambda: next(_not_taken(channel), None), within=within)
        assert message
        channel.taken.append(message)
        return message

    def describe(self) -> str:
        """Return what happened so far, for failing tests."""
        calls = [f"  {call}" for call in self.calls[-30:]]
        written = [
            f"  {channel}: {message.visible_text()[:200]!r}"
            for channel in self.channels.values()
            for message in channel.written[-5:]
        ]
        return "\n".join([*calls, *written, f"  sessions: {self.sessions}"])


def _not_taken(channel: Channel) -> Iterator[Message]:
    return (message for message in channel.written if message not in channel.taken and not message.is_loading)
