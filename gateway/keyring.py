"""API keys as they are presented: digests, never keys, and a cache that a change empties at once."""

import hashlib
import hmac
import secrets
from collections.abc import Callable
from datetime import datetime

from gateway.admin_views import KeyView
from gateway.bells import TRUST_FOR
from models import keys

PREFIX = "agk_"


def new_key() -> str:
    """Return a fresh key: `agk_` and 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


class KeyRing:
    """Finds keys by their digest: HMAC-SHA-256 with the server's secret (RFC 2104), enough for 256 random bits."""

    def __init__(self, *, secret: bytes, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._now = now
        self._known: dict[str, tuple[KeyView, datetime]] = {}
        self._used: dict[str, datetime] = {}
        self._age = 0

    def digest(self, presented: str) -> str:
        """Return what is stored of a key."""
        return hmac.new(self._secret, presented.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    async def find(self, presented: str) -> KeyView | None:
        """Return the key that was presented if it is one of ours and active, and note its use."""
        digest = self.digest(presented)
        now = self._now()
        known, until = self._known.get(digest, (None, now))
        if known is None or not now < until <= now + TRUST_FOR:  # over, or from before the clock stepped back
            age = self._age
            row = await keys.find_digest(digest)
            if row is None:
                return None
            known = KeyView.of(row)
            if age == self._age:  # else a change was committed while we read, and this may be from before it
                self._known[digest] = (known, now + TRUST_FOR)
        if not known.is_active(now):
            return None
        self._used[known.id] = now
        return known

    def forget(self) -> None:
        """Empty the cache: something about keys has changed."""
        self._known.clear()
        self._age += 1

    async def store_used(self) -> None:
        """Write down when keys were last used."""
        used, self._used = self._used, {}
        try:
            await keys.note_used(used)
        except BaseException:
            self._used = used | self._used  # for the next time; what was used since counts
            raise
