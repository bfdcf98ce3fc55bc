"""Secrets out, invisible characters made visible. PURE."""

import re
import unicodedata
from collections.abc import Mapping
from types import NoneType
from typing import Any

REDACTED = "•••• (hidden)"

SECRET_NAMES = re.compile(
    r"password|passwd|passphrase|passcode|secret(?!ar)|token|api_?key|access_?key|private_?key|signing_?key"
    r"|encryption_?key|ssh_?key|credential|authorization|bearer|cookie|session_?id|card_?number|connection_?string"
    r"|(^|_)(pass|pw|pwd|auth(_header)?|jwt|ssn|cvv|cvc|pin(_?code)?|[th]?otp|dsn)\d*$"
)
"""Names, lower-cased and with `-`, ` ` and `.` as `_`, whose values are never shown."""

INVISIBLE = {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
"""Unicode categories that a reader cannot see: control, format (bidi, zero-width), surrogates, separators …"""

LOOKS_EMPTY = frozenset("\u00a0\u115f\u1160\u2800\u3164\uffa0\u034f\u17b4\u17b5\u180b\u180c\u180d\u180f\U0001d159")
"""Letters, marks and spaces that show as nothing, or as a space that is none."""

SCALARS = (str, int, float, NoneType)
"""What is asked for before `Mapping`, which takes its time: a list may hold half a million of them."""

VARIANTS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
"""Variation selectors, as a range of a regular expression."""
SHOWN_AS_NOTHING = re.compile(f"[{''.join(sorted(LOOKS_EMPTY))}{VARIANTS}]")
"""What Python calls printable and nobody sees."""

LINE_END = re.compile(r"\r\n|\n|\r")
"""How people's keyboards end a line; whatever else a screen takes for the end of one is written out."""


def visible(text: str, *, keep: str = "") -> str:
    """Return the text with every invisible character written as its escape (`\\u202e`), except those in `keep`."""
    if text.isprintable() and (text.isascii() or not SHOWN_AS_NOTHING.search(text)):
        return text
    return text.translate({ord(one): _escape(one) for one in set(text) if _is_hidden(one, keep)})


def folded(text: str) -> str:
    """Return what somebody wrote over several lines in one, ` / ` between them: a place of one line stays one."""
    return " / ".join(visible(line.strip(" ")) for line in LINE_END.split(text) if line.strip(" "))


def _is_hidden(character: str, keep: str) -> bool:
    if character in keep:
        return False
    return (
        SHOWN_AS_NOTHING.match(character) is not None
        or unicodedata.category(character) in INVISIBLE
        or _is_odd_space(character)
    )


def shows_nothing(text: str) -> bool:
    """Whether a reader sees only space, whatever characters stand there."""
    return all(character.isspace() or _is_hidden(character, "") for character in text)


def _is_odd_space(character: str) -> bool:
    return character != " " and unicodedata.category(character) == "Zs"


def _escape(character: str) -> str:
    short = {"\n": "\\n", "\r": "\\r", "\t": "\\t"}.get(character)
    if short:
        return short
    point = ord(character)
    return f"\\u{point:04x}" if point <= 0xFFFF else f"\\U{point:08x}"


def is_secret_name(name: str) -> bool:
    """Whether values under this name are secret by the look of it."""
    split = re.sub(r"(?<=[a-z0-9])(?=[A-Z])|(?<=[A-Z])(?=[A-Z][a-z])", "_", name)
    return SECRET_NAMES.search(re.sub(r"[-\s.]+", "_", split).lower()) is not None


def without_secrets(value: Any) -> Any:
    """Return a copy of a JSON value in which what stands under a secret name is replaced."""
    if isinstance(value, (list, tuple)):
        return [without_secrets(inner) for inner in value]
    if isinstance(value, SCALARS) or not isinstance(value, Mapping):
        return value
    return {
        key: REDACTED if is_secret_name(key) and inner not in (None, "") else without_secrets(inner)
        for key, inner in value.items()
    }
