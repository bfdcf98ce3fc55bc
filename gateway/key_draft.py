"""What a key is to be, and whether it may be so."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from gateway.errors import Forbidden, Invalid
from gateway.keyring import PREFIX
from gateway.views import Actor
from models.words import Scope

LONGEST_NAME = 100
SHORTEST_KEY = 16
MOST_RATE = 1_000_000


@dataclass(frozen=True, slots=True)
class KeyDraft:
    """A key as it should be."""

    name: str
    scopes: tuple[Scope, ...]
    rate_limit: int | None = None
    expires_at: datetime | None = None

    @property
    def columns(self) -> dict[str, Any]:
        """Return what is stored of it."""
        return {
            "name": self.name,
            "scopes": [scope.value for scope in self.scopes],
            "rate_limit": self.rate_limit,
            "expires_at": self.expires_at,
        }


def check_draft(draft: KeyDraft, *, now: datetime, new_expiry: bool = True) -> None:
    """Raise Invalid with the field that cannot be; an end that stays as it was may have passed."""
    name = draft.name
    if not 1 <= len(name) <= LONGEST_NAME or not name.isprintable() or name != name.strip():
        raise Invalid(f"name must be 1 to {LONGEST_NAME} printable characters", field="name")
    if not draft.scopes:
        raise Invalid(f"scopes must name at least one of {', '.join(Scope)}", field="scopes")
    if draft.rate_limit is not None and not 1 <= draft.rate_limit <= MOST_RATE:
        raise Invalid(f"rateLimit must be from 1 to {MOST_RATE} calls a minute", field="rateLimit")
    if new_expiry and draft.expires_at is not None and draft.expires_at <= now:
        raise Invalid("expiresAt is in the past", field="expiresAt")


def check_scopes(scopes: Iterable[Scope], *, by: Actor) -> None:
    """Keep a key from giving what it does not have itself. Raises Forbidden."""
    lacking = [scope.value for scope in scopes if by.key_id is not None and not by.may(scope)]
    if lacking:
        raise Forbidden(f"The key {by.id} lacks {', '.join(lacking)} itself, so it may not give that.")


def checked_secret(secret: str) -> str:
    """Return a secret that somebody has chosen. Raises Invalid for one that does not look like a key."""
    if not secret.startswith(PREFIX) or len(secret) < SHORTEST_KEY:
        raise Invalid(f"a key begins with {PREFIX} and has at least {SHORTEST_KEY} characters", field="key")
    return secret
