"""What the settings say about Discord."""

from dataclasses import dataclass

DISCORD = "https://discord.com/api/v10"


@dataclass(frozen=True, slots=True)
class DiscordOptions:
    """The token, servers, channels and people. Ids are Discord's own numbers, as text; roles are `role:ID`."""

    bot_token: str
    default_channel: str | None = None
    allowed_guilds: frozenset[str] = frozenset()
    allowed_channels: frozenset[str] = frozenset()
    approvers: frozenset[str] = frozenset()
    auditors: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    api_url: str = DISCORD

    @property
    def default_target(self) -> str | None:
        """Return where cards go when no rule names a channel: `discord:123`, `discord:user:42`."""
        return f"discord:{self.default_channel}" if self.default_channel else None

    @property
    def trusted(self) -> frozenset[str]:
        """Return who may decide where a rule names nobody, as approvers are written; empty: the channel decides."""
        return frozenset(f"discord:{one}" for one in self.approvers | self.admins) if self.approvers else frozenset()
