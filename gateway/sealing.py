"""Secrets that lie with others: kept so that only this server's secret opens them, and only where they belong.

AES-256-GCM (NIST SP 800-38D) with a fresh nonce each time; the key comes from the server's secret by HKDF-SHA-256
(RFC 5869) under a label of its own, and whose secret it is goes in as associated data.
"""

import base64
import os

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

PURPOSE = b"agentgate webhook secrets v1"
NONCE_BYTES = 12


class SealBroken(Exception):
    """What is stored was sealed under another secret, for something else, or is damaged."""


class Seals:
    """Seals and opens what must be kept secret where it is kept: in the database, or for minutes in a browser."""

    def __init__(self, *, secret: bytes) -> None:
        key = HKDF(algorithm=SHA256(), length=32, salt=None, info=PURPOSE).derive(secret)
        self._cipher = AESGCM(key)

    def seal(self, text: str, *, of: str) -> str:
        """Return what may be kept: text that `open` turns back, for the same owner only."""
        nonce = os.urandom(NONCE_BYTES)
        sealed = self._cipher.encrypt(nonce, text.encode(), of.encode())
        return base64.b64encode(nonce + sealed).decode()

    def open(self, sealed: str, *, of: str) -> str:
        """Return what was sealed for this owner. Raises SealBroken."""
        try:
            stored = base64.b64decode(sealed, validate=True)
            return self._cipher.decrypt(stored[:NONCE_BYTES], stored[NONCE_BYTES:], of.encode()).decode()
        except (InvalidTag, ValueError) as error:
            raise SealBroken from error
