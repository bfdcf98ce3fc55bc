"""What is shown once: handed from the form that made it to the page after it, sealed, and never in an address.

The browser carries it for a moment and can neither read nor change it; only the session that made it has it opened. So
it arrives at whichever replica answers next, and nothing of it is stored here.
"""

from datetime import timedelta

from aiohttp import web

from gateway.sealing import SealBroken
from web.cookies import ONCE, drop, keep, kept
from web.visit import Visit

LASTS = timedelta(minutes=5)


def hand_on(visit: Visit, answer: web.Response, secret: str, *, of: str) -> None:
    """Let the next page of this session show a secret of something."""
    ends = int((visit.gate.now() + LASTS).timestamp())
    keep(visit.http, answer, ONCE, visit.gate.seals.seal(f"{ends} {secret}", of=_owner(visit, of)), lasts=LASTS)


def handed_on(visit: Visit, *, of: str) -> str | None:
    """Return the secret that was handed on, or None when there is none for this session, or not any more."""
    sealed = kept(visit.http, ONCE)
    try:
        ends, _, secret = visit.gate.seals.open(sealed, of=_owner(visit, of)).partition(" ")
    except SealBroken:  # nothing was handed on, or for somebody else
        return None
    return secret if visit.gate.now().timestamp() < int(ends) else None


def forget(visit: Visit, answer: web.Response) -> None:
    """Let the browser drop it: it has been shown."""
    drop(visit.http, answer, ONCE)


def _owner(visit: Visit, of: str) -> str:
    return f"shown once in {visit.session.text}: {of}"
