"""Every setting, from the environment or `.env`."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from app.settings import Settings, SettingsError, misspelt, names, read_settings

NOBODY = 65534

GOOD = {
    "HOST": ("127.0.0.1", "host", "127.0.0.1"),
    "PORT": ("8080", "port", 8080),
    "AGENTGATE_PUBLIC_URL": ("https://gate.example.com/", "public_url", "https://gate.example.com"),
    "DATABASE_URL": ("sqlite:///srv/gate.db", "database_url", "sqlite:///srv/gate.db"),
    "ALLOW_SELF_APPROVAL": ("true", "allow_self_approval", True),
    "REQUEST_TIMEOUT_SEC": ("0", "request_timeout_sec", 0),
    "RATE_LIMIT_ENABLED": ("false", "rate_limit_enabled", False),
    "RATE_LIMIT_RPM": ("600", "rate_limit_rpm", 600),
    "LINK_TTL_HOURS": ("0.5", "link_ttl_hours", 0.5),
    "SINGLE_CLICK_LINKS": ("true", "single_click_links", True),
    "CHAT_LINK_BUTTONS": ("false", "chat_link_buttons", False),
    "CORS_ALLOWED_ORIGINS": (
        "https://a.example, http://b.example:8080 ,", "cors_allowed_origins",
        ("https://a.example", "http://b.example:8080"),
    ),
    "TRUSTED_PROXIES": ("10.0.0.0/8,::1, 192.168.1.1", "trusted_proxies", ("10.0.0.0/8", "::1", "192.168.1.1")),
    "LOG_LEVEL": ("WARNING", "log_level", "warning"),
    "LOG_FORMAT": ("Json", "log_format", "json"),
}  # fmt: skip

BAD = {
    "PORT": ["http", "-1", "65536", "3000.5", "3000abc"],
    "AGENTGATE_PUBLIC_URL": [
        "gate.example.com",
        "ftp://x",
        "http://",
        "http://x:99999",
        "http://x?a=b",
        "javascript:x",
    ],
    "AGENTGATE_SECRET_KEY": ["short", "x" * 15],
    "DATABASE_URL": ["mysql://x", "data/", "sqlite://"],
    "METRICS_TOKEN": ["é x", "schlüssel", "two words", " ", "line\nbreak", "\u200b"],
    "ADMIN_API_KEY": ["agk_short", "x" * 40, "AGK_" + "x" * 40],
    "ALLOW_SELF_APPROVAL": ["maybe", "2"],
    "REQUEST_TIMEOUT_SEC": ["-1", "1h", "999999999999", "nan"],
    "RATE_LIMIT_ENABLED": ["sometimes"],
    "RATE_LIMIT_RPM": ["0", "-5", "many", "1000001"],
    "LINK_TTL_HOURS": ["0", "-1", "a day", "nan", "inf", "8761"],
    "SINGLE_CLICK_LINKS": ["perhaps"],
    "CHAT_LINK_BUTTONS": ["perhaps"],
    "CORS_ALLOWED_ORIGINS": ["*", "example.com", "https://a.example/path", "https://a.example,nonsense"],
    "TRUSTED_PROXIES": ["everybody", "10.0.0.0/33", "10.0.0.1,x"],
    "LOG_LEVEL": ["loud", "critical"],
    "LOG_FORMAT": ["xml"],
}


def test_without_any_variable_it_runs_on_sqlite() -> None:
    settings = read_settings()
    assert (settings.host, settings.port, settings.public_url) == ("0.0.0.0", 3000, "")  # noqa: S104 - the default
    assert (settings.database_url, settings.address.is_sqlite) == ("data/agentgate.db", True)
    assert (settings.request_timeout_sec, settings.rate_limit_rpm, settings.rate_limit_enabled) == (3600, 60, True)
    assert not settings.allow_self_approval
    assert (settings.secret_key, settings.admin_api_key) == (None, None)


@pytest.mark.parametrize("name", GOOD)
def test_a_variable_is_read(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    written, field, value = GOOD[name]
    monkeypatch.setenv(name, written)
    assert getattr(read_settings(), field) == value


def test_the_word_for_the_metrics_may_be_short(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("METRICS_TOKEN", "scrape")
    token = read_settings().metrics_token
    assert token is not None
    assert token.get_secret_value() == "scrape"


def test_secrets_are_read_and_not_shown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AGENTGATE_SECRET_KEY", "s3cr3t-" * 5)
    monkeypatch.setenv("ADMIN_API_KEY", "agk_" + "k3y" * 10)
    settings = read_settings()
    assert settings.secret_key is not None
    assert settings.admin_api_key is not None
    assert settings.secret_key.get_secret_value() == "s3cr3t-" * 5
    assert settings.admin_api_key.get_secret_value() == "agk_" + "k3y" * 10
    for shown in (repr(settings), str(settings), settings.model_dump_json()):
        assert "s3cr3t" not in shown
        assert "k3yk3y" not in shown


@pytest.mark.parametrize("name", sorted({*GOOD, *BAD}))
def test_an_empty_variable_counts_as_absent(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    plain = read_settings()
    monkeypatch.setenv(name, "")
    assert read_settings() == plain


@pytest.mark.parametrize(("name", "wrong"), [(name, wrong) for name, list_ in BAD.items() for wrong in list_])
def test_a_bad_value_is_one_sentence_that_names_its_variable(
    monkeypatch: pytest.MonkeyPatch, name: str, wrong: str
) -> None:
    monkeypatch.setenv(name, wrong)
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    sentence = str(refusal.value)
    assert sentence.startswith(f"{name}: ")
    assert "\n" not in sentence
    assert "pydantic" not in sentence
    assert "Value error" not in sentence


def test_a_wrong_secret_is_not_repeated(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("ADMIN_API_KEY", "hunter2hunter2hunter2")
    monkeypatch.setenv("AGENTGATE_SECRET_KEY", "hunter2")
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    assert "hunter2" not in str(refusal.value)


def test_every_wrong_variable_is_named_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PORT", "x")
    monkeypatch.setenv("RATE_LIMIT_RPM", "0")
    with pytest.raises(SettingsError) as refusal:
        read_settings()
    assert [line.partition(":")[0] for line in str(refusal.value).splitlines()] == ["PORT", "RATE_LIMIT_RPM"]


@pytest.mark.parametrize("scheme", ["postgres", "postgresql"])
def test_postgresql_needs_a_shared_secret(monkeypatch: pytest.MonkeyPatch, scheme: str) -> None:
    monkeypatch.setenv("DATABASE_URL", f"{scheme}://gate:pw@db/gate")
    with pytest.raises(SettingsError, match="AGENTGATE_SECRET_KEY is required with PostgreSQL"):
        read_settings()
    monkeypatch.setenv("AGENTGATE_SECRET_KEY", "x" * 32)
    assert not read_settings().address.is_sqlite


class TestFile:
    """The same from `.env`."""

    def test_a_variable_is_read(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("# ours\nPORT=4000\nHOST='localhost'\nLOG_FORMAT=\nSOMEBODY_ELSES=5\n")
        settings = read_settings()
        assert (settings.port, settings.host, settings.log_format) == (4000, "localhost", None)

    def test_the_environment_wins(self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        (tmp_path / ".env").write_text("PORT=4000\nRATE_LIMIT_RPM=7\n")
        monkeypatch.setenv("PORT", "5000")
        settings = read_settings()
        assert (settings.port, settings.rate_limit_rpm) == (5000, 7)

    def test_a_bad_value_names_its_variable(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_text("PORT=high\n")
        with pytest.raises(SettingsError, match=r"^PORT: "):
            read_settings()

    def test_another_place(self, tmp_path: Path) -> None:
        (tmp_path / "other.env").write_text("PORT=4001\n")
        assert read_settings(tmp_path / "other.env").port == 4001
        assert read_settings(None).port == 3000

    def test_what_is_no_text_is_refused(self, tmp_path: Path) -> None:
        (tmp_path / ".env").write_bytes(b"PORT=\xff\xfe\n")
        with pytest.raises(SettingsError, match="is not a text file in UTF-8"):
            read_settings()

    def test_what_may_not_be_read_is_said(self, tmp_path: Path) -> None:
        with an_ordinary_user_before(tmp_path):
            with pytest.raises(SettingsError, match=rf"^\.env: this user may not read it in {tmp_path}"):
                read_settings()
            assert misspelt({"REDIS_URI": "1"}) == {"REDIS_URI": "REDIS_URL"}


@contextmanager
def an_ordinary_user_before(folder: Path) -> Iterator[None]:
    """Be somebody, root or not, who may not look into a folder."""
    is_root = os.geteuid() == 0
    folder.chmod(0)
    if is_root:
        os.seteuid(NOBODY)
    try:
        yield
    finally:
        if is_root:
            os.seteuid(0)
        folder.chmod(0o700)


class TestMisspelt:
    """A name that looks like ours and is not."""

    @pytest.mark.parametrize(
        ("wrong", "right"),
        [
            ("AGENTGATE_PUBLIC_URLS", "AGENTGATE_PUBLIC_URL"),
            ("AGENTGATE_PUBLICURL", "AGENTGATE_PUBLIC_URL"),
            ("AGENTGATE_SECRET", "AGENTGATE_SECRET_KEY"),
            ("DATABSE_URL", "DATABASE_URL"),
            ("ALLOW_SELF_APROVAL", "ALLOW_SELF_APPROVAL"),
            ("REQUEST_TIMEOUT_SECS", "REQUEST_TIMEOUT_SEC"),
            ("RATE_LIMITS_RPM", "RATE_LIMIT_RPM"),
            ("LOGLEVEL", "LOG_LEVEL"),
            ("log_levl", "LOG_LEVEL"),
            ("ADMIN_APIKEY", "ADMIN_API_KEY"),
        ],
    )
    def test_it_is_told_with_the_nearest_right_one(self, tmp_path: Path, wrong: str, right: str) -> None:
        assert misspelt({wrong: "x"}) == {wrong: right}
        (tmp_path / ".env").write_text(f"{wrong}=x\n")
        assert misspelt({}) == {wrong: right}

    @pytest.mark.parametrize(
        "foreign",
        ["PATH", "HOME", "HOSTNAME", "USER", "LANG", "SHELL", "TERM", "PYTHONPATH", "CI", "DEBUG", "REPORT", "LOGNAME",
         "COLUMNS", "PWD", "VIRTUAL_ENV", "AGENTGATE_URL", "AGENTGATE_API_KEY", "agentgate_url", "SSH_CLIENT"],
    )  # fmt: skip
    def test_what_belongs_to_others_is_not(self, foreign: str) -> None:
        assert misspelt({foreign: "x"}) == {}

    def test_right_names_are_right_in_any_case(self, monkeypatch: pytest.MonkeyPatch) -> None:
        everything = dict.fromkeys(names(), "x") | {name.lower(): "x" for name in names()}
        assert misspelt(everything) == {}
        monkeypatch.setenv("rate_limit_rpm", "9")
        assert read_settings().rate_limit_rpm == 9

    def test_the_real_environment_is_looked_at(self, monkeypatch: pytest.MonkeyPatch) -> None:
        monkeypatch.setenv("RATE_LIMIT_RPMS", "5")
        assert misspelt()["RATE_LIMIT_RPMS"] == "RATE_LIMIT_RPM"


def test_every_setting_says_what_it_is() -> None:
    for name, field in zip(names(), Settings.model_fields.values(), strict=True):
        assert name == name.upper()
        assert field.description, name
