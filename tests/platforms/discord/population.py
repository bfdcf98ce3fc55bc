"""People, guilds, roles and channels come, change and go; the bot's sessions hear of it as Discord tells them."""

from datetime import UTC, datetime

from tests.platforms.discord.accounts import Member, Role, User
from tests.platforms.discord.channels import Channel
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.messages import Message
from tests.platforms.discord.permissions import EVERYBODY_MAY, Permission
from tests.platforms.discord.sessions import Intent
from tests.platforms.discord.world import World


class Populated(World):
    """A Discord with one guild, `acme`, that the bot is in; tests add people, roles, channels and more guilds."""

    def __init__(self) -> None:
        super().__init__()
        self.guild = self.new_guild("acme")

    def new_guild(self, name: str = "other", *, bot: bool = True) -> Guild:
        """Add a guild; the bot is in it unless said otherwise, and may there what everybody may."""
        id_ = self.new_id()
        everyone = Role(id_, "@everyone", EVERYBODY_MAY, position=0)
        guild = self.guilds[id_] = Guild(id_, name, self.app.owner, [everyone])
        self.join(self.app.owner, guild)
        if bot:
            self.join(self.app.bot_user, guild)
        return guild

    def user(self, name: str, *, guild: Guild | None = None, member: bool = True, is_bot: bool = False) -> User:
        """Add a person, a member of the first guild, of another, or of none."""
        user = self._account(name, is_bot=is_bot)
        if member:
            self.join(user, guild or self.guild)
        return user

    def join(self, user: User, guild: Guild | None = None) -> Member:
        """Make somebody a member."""
        member = Member(user, datetime.now(UTC).isoformat())
        guild = guild or self.guild
        guild.members[user.id] = member
        if user is self.app.bot_user:
            self.tell("GUILD_CREATE", guild.as_created(user, with_members=False), Intent.GUILDS)
        else:
            self.tell("GUILD_MEMBER_ADD", member.as_json() | {"guild_id": guild.id}, Intent.GUILD_MEMBERS)
        return member

    def leave(self, user: User, guild: Guild | None = None) -> None:
        """Take somebody, or the bot, out of a guild."""
        guild = guild or self.guild
        del guild.members[user.id]
        if user is self.app.bot_user:
            self.tell("GUILD_DELETE", {"id": guild.id}, Intent.GUILDS)
        else:
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
        guild = self._guild_of(role)
        guild.members[user.id].roles.append(role)
        self._tell_of_roles(guild, user)

    def take(self, role: Role, user: User) -> None:
        """Take a role from somebody."""
        guild = self._guild_of(role)
        guild.members[user.id].roles.remove(role)
        self._tell_of_roles(guild, user)

    def _guild_of(self, role: Role) -> Guild:
        return next(guild for guild in self.guilds.values() if role in guild.roles)

    def _tell_of_roles(self, guild: Guild, user: User) -> None:
        """Members' roles are told only to who asked for the members intent."""
        told = guild.members[user.id].as_json() | {"guild_id": guild.id}
        self.tell("GUILD_MEMBER_UPDATE", told, Intent.GUILD_MEMBERS)

    def channel(self, name: str, *members: User, guild: Guild | None = None, bot: bool = True) -> Channel:
        """Add a text channel: seen by these members only and by the bot, by everybody where none are named."""
        guild = guild or self.guild
        channel = Channel(self.new_id(), name, guild=guild)
        if members:
            channel.deny(guild.everyone, Permission.VIEW_CHANNEL)
        for member in [*members, *([self.app.bot_user] if bot and members else [])]:
            channel.allow(member, Permission.VIEW_CHANNEL)
        if not bot:
            channel.deny(self.app.bot_user, Permission.VIEW_CHANNEL)
        return self.open(channel)

    def thread(self, parent: Channel, name: str) -> Channel:
        """Open a public thread in a channel."""
        return self.open_thread(parent, name)

    def delete(self, thing: Channel | Message) -> None:
        """Delete a channel with all that is in it, or a message, as a moderator does."""
        thing.deleted = True
        if isinstance(thing, Message):
            self.tell_of(thing, "MESSAGE_DELETE")
            return
        self.tell("THREAD_DELETE" if thing.parent else "CHANNEL_DELETE", thing.as_json(), Intent.GUILDS)
