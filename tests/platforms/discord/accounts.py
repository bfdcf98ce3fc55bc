"""Who there is on Discord: people, roles, members and the application."""

import base64
from dataclasses import dataclass, field
from typing import Any

from tests.platforms.discord.permissions import Permission

Json = dict[str, Any]


@dataclass(eq=False, repr=False)
class User:
    """A person, or the bot user of an application."""

    id: str
    name: str
    is_bot: bool = False
    refuses_direct_messages: bool = False
    """Nobody but friends may write to them: 50007."""

    def __repr__(self) -> str:
        return f"@{self.name}"

    @property
    def display_name(self) -> str:
        """The name that is shown where a guild knows no nickname."""
        return self.name.title()

    def as_json(self) -> Json:
        """Return the user as payloads and answers carry them."""
        return {
            "id": self.id,
            "username": self.name,
            "discriminator": "0",
            "global_name": None if self.is_bot else self.display_name,
            "avatar": None,
            "bot": self.is_bot,
            "public_flags": 0,
        }


@dataclass(eq=False, repr=False)
class Role:
    """A role of one guild; `@everyone` has the guild's id."""

    id: str
    name: str
    permissions: Permission = Permission.NONE
    position: int = 1
    mentionable: bool = False
    managed: bool = False

    def __repr__(self) -> str:
        return f"@{self.name.removeprefix('@')}"

    def as_json(self) -> Json:
        """Return the role as payloads and answers carry it."""
        return {
            "id": self.id,
            "name": self.name,
            "permissions": str(int(self.permissions)),
            "position": self.position,
            "color": 0,
            "colors": {"primary_color": 0, "secondary_color": None, "tertiary_color": None},
            "hoist": False,
            "managed": self.managed,
            "mentionable": self.mentionable,
            "flags": 0,
        }


@dataclass(eq=False, repr=False)
class Member:
    """A user in a guild."""

    user: User
    joined_at: str
    roles: list[Role] = field(default_factory=list)
    nick: str | None = None

    def as_json(self) -> Json:
        """Return the member as payloads and answers carry them."""
        return {
            "user": self.user.as_json(),
            "nick": self.nick,
            "avatar": None,
            "roles": [role.id for role in self.roles],
            "joined_at": self.joined_at,
            "premium_since": None,
            "deaf": False,
            "mute": False,
            "pending": False,
            "communication_disabled_until": None,
            "flags": 0,
        }


@dataclass(eq=False, repr=False)
class Application:
    """The application: its token, its bot user and what it is let do."""

    id: str
    bot_user: User
    owner: User
    token: str
    privileged_intents: int = 0
    """The bits of the privileged intents that are switched on in the developer portal."""
    revoked: bool = False
    interactions_endpoint_url: str | None = None

    def __repr__(self) -> str:
        return f"<application {self.bot_user.name}>"

    def revoke(self) -> None:
        """Make the token worthless, as a reset in the developer portal does."""
        self.revoked = True

    def as_json(self) -> Json:
        """Return the application as `/applications/@me` shows it."""
        return {
            "id": self.id,
            "name": self.bot_user.name,
            "description": "",
            "icon": None,
            "bot": self.bot_user.as_json(),
            "bot_public": False,
            "bot_require_code_grant": False,
            "owner": self.owner.as_json(),
            "team": None,
            "verify_key": "0" * 64,
            "flags": self.flags,
            "interactions_endpoint_url": self.interactions_endpoint_url,
            "redirect_uris": [],
            "integration_types_config": {"0": {}},
        }

    @property
    def flags(self) -> int:
        """The application flags that say which privileged intents a small bot has."""
        bits = {1 << 8: 1 << 13, 1 << 1: 1 << 15, 1 << 15: 1 << 19}
        return sum(flag for intent, flag in bits.items() if self.privileged_intents & intent)


def token_for(application_id: str, secret: str) -> str:
    """Return a bot token as Discord writes them: the application id in base64, a time, a secret."""
    first = base64.b64encode(application_id.encode()).decode().rstrip("=")
    return f"{first}.Gabcde.{secret}"
