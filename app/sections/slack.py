"""Slack: tokens, channels, people. All of it, or none."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings

from app import values
from app.sections.kinds import Words, first_given, within
from bot.slack.options import SLACK, SlackOptions

Channels = Annotated[Words, AfterValidator(values.slack_channels)]
People = Annotated[Words, AfterValidator(values.slack_people)]
Target = Annotated[str, AfterValidator(values.slack_target)]
BotToken = Annotated[SecretStr, within(values.slack_token("xoxb-"))]
AppToken = Annotated[SecretStr, within(values.slack_token("xapp-"))]
FolderAddress = Annotated[str, AfterValidator(values.folder_address)]


class SlackSettings(BaseSettings):
    """What the Slack chat is made from."""

    slack_bot_token: BotToken | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="The Slack app's bot token, xoxb-…; goes with SLACK_APP_TOKEN"
    )
    slack_app_token: AppToken | None = Field(
        None, alias="SLACK_APP_TOKEN", description="The Slack app's app-level token, xapp-…, with connections:write"
    )
    slack_default_channel: Target | None = Field(
        None, alias="SLACK_DEFAULT_CHANNEL", description="Where cards go when no rule names a channel: #ops, C… or U…"
    )
    slack_allowed_channels: Channels = Field(
        (), alias="SLACK_ALLOWED_CHANNELS", description="Channel ids in which people may act; all when empty"
    )
    slack_approvers: People = Field(
        (),
        alias="SLACK_APPROVERS",
        description="User and user-group ids who may decide; empty: whoever sees the card",
    )
    slack_auditors: People = Field(
        (),
        alias="SLACK_AUDITORS",
        description="User and user-group ids who may search the audit; empty: SLACK_APPROVERS",
    )
    slack_admins: People = Field(
        (), alias="SLACK_ADMINS", description="User and user-group ids who may keep keys, policies and people"
    )
    slack_api_url: FolderAddress = Field(
        SLACK, alias="SLACK_API_URL", description="The Web API's address: GovSlack, a proxy, a test server"
    )

    @model_validator(mode="after")
    def _slack_is_whole(self) -> Self:
        tokens = {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN": self.slack_app_token}
        missing = [name for name, token in tokens.items() if token is None]
        given = first_given(self, "slack_", but="slack_api_url")
        if missing and given:
            verb = "are" if len(missing) > 1 else "is"
            raise ValueError(f"{' and '.join(missing)} {verb} missing: {given} is set, and Slack needs both tokens")
        return self

    @property
    def slack(self) -> SlackOptions | None:
        """Return what is set for Slack, or None when it is not used."""
        if self.slack_bot_token is None or self.slack_app_token is None:
            return None
        return SlackOptions(
            bot_token=self.slack_bot_token.get_secret_value(),
            app_token=self.slack_app_token.get_secret_value(),
            default_channel=self.slack_default_channel,
            allowed_channels=frozenset(self.slack_allowed_channels),
            approvers=frozenset(self.slack_approvers),
            auditors=frozenset(self.slack_auditors),
            admins=frozenset(self.slack_admins),
            api_url=self.slack_api_url,
        )
