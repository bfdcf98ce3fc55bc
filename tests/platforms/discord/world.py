"""What there is on this Discord and what was written there, without any network."""

import secrets
from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import TYPE_CHECKING, TypeVar

from tests.platforms.bell import Bell
from tests.platforms.discord.accounts import Application, Json, Member, Role, User, token_for
from tests.platforms.discord.channels import Channel, Kind, Message
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.permissions import EVERYBODY_MAY, Permission
from tests.platforms.discord.records import Call
from tests.platforms.discord.sessions import Intent, Session, Socket
from tests.platforms.discord.snowflakes import Snowflakes
from tests.platforms.discord.weather import DiscordWeather

if TYPE_CHECKING:
    from tests.platforms.discord.interactions import Interaction

T = TypeVar("T")


class World:
    """One application and one guild that it is in; tests add people, roles, channels and more guilds."""

    patience: float = 3
    """Seconds that Discord waits for the first answer to an interaction."""
    token_seconds: float = 15 * 60
    """Seconds that an interaction's token is good for."""
    heartbeat_seconds: float = 41.25

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
        self.app = self._application("agentgate")
        self.guild = self.new_guild("acme")

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

    # people and places

    def _application(self, name: str) -> Application:
        owner = self._user("owner")
        bot = self._user(name, is_bot=True)
        return Application(bot.id, bot, owner, token_for(bot.id, secrets.token_urlsafe(27)))

    def _user(self, name: str, *, is_bot: bool = False) -> User:
        user = User(self.new_id(), name, is_bot)
        self.users[user.id] = user
        return user

    def new_guild(self, name: str, *, bot: bool = True) -> Guild:
        """Add a guild; the bot is in it unless said otherwise, with a role of its own that allows nothing more."""
        id_ = self.new_id()
        everyone = Role(id_, "@everyone", EVERYBODY_MAY, position=0)
        guild = self.guilds[id_] = Guild(id_, name, self.app.owner, [everyone])
        self.join(self.app.owner, guild)
        if bot:
            self.join(self.app.bot_user, guild)
        return guild

    def user(self, name: str, *, guild: Guild | None = None, member: bool = True) -> User:
        """Add a person, a member of the first guild, of another, or of none."""
        user = self._user(name)
        if member:
            self.join(user, guild or self.guild)
        return user

    def join(self, user: User, guild: Guild | None = None) -> Member:
        """Make somebody a member."""
        member = Member(user, datetime.now(UTC).isoformat())
        guild = guild or self.guild
        guild.members[user.id] = member
        self.tell("GUILD_MEMBER_ADD", member.as_json() | {"guild_id": guild.id}, Intent.GUILD_MEMBERS)
        return member

    def leave(self, user: User, guild: Guild | None = None) -> None:
        """Take somebody out of a guild."""
        guild = guild or self.guild
        del guild.members[user.id]
        self.tell("GUILD_MEMBER_REMOVE", {"guild_id": guild.id, "user": user.as_json()}, Intent.GUILD_MEMBERS)

    def role(
        self, name: str, *users: User, guild: Guild | None = None, permissions: Permission = Permission.NONE
    ) -> Role:
        """Add a role and give it to people."""
        guild = guild or self.guild
        role = Role(self.new_id(), name, permissions, len(guild.roles))
        guild.roles.append(role)
        self.tell("GUILD_ROLE_CREATE", {"guild_id": guild.id, "role": role.as_json()}, Intent.GUILDS)
        for user in users:
            self.give(role, user)
        return role

    def give(self, role: Role, user: User) -> None:
        """Give somebody a role."""
        member = self._member_with(role, user)
        member.roles.append(role)
        self._tell_of_roles(role, member)

    def take(self, role: Role, user: User) -> None:
        """Take a role from somebody."""
        member = self._member_with(role, user)
        member.roles.remove(role)
        self._tell_of_roles(role, member)

    def _guild_of(self, role: Role) -> Guild:
        return next(guild for guild in self.guilds.values() if role in guild.roles)

    def _member_with(self, role: Role, user: User) -> Member:
        return self._guild_of(role).members[user.id]

    def _tell_of_roles(self, role: Role, member: Member) -> None:
        """Members' roles are told only to who asked for the members intent."""
        told = member.as_json() | {"guild_id": self._guild_of(role).id}
        self.tell("GUILD_MEMBER_UPDATE", told, Intent.GUILD_MEMBERS)

    def channel(self, name: str, *members: User, guild: Guild | None = None, bot: bool = True) -> Channel:
        """Add a text channel: seen by these members only and by the bot, by everybody where none are named."""
        guild = guild or self.guild
        channel = Channel(self.new_id(), name, guild=guild)
        if members:
            channel.deny(guild.everyone, Permission.VIEW_CHANNEL)
        for member in [*members, *([self.app.bot_user] if bot else [])]:
            channel.allow(member, Permission.VIEW_CHANNEL)
        if not bot:
            channel.deny(self.app.bot_user, Permission.VIEW_CHANNEL)
        return self._open(channel)

    def thread(self, parent: Channel, name: str) -> Channel:
        """Open a public thread in a channel."""
        return self._open(Channel(self.new_id(), name, Kind.THREAD, parent.guild, parent=parent))

    def direct(self, user: User) -> Channel:
        """Return the direct messages between the bot and somebody, opened if need be."""
        for channel in self.channels.values():
            if channel.kind is Kind.DIRECT and channel.recipient is user:
                return channel
        return self._open(Channel(self.new_id(), user.name, Kind.DIRECT, recipient=user))

    def _open(self, channel: Channel) -> Channel:
        self.channels[channel.id] = channel
        if channel.guild:
            channel.guild.channels.append(channel)
            self.tell("THREAD_CREATE" if channel.parent else "CHANNEL_CREATE", channel.as_json(), Intent.GUILDS)
        return channel

    def delete(self, channel: Channel) -> None:
        """Delete a channel with all that is in it."""
        channel.deleted = True
        self.tell("THREAD_DELETE" if channel.parent else "CHANNEL_DELETE", channel.as_json(), Intent.GUILDS)

    def bot_guilds(self) -> Iterator[Guild]:
        """Yield the guilds that the bot is in."""
        return (guild for guild in self.guilds.values() if guild.has(self.app.bot_user))

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
            self.tell(event, message.as_json() | where, intent)
        self.bell.ring()

    def tell(self, event: str, data: Json, intent: Intent) -> None:
        """Send an event to the sessions that asked for its kind."""
        for session in self.sessions:
            if session.is_valid and intent in session.intents:
                session.tell(event, data)
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
        await self.until(lambda: len(channel.written) > channel.messages_taken, within=within)
        channel.messages_taken += 1
        return channel.written[channel.messages_taken - 1]

    def describe(self) -> str:
        """Return what happened so far, for failing tests."""
        calls = [f"  {call}: {_short(call.answer)}" for call in self.calls[-30:]]
        written = [
            f"  {channel}: {message.visible_text()[:200]!r}"
            for channel in self.channels.values()
            for message in channel.written[-5:]
        ]
        return "\n".join([*calls, *written, f"  sessions: {self.sessions}"])


def _short(answer: object) -> str:
    refused = isinstance(answer, dict) and "code" in answer
    return str(answer)[:300] if refused else "fine"
