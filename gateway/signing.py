"""Signatures of webhook calls: Standard Webhooks, and the older one. https://www.standardwebhooks.com"""

import base64
import binascii
import hashlib
import hmac
import secrets
from datetime import datetime

from standardwebhooks.webhooks import Webhook

from gateway.errors import Invalid

PREFIX = "whsec_"
SECRET_BYTES = 32
FEWEST_BYTES, MOST_BYTES = 24, 64
"""How long the key behind `whsec_` may be, by the specification."""
SHORTEST, LONGEST = 16, 255


def new_secret() -> str:
    """Return a fresh secret: `whsec_` and the base64 of 256 random bits."""
    return PREFIX + base64.b64encode(secrets.token_bytes(SECRET_BYTES)).decode()


def check_secret(secret: str) -> str:
    """Return a secret that somebody chose. Raises Invalid; never repeats it."""
    if not secret.isascii() or not secret.isprintable() or not SHORTEST <= len(secret) <= LONGEST:
        raise Invalid(f"secret must have {SHORTEST} to {LONGEST} printable ASCII characters", field="secret")
    if secret.startswith(PREFIX) and not FEWEST_BYTES <= len(_key(secret)) <= MOST_BYTES:
        raise Invalid(
            f"after {PREFIX} a secret has the base64 of {FEWEST_BYTES} to {MOST_BYTES} bytes; "
            "leave it out and one is made",
            field="secret",
        )
    return secret


def signed_headers(secret: str, body: bytes, *, message_id: str, at: datetime) -> dict[str, str]:
    """Return the headers that prove who sends a body, and when.

    The older signature is the hex HMAC-SHA-256 of the body alone, keyed with the secret as it was given.
    """
    return {
        "webhook-id": message_id,
        "webhook-timestamp": str(int(at.timestamp())),
        "webhook-signature": Webhook(_key(secret)).sign(message_id, at, body.decode()),
        "X-AgentGate-Signature": hmac.new(secret.encode(), body, hashlib.sha256).hexdigest(),
    }


def _key(secret: str) -> bytes:
    """Return the key of the signature: the bytes behind `whsec_`, or those of any other secret."""
    if not secret.startswith(PREFIX):
        return secret.encode()
    encoded = secret.removeprefix(PREFIX).rstrip("=")
    try:
        return base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except binascii.Error:
        return b""
