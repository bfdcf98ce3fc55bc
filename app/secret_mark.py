"""Whether the secret is the one that this database was begun with: under another no key, link or webhook secret works.

Replicas with different secrets, or a database that was restored without its secret, would otherwise look well until
somebody's key is refused.
"""

import hashlib
import hmac

import structlog

from gateway.errors import Unavailable
from gateway.gate import Probe
from models import memos

MEMO = "secret.mark"
PURPOSE = b"agentgate secret mark\x00"
"""What keeps the mark apart from every other use of the secret; it cannot be turned back."""
MEANING = "it is not the secret that this database was begun with, so no API key, link or webhook secret of it works"
REMEDY = "give every server the first one again; `agentgate-server bootstrap --force` takes the new one for good"

log = structlog.get_logger()


def mark_of(secret: bytes) -> str:
    """Return what may be stored of a secret to know it again: HMAC-SHA-256 (RFC 2104), 64 hex digits."""
    return hmac.new(secret, PURPOSE, hashlib.sha256).hexdigest()


async def leave_mark(secret: bytes) -> Probe | None:
    """Mark a database that has none yet; where it has another one, say so and return a probe that keeps saying it."""
    if await memos.note_once(MEMO, mark_of(secret)) == mark_of(secret):
        return None
    log.error("secret.differs", meaning=MEANING, remedy=REMEDY)
    return _differs


async def is_another(secret: bytes) -> bool:
    """Whether the database bears the mark of another secret; one without a mark has not been served yet."""
    return await memos.recall(MEMO) not in {None, mark_of(secret)}


async def take_for_good(secret: bytes) -> None:
    """Let a secret be the one of this database, whatever came before."""
    await memos.note(MEMO, mark_of(secret))


async def _differs() -> str:
    raise Unavailable(f"AGENTGATE_SECRET_KEY: {MEANING}; {REMEDY}.")
