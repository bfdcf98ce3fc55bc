"""Every setting, read from the environment or `.env`, once; nothing else reads them."""

import os
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Annotated, Literal, Self

from dotenv import dotenv_values
from pydantic import AfterValidator, BeforeValidator, Field, SecretStr, ValidationError, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app import values
from app.spelling import misspelt_among
from bot.slack.options import SLACK, SlackOptions
from models.db import Address, parse_address

CLIENT_NAMES = frozenset({"AGENTGATE_URL", "AGENTGATE_API_KEY"})
"""What the SDK and the CLI read; they may stand in the same `.env`."""


def _within(check: Callable[[str], None]) -> AfterValidator:
    """Return the check of what a secret holds."""

    def checked(secret: SecretStr) -> SecretStr:
        check(secret.get_secret_value())
        return secret

    return AfterValidator(checked)


Words = Annotated[tuple[str, ...], NoDecode, BeforeValidator(values.words)]
Origins = Annotated[Words, AfterValidator(values.origins)]
Networks = Annotated[Words, AfterValidator(values.networks)]
SlackChannels = Annotated[Words, AfterValidator(values.slack_channels)]
SlackPeople = Annotated[Words, AfterValidator(values.slack_people)]
SlackTarget = Annotated[str, AfterValidator(values.slack_target)]
SlackBotToken = Annotated[SecretStr, _within(values.slack_token("xoxb-"))]
SlackAppToken = Annotated[SecretStr, _within(values.slack_token("xapp-"))]
OwnAddress = Annotated[str, AfterValidator(values.own_address)]
FolderAddress = Annotated[str, AfterValidator(values.folder_address)]
Database = Annotated[str, AfterValidator(values.database)]
ApiKey = Annotated[SecretStr, _within(values.api_key)]
Secret = Annotated[SecretStr, _within(values.secret)]
Level = Annotated[Literal["debug", "info", "warning", "error"], BeforeValidator(values.lower)]
Format = Annotated[Literal["pretty", "json"], BeforeValidator(values.lower)]


class SettingsError(Exception):
    """A setting cannot be used: names the variable, says why, and what to do."""


class Settings(BaseSettings):
    """The settings of one server. Field descriptions become `.env.example` and the reference page."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    host: str = Field("0.0.0.0", alias="HOST", description="The address to listen on")  # noqa: S104 - agents and containers call from elsewhere
    port: int = Field(3000, alias="PORT", ge=0, le=65535, description="The port to listen on; 0 takes a free one")
    public_url: OwnAddress = Field(
        "", alias="AGENTGATE_PUBLIC_URL", description="Where people and agents reach this server"
    )
    secret_key: Secret | None = Field(
        None,
        alias="AGENTGATE_SECRET_KEY",
        description="Keys API key digests, links and sessions; made and kept beside the SQLite file when absent",
    )
    database_url: Database = Field(
        "data/agentgate.db", alias="DATABASE_URL", description="A SQLite path, `:memory:`, sqlite://… or postgres://…"
    )
    admin_api_key: ApiKey | None = Field(
        None, alias="ADMIN_API_KEY", description="An admin key to create at the start: agk_… and at least 16 characters"
    )
    allow_self_approval: bool = Field(
        False, alias="ALLOW_SELF_APPROVAL", description="Whether an asker may decide what it asked; for trials only"
    )
    request_timeout_sec: int = Field(
        3600, alias="REQUEST_TIMEOUT_SEC", ge=0, le=315_360_000, description="When requests expire by default; 0: never"
    )
    rate_limit_enabled: bool = Field(True, alias="RATE_LIMIT_ENABLED", description="Whether calls are limited at all")
    rate_limit_rpm: int = Field(
        60,
        alias="RATE_LIMIT_RPM",
        ge=1,
        le=1_000_000,
        description="Calls a minute for keys without a limit of their own",
    )
    slack_bot_token: SlackBotToken | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="The Slack app's bot token, xoxb-…; goes with SLACK_APP_TOKEN"
    )
    slack_app_token: SlackAppToken | None = Field(
        None, alias="SLACK_APP_TOKEN", description="The Slack app's app-level token, xapp-…, with connections:write"
    )
    slack_default_channel: SlackTarget | None = Field(
        None, alias="SLACK_DEFAULT_CHANNEL", description="Where cards go when no rule names a channel: #ops, C… or U…"
    )
    slack_allowed_channels: SlackChannels = Field(
        (), alias="SLACK_ALLOWED_CHANNELS", description="Channel ids in which people may act; all when empty"
    )
    slack_approvers: SlackPeople = Field(
        (),
        alias="SLACK_APPROVERS",
        description="User and user-group ids who may decide; empty: whoever sees the card",
    )
    slack_auditors: SlackPeople = Field(
        (),
        alias="SLACK_AUDITORS",
        description="User and user-group ids who may search the audit; empty: approvers",
    )
    slack_admins: SlackPeople = Field(
        (), alias="SLACK_ADMINS", description="User and user-group ids who may keep keys, policies and people"
    )
    slack_api_url: FolderAddress = Field(
        SLACK, alias="SLACK_API_URL", description="The Web API's address: GovSlack, a proxy, a test server"
    )
    cors_allowed_origins: Origins = Field(
        (), alias="CORS_ALLOWED_ORIGINS", description="Origins whose pages may call the API, separated by commas"
    )
    trusted_proxies: Networks = Field(
        (), alias="TRUSTED_PROXIES", description="Addresses or networks of proxies whose X-Forwarded-For counts"
    )
    log_level: Level | None = Field(
        None, alias="LOG_LEVEL", description="debug, info, warning or error; info, and warning beside the local chat"
    )
    log_format: Format | None = Field(None, alias="LOG_FORMAT", description="pretty or json; pretty on a terminal")

    @model_validator(mode="after")
    def _whole(self) -> Self:
        if missing := self._missing_of_slack():
            raise ValueError(missing)
        if not self.address.is_sqlite and self.secret_key is None:
            raise ValueError("AGENTGATE_SECRET_KEY is required with PostgreSQL: every replica needs the same one")
        return self

    def _missing_of_slack(self) -> str | None:
        """Say what is missing where Slack is set by half."""
        tokens = {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN": self.slack_app_token}
        missing = [name for name, token in tokens.items() if token is None]
        given = [
            str(field.alias)
            for name, field in type(self).model_fields.items()
            if name.startswith("slack_") and name != "slack_api_url" and getattr(self, name) not in {None, ()}
        ]
        if not missing or not given:
            return None
        return (
            f"{' and '.join(missing)} {'are' if len(missing) > 1 else 'is'} missing: {given[0]} is set, and "
            "Slack needs both tokens"
        )

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

    @property
    def address(self) -> Address:
        """Return where the database is."""
        return parse_address(self.database_url)


def read_settings(env_file: str | Path | None = ".env") -> Settings:
    """Read the settings. Raises SettingsError with one sentence per wrong variable."""
    try:
        return Settings(_env_file=env_file)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            "\n".join(_sentence(str(one["loc"][0]) if one["loc"] else "", one["msg"]) for one in found)
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{env_file} is not a text file in UTF-8") from error


def _sentence(name: str, message: str) -> str:
    reason = message.removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}" if name else reason


def names() -> tuple[str, ...]:
    """Return the environment name of every setting."""
    return tuple(str(field.alias) for field in Settings.model_fields.values())


def misspelt(environment: Mapping[str, str] | None = None, env_file: str | Path = ".env") -> dict[str, str]:
    """Return names in the environment and the file that look like ours and are not, each with the nearest right one."""
    given = dict(os.environ if environment is None else environment)
    in_file = dotenv_values(env_file) if Path(env_file).is_file() else {}
    return misspelt_among(set(given) | set(in_file), known=names(), foreign=CLIENT_NAMES)
