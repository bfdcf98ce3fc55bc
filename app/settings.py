"""Every setting, read from the environment, `.env` or a folder of secrets, once; nothing else reads them."""

import os
from collections.abc import Mapping
from pathlib import Path
from typing import TypeVar

from dotenv import dotenv_values
from pydantic import ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict
from pydantic_settings import SettingsError as UnusableSource

from app.sections.discord import DiscordSettings, DiscordToken
from app.sections.links import LinkSettings
from app.sections.mail import MailSettings
from app.sections.network import NetworkSettings
from app.sections.redis import RedisSettings
from app.sections.server import ServerSettings
from app.sections.slack import SlackSettings
from app.sections.webhooks import WebhookSettings
from app.spelling import hinted_among, misspelt_among

Section = TypeVar("Section", bound=BaseSettings)

CLIENT_NAMES = frozenset({"AGENTGATE_URL", "AGENTGATE_API_KEY"})
"""What the SDK and the CLI read; they may stand in the same `.env`."""

SECRETS = Path("/run/secrets")
"""Where engines of containers put secrets: a file there gives the setting whose name it has."""


class SettingsError(Exception):
    """A setting cannot be used: names the variable, says why, and what to do."""


class Settings(
    NetworkSettings,
    WebhookSettings,
    MailSettings,
    DiscordSettings,
    SlackSettings,
    LinkSettings,
    RedisSettings,
    ServerSettings,
):
    """The settings of one server, listed from the last base to the first. Their descriptions are the reference."""

    model_config = SettingsConfigDict(env_file=".env", env_file_encoding="utf-8", extra="ignore", env_ignore_empty=True)


def read_settings(env_file: str | Path | None = ".env", *, secrets: Path = SECRETS) -> Settings:
    """Read the settings. Raises SettingsError with one sentence per wrong variable."""
    return _read(Settings, env_file, secrets)


def read_discord_token(env_file: str | Path | None = ".env") -> str | None:
    """Read Discord's token alone, however wrong the rest may be. Raises SettingsError when it cannot be one."""
    token = _read(DiscordToken, env_file).discord_bot_token
    return token.get_secret_value() if token else None


def _read(section: type[Section], env_file: str | Path | None, secrets: Path = SECRETS) -> Section:
    ours = os.access(secrets, os.R_OK | os.X_OK)  # on some machines the folder belongs to somebody else
    try:
        return section(_env_file=env_file, _secrets_dir=secrets if ours else None)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise SettingsError(
            "\n".join(_sentence(str(one["loc"][0]) if one["loc"] else "", one["msg"]) for one in found)
        ) from error
    except UnicodeDecodeError as error:
        raise SettingsError(f"{env_file} is not a text file in UTF-8") from error
    except PermissionError as error:
        raise SettingsError(
            f"{env_file}: this user may not read it in {Path.cwd()}; start in a folder that they may read, or let them"
        ) from error
    except UnusableSource as error:
        reason = error.__cause__ if isinstance(error.__cause__, OSError) else "one is not text in UTF-8"
        raise SettingsError(f"the files in {secrets} cannot be used as settings: {reason}") from error


def _sentence(name: str, message: str) -> str:
    reason = message.removeprefix("Value error, ")
    return f"{name}: {reason[0].lower()}{reason[1:]}" if name else reason


def names() -> tuple[str, ...]:
    """Return the environment name of every setting."""
    return tuple(str(field.alias) for field in Settings.model_fields.values())


def misspelt(environment: Mapping[str, str] | None = None, env_file: str | Path = ".env") -> dict[str, str]:
    """Return names in the environment and the file that look like ours and are not, each with the nearest right one."""
    return misspelt_among(_given(environment, env_file), known=names(), foreign=CLIENT_NAMES)


def hinted(environment: Mapping[str, str] | None = None, env_file: str | Path = ".env") -> dict[str, str]:
    """Return names that are another program's or were meant for us, each with ours."""
    return hinted_among(_given(environment, env_file))


def _given(environment: Mapping[str, str] | None, env_file: str | Path) -> set[str]:
    given = os.environ if environment is None else environment
    # Path.is_file raises where the folder may not be read.
    in_file = dotenv_values(env_file) if os.path.isfile(env_file) and os.access(env_file, os.R_OK) else {}
    return set(given) | set(in_file)
