"""What the settings say about mail: whole or not at all, senders and recipients that can be ones."""

import pytest

from app.settings import SettingsError, read_settings
from gateway.notifiers.email.options import MailOptions, Security

WHOLE = {"SMTP_HOST": "smtp.example.com", "SMTP_FROM": "AgentGate <gate@example.com>"}


def given(monkeypatch: pytest.MonkeyPatch, **settings: str) -> None:
    """Set these in the environment."""
    for name, value in settings.items():
        monkeypatch.setenv(name, value)


def refusal() -> str:
    """Return how the settings are refused."""
    with pytest.raises(SettingsError) as refused:
        read_settings()
    return str(refused.value)


def test_without_a_server_there_is_no_mail(monkeypatch: pytest.MonkeyPatch) -> None:
    assert read_settings().mail is None
    given(monkeypatch, SMTP_PORT="25", SMTP_TLS="none")
    assert read_settings().mail is None


def test_a_server_and_a_sender_are_enough(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **WHOLE)
    options = read_settings().mail
    assert options == MailOptions(host="smtp.example.com", sender="AgentGate <gate@example.com>")
    assert options is not None
    assert (options.address, options.domain, options.default_targets) == ("gate@example.com", "example.com", ())


def test_everything_is_read(monkeypatch: pytest.MonkeyPatch) -> None:
    given(monkeypatch, **WHOLE, SMTP_PORT="465", SMTP_TLS="TLS", SMTP_USER="gate", SMTP_PASS="hush")
    given(monkeypatch, EMAIL_DEFAULT_TO="a@example.com, email:b@example.com")
    options = read_settings().mail
    assert options is not None
    assert (options.port, options.security, options.user, options.password) == (465, Security.TLS, "gate", "hush")
    assert options.default_targets == ("email:a@example.com", "email:b@example.com")
    assert "hush" not in repr(read_settings())


@pytest.mark.parametrize(
    ("settings", "sentence"),
    [
        ({"SMTP_HOST": "h"}, "SMTP_FROM is missing: SMTP_HOST is set, and mail needs a sender"),
        ({"SMTP_FROM": "a@b.c"}, "SMTP_HOST is missing: SMTP_FROM is set, and mail needs a server to send it"),
        ({"EMAIL_DEFAULT_TO": "a@b.c"}, "SMTP_HOST is missing: EMAIL_DEFAULT_TO is set"),
        ({**WHOLE, "SMTP_USER": "gate"}, "SMTP_PASS is missing: SMTP_USER is set, and a login needs both"),
        ({**WHOLE, "SMTP_PASS": "hush"}, "SMTP_USER is missing: SMTP_PASS is set, and a login needs both"),
        ({**WHOLE, "SMTP_HOST": "smtp://h"}, "SMTP_HOST: smtp://h is not a name"),
        ({**WHOLE, "SMTP_HOST": "h.example.com:25"}, "the port goes into SMTP_PORT"),
        ({**WHOLE, "SMTP_FROM": "nobody"}, "SMTP_FROM: nobody is not a sender"),
        ({**WHOLE, "SMTP_FROM": "a@b.c, d@e.f"}, "SMTP_FROM: a@b.c, d@e.f is not a sender"),
        ({**WHOLE, "SMTP_FROM": "jürgen@example.com"}, "SMTP_FROM: jürgen@example.com is not a sender"),
        ({**WHOLE, "SMTP_FROM": "x\r\nBcc: a@b.c"}, "is not a sender"),
        ({**WHOLE, "SMTP_TLS": "ssl"}, "SMTP_TLS: "),
        ({**WHOLE, "EMAIL_DEFAULT_TO": "a@example.com,nobody"}, "EMAIL_DEFAULT_TO: “email:nobody” is not a target"),
    ],
)
def test_what_cannot_be_is_refused_by_name(
    monkeypatch: pytest.MonkeyPatch, settings: dict[str, str], sentence: str
) -> None:
    given(monkeypatch, **settings)
    said = refusal()
    assert sentence in said
    assert "hush" not in said
