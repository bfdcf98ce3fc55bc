"""What the settings say about Discord: whole or not at all, a token that can be one, ids that are ids."""

import pytest

from app.settings import SettingsError, read_settings
from bot.discord.options import DISCORD, DiscordOptions

TOKEN = "MTIzNDU2Nzg5.abc.def"


@pytest.fixture
def _token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", TOKEN)


def refusal() -> str:
    """Return how the settings are refused."""
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value)


def test_without_a_token_there_is_no_discord(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().discord is None
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:9/api")
    assert read_settings().discord is None


@pytest.mark.usefixtures("_token")
def test_a_token_is_enough() -> None:
    options = read_settings().discord
    assert options == DiscordOptions(bot_token=TOKEN, api_url=DISCORD)
    assert options is not None
    assert (options.default_target, options.trusted) == (None, frozenset())


@pytest.mark.usefixtures("_token")
def test_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_DEFAULT_CHANNEL_ID", "discord:1001")
    monkeypatch.setenv("DISCORD_ALLOWED_GUILDS", "1, 2")
    monkeypatch.setenv("DISCORD_ALLOWED_CHANNELS", "1001,")
    monkeypatch.setenv("DISCORD_APPROVERS", "42,discord:role:77")
    monkeypatch.setenv("DISCORD_AUDITORS", "43")
    monkeypatch.setenv("DISCORD_ADMINS", "role:78")
    monkeypatch.setenv("DISCORD_API_URL", "http://127.0.0.1:9/api/v10/")
    options = read_settings().discord
    assert options is not None
    assert (options.default_target, options.api_url) == ("discord:1001", "http://127.0.0.1:9/api/v10")
    assert options.allowed_guilds == {"1", "2"}
    assert options.allowed_channels == {"1001"}
    assert options.approvers == {"42", "role:77"}
    assert options.auditors == {"43"}
    assert options.admins == {"role:78"}
    assert options.trusted == {"discord:42", "discord:role:77", "discord:role:78"}


@pytest.mark.usefixtures("_token")
def test_the_default_may_be_a_person(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("DISCORD_DEFAULT_CHANNEL_ID", "user:42")
    options = read_settings().discord
    assert options is not None
    assert options.default_target == "discord:user:42"


@pytest.mark.parametrize(
    "name", ["DISCORD_DEFAULT_CHANNEL_ID", "DISCORD_ALLOWED_GUILDS", "DISCORD_APPROVERS", "DISCORD_ADMINS"]
)
def test_half_a_section_names_what_is_missing(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    monkeypatch.setenv(name, "42")
    assert refusal() == f"DISCORD_BOT_TOKEN is missing: {name} is set, and Discord needs the token"


@pytest.mark.usefixtures("_token")
@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("DISCORD_DEFAULT_CHANNEL_ID", "#ops"),
        ("DISCORD_ALLOWED_GUILDS", "my guild"),
        ("DISCORD_ALLOWED_CHANNELS", "#ops"),
        ("DISCORD_APPROVERS", "ada"),
        ("DISCORD_ADMINS", "role:sre"),
        ("DISCORD_API_URL", "discord.com"),
    ],
)
def test_what_is_no_id_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, value: str) -> None:
    monkeypatch.setenv(name, value)
    assert refusal().startswith(f"{name}: ")
    assert value in refusal()


@pytest.mark.parametrize("token", ["Bot MTIz.abc.def", "MTIz abc", "xoxb-1-abc"])
def test_what_is_no_token_is_refused_and_not_repeated(monkeypatch: pytest.MonkeyPatch, token: str) -> None:
    monkeypatch.setenv("DISCORD_BOT_TOKEN", token)
    assert refusal().startswith("DISCORD_BOT_TOKEN: must be ")
    assert token not in refusal()
