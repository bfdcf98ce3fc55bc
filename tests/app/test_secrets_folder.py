"""Settings from a folder of secrets, as engines of containers mount it."""

from pathlib import Path

import pytest

from app.settings import SettingsError, read_settings


@pytest.fixture
def secrets(tmp_path: Path) -> Path:
    folder = tmp_path / "secrets"
    folder.mkdir()
    return folder


def test_a_file_gives_the_setting_whose_name_it_has(secrets: Path) -> None:
    (secrets / "AGENTGATE_SECRET_KEY").write_text("from-a-file-" * 3 + "\n")
    (secrets / "SLACK_APPROVERS").write_text("U0123ABC, S0123ABC")
    (secrets / "SLACK_BOT_TOKEN").write_text("xoxb-1")
    (secrets / "SLACK_APP_TOKEN").write_text("xapp-1")
    (secrets / "pgpass").write_text("not ours")
    settings = read_settings(secrets=secrets)
    assert settings.secret_key is not None
    assert settings.secret_key.get_secret_value() == "from-a-file-" * 3
    assert settings.slack_approvers == ("U0123ABC", "S0123ABC")


def test_the_environment_and_the_file_win(secrets: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("PORT", "RATE_LIMIT_RPM", "REQUEST_TIMEOUT_SEC"):
        (secrets / name).write_text("1")
    monkeypatch.setenv("PORT", "2")
    monkeypatch.setenv("REQUEST_TIMEOUT_SEC", "")
    (tmp_path / ".env").write_text("RATE_LIMIT_RPM=3\n")
    settings = read_settings(secrets=secrets)
    assert (settings.port, settings.rate_limit_rpm, settings.request_timeout_sec) == (2, 3, 1)


def test_a_wrong_secret_is_refused_by_its_name_and_not_repeated(secrets: Path) -> None:
    (secrets / "ADMIN_API_KEY").write_text("hunter2")
    with pytest.raises(SettingsError, match=r"^ADMIN_API_KEY: must begin with agk_") as refusal:
        read_settings(secrets=secrets)
    assert "hunter2" not in str(refusal.value)


def test_without_the_folder_nothing_is_missed(tmp_path: Path) -> None:
    assert read_settings(secrets=tmp_path / "nowhere") == read_settings()


def test_a_file_that_cannot_be_read_is_refused(secrets: Path) -> None:
    (secrets / "METRICS_TOKEN").write_bytes(b"\xff" * 32)
    with pytest.raises(SettingsError, match=r"the files in .*secrets cannot be used .*: one is not text in UTF-8$"):
        read_settings(secrets=secrets)
