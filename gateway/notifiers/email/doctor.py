"""A look at mail from outside the running server: whether the mail server lets us in, and letters that never arrived.

Nothing is sent.
"""

import asyncio

from gateway.errors import DeliveryError
from gateway.findings import Finding, fine, trouble
from gateway.notifiers.email.options import MailOptions, Security
from gateway.notifiers.email.smtp import NO_LOGIN, NO_STARTTLS, MailServer
from gateway.redact import visible
from gateway.undelivered import Undelivered

PATIENCE_SECONDS = 12.0
REMEDIES = {
    NO_STARTTLS: "set SMTP_TLS=tls and the port for it, often 465; or SMTP_TLS=none where nobody listens in between",
    NO_LOGIN: "with SMTP_TLS=none many servers offer no login: set SMTP_TLS; or leave SMTP_USER and SMTP_PASS out",
    "53": "look at SMTP_USER and SMTP_PASS; some providers want a password made for this one program",
    "certificate": "SMTP_HOST must be the name in the certificate; a private authority goes into SSL_CERT_FILE",
    "5": "look at what the server says: address unknown, sender not allowed, or taken for spam",
    "4": "wait: the server asks to be tried again later",
}
"""What to do, by how the word begins or what it contains; the first that fits."""
UNREACHABLE = (
    "see that it runs; look at SMTP_HOST and SMTP_PORT: 587 goes with SMTP_TLS=starttls, 465 with tls; and at firewalls"
)


async def examine(options: MailOptions) -> list[Finding]:
    """Look at the mail server and at who gets mail; takes 12 seconds at most."""
    return [await _server(options), *_in_the_clear(options), _default(options)]


def about_undelivered(one: Undelivered) -> Finding:
    """Say why letters never arrived, with the mail server's own words."""
    letters = "1 letter" if one.times == 1 else f"{one.times} letters"
    meaning = f"{letters} to {visible(one.target)} given up in the last day: {visible(one.word)}"
    return trouble("mail", meaning, remedy=remedy_for(one.word))


def remedy_for(word: str) -> str:
    """Return what to do about a word of the mail server's, or about no answer at all."""
    fitting = (remedy for start, remedy in REMEDIES.items() if word.startswith(start) or _is_about(start, word))
    return next(fitting, UNREACHABLE)


def _is_about(what: str, word: str) -> bool:
    return what == "certificate" and what in word.lower()


async def _server(options: MailOptions) -> Finding:
    try:
        async with asyncio.timeout(PATIENCE_SECONDS):
            return fine("SMTP_HOST", await MailServer(options).greet())
    except DeliveryError as error:
        return trouble("SMTP_HOST", visible(str(error)), remedy=remedy_for(str(error)))
    except TimeoutError:
        return trouble("SMTP_HOST", f"no answer within {PATIENCE_SECONDS:.0f} s", remedy=UNREACHABLE)


def _in_the_clear(options: MailOptions) -> list[Finding]:
    if options.security is not Security.NONE or options.user is None:
        return []
    return [fine("SMTP_TLS", "none: the password goes to the mail server in the clear")]


def _default(options: MailOptions) -> Finding:
    if not options.default_to:
        return fine("EMAIL_DEFAULT_TO", "not set: a request whose rule names no channel is mailed to nobody")
    return fine("EMAIL_DEFAULT_TO", visible(", ".join(options.default_to)))
