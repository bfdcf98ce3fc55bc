"""Who is in the workspace: people, user groups and apps."""

from dataclasses import dataclass, field
from typing import Any

BOT_SCOPES = (
    *("channels:join", "channels:read", "chat:write", "commands", "groups:read", "im:read", "im:write", "mpim:read"),
    *("team:read", "usergroups:read", "users:read", "users:read.email"),
)
"""What an app may do unless a test takes scopes away."""


@dataclass(eq=False, repr=False)
class User:
    """A person, or the bot user of an app."""

    id: str
    name: str
    real_name: str
    email: str
    deleted: bool = False
    is_bot: bool = False

    def __repr__(self) -> str:
        return f"@{self.name}"

    def as_json(self) -> dict[str, Any]:
        """Return the user as `users.info` shows them."""
        profile = {"real_name": self.real_name, "display_name": self.name, "email": self.email}
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": self.deleted,
            "is_bot": self.is_bot,
            "tz": "Etc/UTC",
            "profile": profile,
        }


@dataclass(eq=False, repr=False)
class Group:
    """A user group (`@oncall`)."""

    id: str
    handle: str
    users: list[User]
    disabled: bool = False

    def __repr__(self) -> str:
        return f"@{self.handle}"

    def as_json(self) -> dict[str, Any]:
        """Return the group as `usergroups.list` shows it."""
        return {
            "id": self.id,
            "is_usergroup": True,
            "name": self.handle,
            "handle": self.handle,
            "date_delete": 1 if self.disabled else 0,
            "user_count": len(self.users),
        }


@dataclass(eq=False, repr=False)
class App:
    """An installed app: its two tokens, its bot user and what it may do."""

    id: str
    bot_id: str
    bot_user: User
    bot_token: str
    app_token: str
    scopes: set[str] = field(default_factory=lambda: set(BOT_SCOPES))
    app_scopes: set[str] = field(default_factory=lambda: {"connections:write"})
    refusal: str = ""
    """The error every call is answered with, once the tokens are revoked."""

    def __repr__(self) -> str:
        return f"<app {self.bot_user.name}>"

    def revoke(self, error: str = "token_revoked") -> None:
        """Make both tokens worthless; Slack says `token_revoked`, `invalid_auth` or `account_inactive`."""
        self.refusal = error
