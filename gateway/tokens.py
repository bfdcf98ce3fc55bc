"""The secret part of links and sessions: tokens and seals that only the server's secret makes, and makes again.

A token is HMAC-SHA-256 (RFC 2104) of its link's id under the secret, so a notification can be written after a crash
though nothing but the token's digest is stored; whoever reads the database alone learns no token.
"""

import base64
import hashlib
import hmac

TOKEN = b"agentgate link token\x00"
FORM = b"agentgate link form\x00"
SESSION = b"agentgate session\x00"
"""What keeps the uses of one secret apart; no API key begins like these."""


class Tokens:
    """Makes the tokens of links, and the seals of sessions and of the forms on pages."""

    def __init__(self, *, secret: bytes) -> None:
        self._secret = secret

    def of(self, link_id: str) -> str:
        """Return the token of a link: 256 bits as URL-safe base64 without padding, 43 characters."""
        return self._sealed(TOKEN, link_id)

    def digest(self, token: str) -> str:
        """Return what is stored of a token; anything may be asked for that came as part of an address."""
        return hashlib.sha256(token.encode("utf-8", "surrogatepass")).hexdigest()

    def form(self, token: str) -> str:
        """Return what a form must send along to prove that it stood on the page of this link, or of this session."""
        return self._sealed(FORM, token)

    def is_form(self, seal: str, token: str) -> bool:
        """Whether a form sent along what stood on the page of this link, or of this session."""
        return _is(seal, self.form(token))

    def session(self, text: str) -> str:
        """Return the seal of what a session says."""
        return self._sealed(SESSION, text)

    def is_session(self, seal: str, text: str) -> bool:
        """Whether this is the seal of what a session says."""
        return _is(seal, self.session(text))

    def _sealed(self, purpose: bytes, text: str) -> str:
        made = hmac.new(self._secret, purpose + text.encode("utf-8", "surrogatepass"), hashlib.sha256).digest()
        return base64.urlsafe_b64encode(made).rstrip(b"=").decode()


def _is(seal: str, right: str) -> bool:
    return hmac.compare_digest(seal.encode("utf-8", "surrogatepass"), right.encode())
