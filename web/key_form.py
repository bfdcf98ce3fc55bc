"""The form that makes a key: what can be ticked and chosen, and what was. PURE."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from gateway.errors import Invalid
from gateway.key_draft import KeyDraft
from gateway.views import Actor
from models.words import Scope
from web.forms import Form

ALLOWS = {
    Scope.REQUEST_CREATE: "Ask for approvals, and follow what it asked itself. What an agent needs.",
    Scope.REQUEST_READ: "See every request.",
    Scope.REQUEST_DECIDE: "Approve and deny, but never what it asked itself.",
    Scope.AUDIT_READ: "Search and export the audit trail.",
    Scope.POLICY_MANAGE: "Change the policies.",
    Scope.KEY_MANAGE: "Make, change and revoke keys, with scopes that it has itself.",
    Scope.WEBHOOK_MANAGE: "Add and change webhooks.",
    Scope.ADMIN: "All of this, cancel any request, and make links.",
}
"""In the order of the form: what most keys need comes first."""
ENDS = {"": "Never", "1": "In a day", "7": "In a week", "30": "In 30 days", "90": "In 90 days", "365": "In a year"}
"""Days until a key expires, as they are offered."""
MOST_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Box:
    """One scope that can be given."""

    scope: str
    allows: str
    is_ticked: bool
    is_lacking: bool
    """Whether whoever makes the key lacks it, and so cannot give it."""


@dataclass(frozen=True, slots=True)
class End:
    """One choice of when the key expires."""

    days: str
    label: str
    is_chosen: bool


def boxes(by: Actor, ticked: Sequence[str] = ()) -> list[Box]:
    """Return every scope, with whether it is ticked and whether this actor can give it."""
    return [Box(scope.value, allows, scope.value in ticked, not by.may(scope)) for scope, allows in ALLOWS.items()]


def ends(chosen: str = "") -> list[End]:
    """Return the choices of when a key expires."""
    return [End(days, label, days == chosen) for days, label in ENDS.items()]


def read_draft(form: Form, *, now: datetime) -> KeyDraft:
    """Return the key that a form describes. Raises Invalid, naming the field."""
    days = form.get("expires")
    if days not in ENDS:
        raise Invalid("Choose one of the offered times.", field="expiresAt")
    return KeyDraft(
        name=form.get("name"),
        scopes=tuple(dict.fromkeys(_scope(word) for word in form.all("scopes"))),
        rate_limit=_rate(form.get("rate")),
        expires_at=now + timedelta(days=int(days)) if days else None,
    )


def _scope(word: str) -> Scope:
    try:
        return Scope(word)
    except ValueError as error:
        raise Invalid(f"There is no scope “{word[:60]}”.", field="scopes") from error


def _rate(text: str) -> int | None:
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= MOST_DIGITS):
        raise Invalid("Write how many calls a minute as a number, like 60.", field="rateLimit")
    return int(text)
