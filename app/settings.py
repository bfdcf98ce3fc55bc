"""Every setting, read from the environment or `.env`, once; nothing else reads them."""

import difflib
import os
import re
from collections.abc import Callable, Iterable, Mapping
from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from urllib.parse import urlsplit

from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from bot.slack.options import SLACK, SlackOptions
from gateway.errors import Invalid
from gateway.keyring import PREFIX
from gateway.keys import SHORTEST_KEY
from gateway.targets import check_approver, check_target
from models.db import Address, parse_address

SHORTEST_SECRET = 16
CLIENT_NAMES = frozenset({"AGENTGATE_URL", "AGENTGATE_API_KEY"})
"""What the SDK and the CLI read; they may stand in the same `.env`."""

NEAR = 0.83
"""How like one of ours an unknown name must be to count as misspelt (difflib's ratio)."""

WordList = Annotated[tuple[str, ...], NoDecode]


class SettingsError(Exception):
    """A setting cannot be used: names the variable, says why, and what to do."""


class Settings(BaseSettings):
    """The settings of one server. Field descriptions become `.env.example` and the reference page."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)

    host: str = Field("0.0.0.0", alias="HOST", description="The address to listen on")  # noqa: S104 - agents and containers call from elsewhere
    port: int = Field(3000, alias="PORT", ge=0, le=65535, description="The port to listen on; 0 takes a free one")
    public_url: str = Field("", alias="AGENTGATE_PUBLIC_URL", description="Where people and agents reach this server")
    secret_key: SecretStr | None = Field(
        None,
        alias="AGENTGATE_SECRET_KEY",
        description="Keys API key digests, links and sessions; made and kept beside the SQLite file when absent",
    )
    database_url: str = Field(
        "data/agentgate.db", alias="DATABASE_URL", description="A SQLite path, `:memory:`, sqlite://… or postgres://…"
    )
    admin_api_key: SecretStr | None = Field(
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
    slack_bot_token: SecretStr | None = Field(
        None, alias="SLACK_BOT_TOKEN", description="The Slack app's bot token, xoxb-…; goes with SLACK_APP_TOKEN"
    )
    slack_app_token: SecretStr | None = Field(
        None, alias="SLACK_APP_TOKEN", description="The Slack app's app-level token, xapp-…, with connections:write"
    )
    slack_default_channel: str | None = Field(
        None, alias="SLACK_DEFAULT_CHANNEL", description="Where cards go when no rule names a channel: #ops, C… or U…"
    )
    slack_allowed_channels: WordList = Field(
        (), alias="SLACK_ALLOWED_CHANNELS", description="Channel ids in which people may act; all when empty"
    )
    slack_approvers: WordList = Field(
        (),
        alias="SLACK_APPROVERS",
        description="User and user-group ids who may decide; empty: whoever sees the card",
    )
    slack_auditors: WordList = Field(
        (),
        alias="SLACK_AUDITORS",
        description="User and user-group ids who may search the audit; empty: approvers",
    )
    slack_admins: WordList = Field(
        (), alias="SLACK_ADMINS", description="User and user-group ids who may keep keys, policies and people"
    )
    slack_api_url: str = Field(
        SLACK, alias="SLACK_API_URL", description="The Web API's address: GovSlack, a proxy, a test server"
    )
    cors_allowed_origins: WordList = Field(
        (), alias="CORS_ALLOWED_ORIGINS", description="Origins whose pages may call the API, separated by commas"
    )
    trusted_proxies: WordList = Field(
        (), alias="TRUSTED_PROXIES", description="Addresses or networks of proxies whose X-Forwarded-For counts"
    )
    log_level: Literal["debug", "info", "warning", "error"] | None = Field(
        None, alias="LOG_LEVEL", description="debug, info, warning or error; info, and warning beside the local chat"
    )
    log_format: Literal["pretty", "json"] | None = Field(
        None, alias="LOG_FORMAT", description="pretty or json; pretty on a terminal"
    )

    @field_validator(
        "cors_allowed_origins",
        "trusted_proxies",
        "slack_allowed_channels",
        "slack_approvers",
        "slack_auditors",
        "slack_admins",
        mode="before",
    )
    @classmethod
    def _split(cls, text: object) -> object:
        return tuple(part.strip() for part in text.split(",") if part.strip()) if isinstance(text, str) else text

    @field_validator("log_level", "log_format", mode="before")
    @classmethod
    def _lower(cls, text: object) -> object:
        return text.lower() if isinstance(text, str) else text

    @field_validator("trusted_proxies")
    @classmethod
    def _networks(cls, proxies: tuple[str, ...]) -> tuple[str, ...]:
        for proxy in proxies:
            ip_network(proxy, strict=False)
        return proxies

    @field_validator("cors_allowed_origins")
    @classmethod
    def _origins(cls, origins: tuple[str, ...]) -> tuple[str, ...]:
        for origin in origins:
            _web_address(origin)
            if urlsplit(origin).path:
                raise ValueError(f"{origin} must be an origin without a path, like https://example.com")
        return origins

    @field_validator("public_url")
    @classmethod
    def _url(cls, url: str) -> str:
        return _web_address(url).rstrip("/") if url else url

    @field_validator("slack_api_url")
    @classmethod
    def _api_url(cls, url: str) -> str:
        return _web_address(url).rstrip("/") + "/"

    @field_validator("slack_bot_token", "slack_app_token")
    @classmethod
    def _token(cls, token: SecretStr | None, field: ValidationInfo) -> SecretStr | None:
        prefix = {"slack_bot_token": "xoxb-", "slack_app_token": "xapp-"}[field.field_name or ""]
        if token is not None and not token.get_secret_value().startswith(prefix):
            raise ValueError(f"must begin with {prefix}; the other tokens of a Slack app do something else")
        return token

    @field_validator("slack_default_channel")
    @classmethod
    def _channel(cls, channel: str | None) -> str | None:
        if channel is None:
            return None
        return _named(check_target, f"slack:{channel.removeprefix('slack:')}").removeprefix("slack:")

    @field_validator("slack_allowed_channels")
    @classmethod
    def _channels(cls, channels: tuple[str, ...]) -> tuple[str, ...]:
        for channel in channels:
            if not re.fullmatch(r"[CGD][A-Z0-9]{2,20}", channel):
                raise ValueError(f"{channel} is not a channel id like C0123ABC (channel details show it)")
        return channels

    @field_validator("slack_approvers", "slack_auditors", "slack_admins")
    @classmethod
    def _slack_people(cls, ids: tuple[str, ...]) -> tuple[str, ...]:
        return tuple(
            _named(check_approver, f"slack:{one.removeprefix('slack:')}").removeprefix("slack:") for one in ids
        )

    @field_validator("database_url")
    @classmethod
    def _database(cls, url: str) -> str:
        parse_address(url)
        return url

    @field_validator("admin_api_key")
    @classmethod
    def _admin_key(cls, key: SecretStr | None) -> SecretStr | None:
        if key is not None and (
            len(key.get_secret_value()) < SHORTEST_KEY or not key.get_secret_value().startswith(PREFIX)
        ):
            raise ValueError(f"must begin with {PREFIX} and have at least {SHORTEST_KEY} characters")
        return key

    @field_validator("secret_key")
    @classmethod
    def _secret(cls, secret: SecretStr | None) -> SecretStr | None:
        if secret is not None and len(secret.get_secret_value()) < SHORTEST_SECRET:
            raise ValueError(f"must have at least {SHORTEST_SECRET} characters")
        return secret

    @model_validator(mode="after")
    def _whole(self) -> Self:
        tokens = {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN": self.slack_app_token}
        missing = [name for name, token in tokens.items() if token is None]
        if len(missing) == 1:
            given = next(name for name in tokens if name not in missing)
            raise ValueError(f"{missing[0]} is missing: {given} is set, and Slack needs both")
        if not self.address.is_sqlite and self.secret_key is None:
            raise ValueError("AGENTGATE_SECRET_KEY is required with PostgreSQL: every replica needs the same one")
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


def _named(check: Callable[[str], str], text: str) -> str:
    try:
        return check(text)
    except Invalid as error:
        raise ValueError(error.sentence) from error


def _web_address(url: str) -> str:
    parts = urlsplit(url)
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment:
        raise ValueError(f"{url} is not a web address like https://gate.example.com")
    _ = parts.port  # raises ValueError for a port out of range
    return url


def names() -> tuple[str, ...]:
    """Return the environment name of every setting."""
    return tuple(str(field.alias) for field in Settings.model_fields.values())


def misspelt(environment: Mapping[str, str] | None = None, env_file: str | Path = ".env") -> dict[str, str]:
    """Return names that look like ours and are not, each with the nearest right one."""
    known = names()
    given = dict(os.environ if environment is None else environment)
    in_file = dotenv_values(env_file) if Path(env_file).is_file() else {}
    return dict(_near(set(given) | set(in_file), known))


def _near(given: Iterable[str], known: tuple[str, ...]) -> Iterable[tuple[str, str]]:
    for name in sorted(given):
        if name.upper() in known or name.upper() in CLIENT_NAMES:  # the case of a name does not matter
            continue
        nearest = difflib.get_close_matches(
            name.upper(), known, n=1, cutoff=0 if name.startswith("AGENTGATE_") else NEAR
        )
        if nearest:
            yield name, nearest[0]
