"""Secrets out, invisible characters made visible."""

import json
import unicodedata
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from gateway.redact import REDACTED, folded, is_secret_name, shows_nothing, visible, without_secrets

SECRET = [
    "password", "Password", "PASSWORD", "db_password", "dbPassword", "DB-PASSWORD", "password_hash", "passwords",
    "userPwd", "DB_PWD", "pwd", "pw", "pass", "user pass", "passwd", "passphrase", "pass_phrase_secret",
    "secret", "clientSecret", "client-secret", "AWS_SECRET_ACCESS_KEY", "secrets", "secretKey",
    "token", "accessToken", "refresh_token", "X-Auth-Token", "csrf.token", "apiKey", "api_key", "api-key", "API Key",
    "apikey", "APIKey", "x-api-key", "accessKey", "privateKey", "private_key_pem", "signingKey", "sshKey",
    "encryptionKey", "credential", "credentials", "awsCredentials", "Authorization", "authorization_header", "auth",
    "basicAuth", "HTTPAuth", "x-auth", "auth_header", "bearer", "Cookie", "set-cookie", "sessionId", "session_id",
    "ssn", "user_ssn", "cvv", "cvc", "cardNumber", "card_number", "pin", "cardPin", "pinCode", "otp", "totp",
    "jwt", "connectionString", "dsn", "sentryDsn",
]  # fmt: skip
HARMLESS = [
    "env", "amount", "to", "bypass", "compass", "secretary", "author", "authority", "authType", "pinned", "spin",
    "opinion", "shopping", "passenger", "passive", "key", "keyboard", "primaryKey", "monkey", "hotpot", "session",
    "description", "card", "number", "shipping", "", "名前",
]  # fmt: skip


@pytest.mark.parametrize("name", SECRET)
def test_secrets_are_known_by_their_names(name: str) -> None:
    assert is_secret_name(name)


@pytest.mark.parametrize("name", HARMLESS)
def test_what_an_approver_needs_is_shown(name: str) -> None:
    assert not is_secret_name(name)


def test_secrets_are_found_however_deep_they_lie() -> None:
    shape = {
        "a": [{"b": [{"apiKey": "k", "c": 1}]}],
        "password": {"old": "x", "new": ["y"]},
        "tokens": ["x", "y"],
        "pin": 1234,
        "tuple": ({"secret": "s"},),
    }
    shown = without_secrets(shape)
    assert shown == {
        "a": [{"b": [{"apiKey": REDACTED, "c": 1}]}],
        "password": REDACTED,
        "tokens": REDACTED,
        "pin": REDACTED,
        "tuple": [{"secret": REDACTED}],
    }
    assert shape["pin"] == 1234


def test_that_a_secret_is_empty_is_no_secret() -> None:
    assert without_secrets({"password": "", "token": None}) == {"password": "", "token": None}


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.sampled_from([*SECRET, *HARMLESS]), inner, max_size=3)
    ),
    max_leaves=12,
)


@given(values, st.sampled_from(SECRET))
def test_no_secret_is_left_over(value: Any, name: str) -> None:
    shown = json.dumps(without_secrets({"around": [value, {name: "hunter2!"}]}))
    assert "hunter2!" not in shown


@given(values)
def test_what_is_left_out_is_left_out_once(value: Any) -> None:
    assert without_secrets(without_secrets(value)) == without_secrets(value)


ORDINARY = [
    "plain text", "Überweisung – „naïve“ … €", "東京都の請求書、至急", "Привет, мир!", "مرحبا", "שלום", "हिन्दी", "ไทย",
    "한국어", "🚀 👍🏽 ✓", "e\u0301", "a  b", "~`\\|<>&*_", "½ × ²", "",
]  # fmt: skip


@pytest.mark.parametrize("text", ORDINARY)
def test_ordinary_text_is_left_alone(text: str) -> None:
    assert visible(text) == text


@pytest.mark.parametrize(
    ("hidden", "shown"),
    [
        ("\u202e", "\\u202e"),
        ("\u2066", "\\u2066"),
        ("\u200b", "\\u200b"),
        ("\u200d", "\\u200d"),
        ("\ufeff", "\\ufeff"),
        ("\u00ad", "\\u00ad"),
        ("\u2060", "\\u2060"),
        ("\ufe0f", "\\ufe0f"),
        ("\U000e0101", "\\U000e0101"),
        ("\U000e0041", "\\U000e0041"),
        ("\u180b", "\\u180b"),
        ("\u180e", "\\u180e"),
        ("\u17b4", "\\u17b4"),
        ("\u3164", "\\u3164"),
        ("\u115f", "\\u115f"),
        ("\u2800", "\\u2800"),
        ("\u034f", "\\u034f"),
        ("\u00a0", "\\u00a0"),
        ("\u2003", "\\u2003"),
        ("\u2028", "\\u2028"),
        ("\u2029", "\\u2029"),
        ("\x1b[31m", "\\u001b[31m"),
        ("\x9b31m", "\\u009b31m"),
        ("\x00", "\\u0000"),
        ("\x07", "\\u0007"),
        ("\x7f", "\\u007f"),
        ("\n", "\\n"),
        ("\r", "\\r"),
        ("\t", "\\t"),
        ("\ud800", "\\ud800"),
        ("\ue000", "\\ue000"),
        ("\U0010ffff", "\\U0010ffff"),
    ],
)
def test_what_nobody_sees_is_written_out(hidden: str, shown: str) -> None:
    assert visible(f"a{hidden}b") == f"a{shown}b"


def test_what_may_stay_stays() -> None:
    assert visible("a\nb\tc", keep="\n") == "a\nb\\tc"


@given(st.text(max_size=60))
def test_nothing_invisible_is_left_and_nothing_is_lost(text: str) -> None:
    shown = visible(text)
    assert shown.isprintable()
    assert not any(unicodedata.category(character) in {"Cc", "Cf", "Zl", "Zp", "Cs", "Co"} for character in shown)
    assert visible(shown) == shown
    assert len(shown) >= len(text)


@pytest.mark.parametrize(
    ("written", "line"),
    [
        ("one line", "one line"),
        ("first\nsecond\r\nthird\rfourth", "first / second / third / fourth"),
        ("a paragraph\n\n   - and a list  \n", "a paragraph / - and a list"),
        ("no\nOutcome: approved by slack:U1", "no / Outcome: approved by slack:U1"),
        ("tab\tand \u202e and\u2028line", "tab\\tand \\u202e and\\u2028line"),
        ("\t\n\u200b", "\\t / \\u200b"),
        ("\n", ""),
    ],
)
def test_what_was_written_over_several_lines_is_folded_into_one(written: str, line: str) -> None:
    assert folded(written) == line


@given(st.text(max_size=60))
def test_what_is_folded_is_one_line_in_which_everything_is_seen(text: str) -> None:
    assert folded(text).isprintable()


@pytest.mark.parametrize("blank", ["", " ", "\n\t", "\u200b\u2060", "\u3164", "\u00a0\u3000", "\u202e"])
def test_blank_is_what_a_reader_sees_as_blank(blank: str) -> None:
    assert shows_nothing(blank)
    assert not shows_nothing(f"{blank}.")
