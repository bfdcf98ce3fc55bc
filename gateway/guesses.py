"""Guessing: whoever shows many wrong keys, or opens many links that do not exist, is slowed down by their address.

Only what is wrong is counted, so a right key or link from the same address is let in all the same.
"""

from gateway.errors import TooManyRequests
from gateway.gate import Gate

GUESSES_PER_MINUTE = 30


async def count_wrong_key(gate: Gate, *, address: str) -> None:
    """Count a wrong key, wherever it was shown. Raises TooManyRequests."""
    await _count(gate, f"address:{address}", "Too many wrong keys from your address; wait.")


async def count_wrong_link(gate: Gate, *, address: str) -> None:
    """Count a link that does not exist. Raises TooManyRequests."""
    sentence = "Your address has opened many links that do not exist; wait a minute, then open the one you were sent."
    await _count(gate, f"links:{address}", sentence)


async def _count(gate: Gate, subject: str, sentence: str) -> None:
    if not gate.options.rate_limit_enabled:
        return
    allowance = await gate.limiter.hit(subject, limit=GUESSES_PER_MINUTE)
    if allowance.retry_after is not None:
        gate.metrics.refused("address")
        raise TooManyRequests(sentence, retry_after=allowance.retry_after)
