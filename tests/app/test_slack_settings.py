"""What the settings say about Slack: whole or not at all, right kinds of tokens, ids that are ids."""

from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings
from bot.slack.options import SLACK, SlackOptions
from tests.stories.server import SERVER, run

BOT = "xoxb-1-abc"
APP = "xapp-1-A1-2-abc"


@pytest.fixture
def _tokens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_BOT_TOKEN", BOT)
    monkeypatch.setenv("SLACK_APP_TOKEN", APP)


def refusal() -> str:
    """Return how the settings are refused."""
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value)


def test_without_tokens_there_is_no_slack(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().slack is None
    monkeypatch.setenv("SLACK_API_URL", "http://127.0.0.1:9/api")
    assert read_settings().slack is None


@pytest.mark.usefixtures("_tokens")
def test_two_tokens_are_enough() -> None:
    assert read_settings().slack == SlackOptions(bot_token=BOT, app_token=APP, api_url=SLACK)


@pytest.mark.usefixtures("_tokens")
def test_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("SLACK_DEFAULT_CHANNEL", "slack:#ops")
    monkeypatch.setenv("SLACK_ALLOWED_CHANNELS", "C0123ABC, G0123ABC")
    monkeypatch.setenv("SLACK_APPROVERS", "U0123ABC,slack:S0123ABC")
    monkeypatch.setenv("SLACK_AUDITORS", "W0123ABC")
    monkeypatch.setenv("SLACK_ADMINS", "U0456DEF,")
    monkeypatch.setenv("SLACK_API_URL", "https://slack-gov.com/api")
    options = read_settings().slack
    assert options is not None
    assert (options.default_target, options.api_url) == ("slack:#ops", "https://slack-gov.com/api/")
    assert options.allowed_channels == {"C0123ABC", "G0123ABC"}
    assert options.approvers == {"U0123ABC", "S0123ABC"}
    assert options.auditors == {"W0123ABC"}
    assert options.admins == {"U0456DEF"}


@pytest.mark.parametrize(
    ("given", "missing"),
    [
        ({"SLACK_BOT_TOKEN": BOT}, "SLACK_APP_TOKEN is missing: SLACK_BOT_TOKEN is set"),
        ({"SLACK_APP_TOKEN": APP}, "SLACK_BOT_TOKEN is missing: SLACK_APP_TOKEN is set"),
        ({"SLACK_ADMINS": "U1234"}, "SLACK_BOT_TOKEN and SLACK_APP_TOKEN are missing: SLACK_ADMINS is set"),
        ({"SLACK_DEFAULT_CHANNEL": "#ops", "SLACK_BOT_TOKEN": BOT}, "SLACK_APP_TOKEN is missing"),
    ],
)
def test_half_a_section_ends_the_start_and_names_what_is_missing(
    tmp_path: Path, given: dict[str, str], missing: str
) -> None:
    ended = run([SERVER, "serve"], tmp_path, **given)
    assert ended.returncode == 1
    assert ended.stderr.startswith(f"agentgate-server: {missing}")
    assert len(ended.stderr.splitlines()) == 1
    assert "abc" not in ended.stderr


@pytest.mark.parametrize(
    ("name", "token", "is_"),
    [
        ("SLACK_BOT_TOKEN", APP, "an app-level token"),
        ("SLACK_BOT_TOKEN", "xoxp-1-abc", "a user token"),
        ("SLACK_BOT_TOKEN", "xoxe.xoxb-1-abc", "a token that rotates"),
        ("SLACK_BOT_TOKEN", "abcdef", "no Slack token"),
        ("SLACK_APP_TOKEN", BOT, "a bot token"),
    ],
)
@pytest.mark.usefixtures("_tokens")
def test_the_wrong_kind_of_token_is_named_and_not_repeated(
    monkeypatch: pytest.MonkeyPatch, name: str, token: str, is_: str
) -> None:
    monkeypatch.setenv(name, token)
    sentence = refusal()
    assert sentence.startswith(f"{name}: must be ")
    assert sentence.endswith(f"this is {is_}")
    assert "abc" not in sentence


@pytest.mark.parametrize(
    ("name", "wrong"),
    [
        ("SLACK_DEFAULT_CHANNEL", "ops"), ("SLACK_DEFAULT_CHANNEL", "#"), ("SLACK_DEFAULT_CHANNEL", "discord:1"),
        ("SLACK_ALLOWED_CHANNELS", "#ops"), ("SLACK_ALLOWED_CHANNELS", "C0123ABC,U0123ABC"),
        ("SLACK_APPROVERS", "@ada"), ("SLACK_AUDITORS", "ada@example.com"), ("SLACK_ADMINS", "U0123ABC,C0123ABC"),
        ("SLACK_API_URL", "slack.com"), ("SLACK_API_URL", "ws://x"),
    ],
)  # fmt: skip
@pytest.mark.usefixtures("_tokens")
def test_what_is_no_id_is_refused(monkeypatch: pytest.MonkeyPatch, name: str, wrong: str) -> None:
    monkeypatch.setenv(name, wrong)
    sentence = refusal()
    assert sentence.startswith(f"{name}: ")
    assert "\n" not in sentence
