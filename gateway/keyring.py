"""API keys as they are presented: digests, never keys, and a cache that a change empties at once."""

import hashlib
import hmac
import secrets
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from datetime import datetime

from gateway.admin_views import KeyView
from gateway.bells import TRUST_FOR
from models import keys
from models.tables import Key

PREFIX = "agk_"


def new_key() -> str:
    """Return a fresh key: `agk_` and 256 random bits."""
    return PREFIX + secrets.token_urlsafe(32)


@dataclass(frozen=True, slots=True)
class Held:
    """A key as the ring knows it: what it may do, and the digest of its secret."""

    key: KeyView
    digest: str


class KeyRing:
    """Finds keys by their digest: HMAC-SHA-256 with the server's secret (RFC 2104), enough for 256 random bits."""

    def __init__(self, *, secret: bytes, now: Callable[[], datetime]) -> None:
        self._secret = secret
        self._now = now
        self._known: dict[str, tuple[Held, datetime]] = {}  # by digest and by id
        self._used: dict[str, datetime] = {}
        self._age = 0

    def digest(self, presented: str) -> str:
        """Return what is stored of a key."""
        return hmac.new(self._secret, presented.encode("utf-8", "surrogatepass"), hashlib.sha256).hexdigest()

    async def find(self, presented: str) -> KeyView | None:
        """Return the key that was presented if it is one of ours and active, and note its use."""
        digest = self.digest(presented)
        held = await self._held(digest, keys.find_digest)
        if held is None:
            return None
        self.note_use(held.key)
        return held.key

    async def find_by_id(self, key_id: str) -> Held | None:
        """Return an active key that was presented before; whether it was used, the caller says."""
        return await self._held(key_id, keys.find)

    def note_use(self, key: KeyView) -> None:
        """Remember that a key was used now."""
        self._used[key.id] = self._now()

    async def _held(self, name: str, look: Callable[[str], Awaitable[Key | None]]) -> Held | None:
        now = self._now()
        held, until = self._known.get(name, (None, now))
        if held is None or not now < until <= now + TRUST_FOR:  # over, or from before the clock stepped back
            age = self._age
            row = await look(name)
            if row is None:
                return None
            held = Held(KeyView.of(row), row.digest)
            if age == self._age:  # else a change was committed while we read, and this may be from before it
                self._known[name] = (held, now + TRUST_FOR)
        return held if held.key.is_active(now) else None

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
