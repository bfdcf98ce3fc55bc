"""Discord: the token, channels, people. All of it, or none."""

from typing import Annotated, Self

from pydantic import AfterValidator, Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from app import values
from app.sections.kinds import Words, first_given, within
from bot.discord.options import DISCORD, DiscordOptions

Ids = Annotated[Words, AfterValidator(values.discord_ids)]
People = Annotated[Words, AfterValidator(values.discord_people)]
Target = Annotated[str, AfterValidator(values.discord_target)]
BotToken = Annotated[SecretStr, within(values.discord_token)]
Address = Annotated[str, AfterValidator(values.web_address)]


class DiscordToken(BaseSettings):
    """The token alone, which the invite address is made from whatever else is set."""

    model_config = SettingsConfigDict(env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    discord_bot_token: BotToken | None = Field(
        None, alias="DISCORD_BOT_TOKEN", description="The Discord application's bot token"
    )


class DiscordSettings(DiscordToken):
    """What the Discord chat is made from."""

    discord_default_channel_id: Target | None = Field(
        None,
        alias="DISCORD_DEFAULT_CHANNEL_ID",
        description="Where cards go when no rule names a channel: a channel's id, or user:ID",
    )
    discord_allowed_guilds: Ids = Field(
        (), alias="DISCORD_ALLOWED_GUILDS", description="Ids of the servers in which people may act; all when empty"
    )
    discord_allowed_channels: Ids = Field(
        (), alias="DISCORD_ALLOWED_CHANNELS", description="Ids of the channels in which people may act; all when empty"
    )
    discord_approvers: People = Field(
        (), alias="DISCORD_APPROVERS", description="User ids and role:ID who may decide; empty: whoever sees the card"
    )
    discord_auditors: People = Field(
        (),
        alias="DISCORD_AUDITORS",
        description="User ids and role:ID who may search the audit; empty: DISCORD_APPROVERS",
    )
    discord_admins: People = Field(
        (), alias="DISCORD_ADMINS", description="User ids and role:ID who may keep keys, policies and people"
    )
    discord_api_url: Address = Field(
        DISCORD, alias="DISCORD_API_URL", description="The REST API's address: a proxy, a test server"
    )

    @model_validator(mode="after")
    def _discord_is_whole(self) -> Self:
        given = first_given(self, "discord_", but="discord_api_url")
        if self.discord_bot_token is None and given:
            raise ValueError(f"DISCORD_BOT_TOKEN is missing: {given} is set, and Discord needs the token")
        return self

    @property
    def discord(self) -> DiscordOptions | None:
        """Return what is set for Discord, or None when it is not used."""
        if self.discord_bot_token is None:
            return None
        return DiscordOptions(
            bot_token=self.discord_bot_token.get_secret_value(),
            default_channel=self.discord_default_channel_id,
            allowed_guilds=frozenset(self.discord_allowed_guilds),
            allowed_channels=frozenset(self.discord_allowed_channels),
            approvers=frozenset(self.discord_approvers),
            auditors=frozenset(self.discord_auditors),
            admins=frozenset(self.discord_admins),
            api_url=self.discord_api_url,
        )
