"""Sessions: whoever showed a key in a browser acts with it for twelve hours, without showing it again.

What the browser keeps names the key and says until when; it holds no secret, and is sealed (HMAC-SHA-256) together with
what the key was when it was shown. So a session ends with its key – revoked, expired, given another secret or other
scopes –, and nothing has to be stored for it.
"""

import re
import secrets
from dataclasses import dataclass
from datetime import timedelta

import structlog

from gateway.admin_views import KeyView
from gateway.gate import Gate
from gateway.keyring import Held
from gateway.keys import authenticate
from gateway.views import Actor

LASTS = timedelta(hours=12)
TEXT = re.compile(r"((key_[0-9a-z]{26})\.([0-9]{1,12})\.[A-Za-z0-9_-]{22})\.([A-Za-z0-9_-]{43})")
"""The key's id, the second in which the session ends, what makes it one of a kind, and the seal."""

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Session:
    """Somebody who has logged in: with which key, and what their browser keeps to say so."""

    key: KeyView
    text: str

    @property
    def actor(self) -> Actor:
        """Return who acts: `web:` and the key's name."""
        return self.key.visitor


async def log_in(gate: Gate, presented: str) -> Session:
    """Begin a session with the key that was presented. Raises Unauthorized."""
    key = await authenticate(gate, presented)
    ends = int((gate.now() + LASTS).timestamp())
    claim = f"{key.id}.{ends}.{secrets.token_urlsafe(16)}"
    log.info("session.begun", key=key.name)
    held = Held(key, gate.keyring.digest(presented))
    return Session(key, f"{claim}.{gate.tokens.session(_sealed(claim, held))}")


async def resume(gate: Gate, text: str) -> Session | None:
    """Return the session that a browser has kept, or None when it is over or was never ours."""
    parts = TEXT.fullmatch(text)
    if parts is None:
        return None
    claim, key_id, ends, seal = parts.groups()
    if gate.now().timestamp() >= int(ends):
        return None
    held = await gate.keyring.find_by_id(key_id)
    if held is None or not gate.tokens.is_session(seal, _sealed(claim, held)):
        return None
    gate.keyring.note_use(held.key)
    return Session(held.key, text)


def _sealed(claim: str, held: Held) -> str:
    """Return what the seal is made over: the claim, and what about the key ends a session when it changes."""
    return f"{claim}.{held.digest}.{','.join(sorted(held.key.scopes))}"
