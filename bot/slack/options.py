"""What the settings say about Slack."""

from dataclasses import dataclass

SLACK = "https://slack.com/api/"


@dataclass(frozen=True, slots=True)
class SlackOptions:
    """Tokens, channels and people. Lists hold Slack's own ids: users `U…`, user groups `S…`, channels `C…`."""

    bot_token: str
    app_token: str
    default_channel: str | None = None
    allowed_channels: frozenset[str] = frozenset()
    approvers: frozenset[str] = frozenset()
    auditors: frozenset[str] = frozenset()
    admins: frozenset[str] = frozenset()
    api_url: str = SLACK

    @property
    def default_target(self) -> str | None:
        """Return where cards go when no rule names a channel: `slack:#ops`, `slack:C123`, `slack:U123`."""
        return f"slack:{self.default_channel}" if self.default_channel else None

    @property
    def trusted(self) -> frozenset[str]:
        """Return who may decide where a rule names nobody, as approvers are written; empty: the channel decides."""
        return frozenset(f"slack:{one}" for one in self.approvers | self.admins) if self.approvers else frozenset()
