"""How targets, approvers and actors are written, and what is wrong with one that is not. PURE."""

import re
from collections.abc import Iterable

from gateway.errors import Invalid

EMAIL = r"[^@\s,;:<>()\[\]\"\\]{1,64}@[A-Za-z0-9](?:[A-Za-z0-9.-]{0,230}[A-Za-z0-9])?"

TARGETS = {
    "slack": re.compile(r"#[^\s#,]{1,80}|[CGDUW][A-Z0-9]{2,20}"),
    "discord": re.compile(r"[0-9]{1,20}|user:[0-9]{1,20}"),
    "email": re.compile(EMAIL),
    "webhook": re.compile(r"\S{1,64}"),
    "terminal": re.compile(r"local"),
}
"""`kind:rest` of where a notification can go."""

APPROVERS = {
    "slack": re.compile(r"[USW][A-Z0-9]{1,20}"),
    "discord": re.compile(r"[0-9]{1,20}|role:[0-9]{1,20}"),
    "email": re.compile(EMAIL),
    "person": re.compile(r"[^\s:,]{1,100}"),
    "api": re.compile(r"[^\x00-\x1f]{1,100}"),
    "terminal": re.compile(r"[^\s:,]{1,100}"),
    "web": re.compile(r"[^\x00-\x1f]{1,100}"),
}
"""`kind:rest` of who can be named as an approver."""

EXAMPLES = {
    "a target": "slack:#ops, slack:C123ABC, discord:123, discord:user:42, email:a@example.com, terminal:local",
    "an approver": "slack:U123ABC, discord:role:77, email:a@example.com, person:alice, api:KEY-NAME, terminal:NAME",
}


def check_target(text: str) -> str:
    """Return a target as it was written. Raises Invalid when it is none."""
    return _check(text, TARGETS, "a target")


def check_approver(text: str) -> str:
    """Return an approver as it was written. Raises Invalid when it is none."""
    return _check(text, APPROVERS, "an approver")


def _check(text: str, known: dict[str, re.Pattern[str]], what: str) -> str:
    kind, _, rest = text.partition(":")
    if kind in known and known[kind].fullmatch(rest) and text.isprintable():
        return text
    raise Invalid(f"“{text[:100]}” is not {what}; write it like one of these: {EXAMPLES[what]}")


def kind_of(target: str) -> str:
    """Return what stands before the first colon: whose notifier takes it."""
    return target.partition(":")[0]


def unique(targets: Iterable[str]) -> tuple[str, ...]:
    """Return the targets without repetition, in their order."""
    return tuple(dict.fromkeys(targets))
