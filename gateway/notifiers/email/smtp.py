"""The way to the mail server: connections for a batch of letters, an end to every wait, and what its answers mean."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import structlog
from aiosmtplib import (
    SMTP,
    SMTPAuthenticationError,
    SMTPDataError,
    SMTPException,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPServerDisconnected,
)

from gateway.errors import DeliveryError, DeliveryPostponed, DeliveryRefused
from gateway.notifiers.email.options import MailOptions, Security

CONNECTIONS = 4
"""How many letters are on their way at once; mail servers dislike many."""
STEP_SECONDS = 10.0
TURN_SECONDS = 6.0
SENDING_SECONDS = 22.0
"""Together less than the outbox waits, so that what is said of a slow server is where it was slow."""
LOGIN_WANTED = frozenset({530, 534, 535, 538})
"""What is answered to whoever has not logged in as it should be: a matter of the settings, not of the letter."""
NOT_ASCII = "the mail server takes no addresses beyond ASCII (it does not offer SMTPUTF8)"
NO_STARTTLS = "the mail server does not offer STARTTLS, and SMTP_TLS asks for it"
NO_LOGIN = "the mail server does not offer a login that we know, and SMTP_USER is set"

log = structlog.get_logger()


class MailServer:
    """Sends letters. A connection is kept while others wait for one, and closed when nobody does."""

    def __init__(self, options: MailOptions, *, tls: ssl.SSLContext | None = None) -> None:
        self._options = options
        self._tls = tls
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._waiting = 0
        self._free: list[SMTP] = []

    async def send(self, letter: bytes, *, to: str) -> None:
        """Hand a letter over. Raises DeliveryRefused or DeliveryPostponed with the server's own words."""
        async with self._turn(), said_plainly(SENDING_SECONDS):
            line = await self._line()
            try:
                await _hand_over(line, letter, sender=self._options.address, to=to)
            except BaseException:
                line.close()
                raise
            self._free.append(line)

    async def greet(self) -> str:
        """Connect and log in, as before a letter, and say what that was like. Raises DeliveryPostponed."""
        async with said_plainly(SENDING_SECONDS):
            part(await self._connected())
        return f"{self._options.host}:{self._options.port} answers"

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        self._waiting += 1
        try:
            async with asyncio.timeout(TURN_SECONDS):
                await self._turns.acquire()
        except TimeoutError as error:
            raise DeliveryPostponed("the mail server is slow, and other letters are before this one") from error
        finally:
            self._waiting -= 1
        try:
            yield
        finally:
            self._turns.release()
            self._hang_up_when_idle()

    def _hang_up_when_idle(self) -> None:
        while self._free and not self._waiting:
            part(self._free.pop())

    async def _line(self) -> SMTP:
        while self._free:
            line = self._free.pop()
            if line.is_connected:
                return line
        return await self._connected()

    async def _connected(self) -> SMTP:
        options = self._options
        line = SMTP(
            hostname=options.host,
            port=options.port,
            local_hostname=options.domain,
            timeout=STEP_SECONDS,
            use_tls=options.security is Security.TLS,
            start_tls=False,
            tls_context=self._tls,
        )
        await line.connect()
        try:
            await line.ehlo()
            if options.security is Security.STARTTLS:
                await _upgrade(line)
            if options.user is not None:
                await _log_in(line, options.user, options.password or "")
        except BaseException:
            line.close()
            raise
        return line


async def _upgrade(line: SMTP) -> None:
    if not line.supports_extension("starttls"):
        raise DeliveryPostponed(NO_STARTTLS)
    await line.starttls()
    await line.ehlo()


async def _log_in(line: SMTP, user: str, password: str) -> None:
    if not line.supported_auth_methods:
        raise DeliveryPostponed(NO_LOGIN)
    await line.login(user, password)


async def _hand_over(line: SMTP, letter: bytes, *, sender: str, to: str) -> None:
    beyond = not to.isascii()
    if beyond and not line.supports_extension("smtputf8"):
        raise DeliveryRefused(NOT_ASCII)
    options = ["SMTPUTF8", "BODY=8BITMIME"] if beyond else []
    await line.sendmail(sender, [to], letter, mail_options=options)


def part(line: SMTP) -> None:
    """Say goodbye without waiting for an answer: what was to be sent is sent."""
    if line.protocol is not None and line.is_connected:
        line.protocol.write(b"QUIT\r\n")
    line.close()


@asynccontextmanager
async def said_plainly(seconds: float) -> AsyncIterator[None]:
    """End a block after so many seconds, and raise whatever ends it early as DeliveryRefused or DeliveryPostponed."""
    try:
        async with asyncio.timeout(seconds):
            yield
    except (SMTPException, TimeoutError, OSError, ValueError) as error:
        raise trouble(error) from error


def trouble(error: Exception) -> DeliveryError:
    """Say what a fault means: never, or later."""
    match error:
        case SMTPRecipientsRefused(recipients=[SMTPResponseException() as answer]) | (SMTPDataError() as answer):
            is_final = 500 <= answer.code <= 599 and answer.code not in LOGIN_WANTED
            return (DeliveryRefused if is_final else DeliveryPostponed)(words_of(answer))
        case SMTPAuthenticationError():
            log.error("mail.login_refused", answer=words_of(error))
            return DeliveryPostponed(words_of(error))
        case SMTPResponseException():
            return DeliveryPostponed(words_of(error))
        case SMTPServerDisconnected():
            return DeliveryPostponed("the mail server closed the connection")
        case TimeoutError():
            return DeliveryPostponed(f"the mail server does not answer: {error or type(error).__name__}")
        case ValueError() if not isinstance(error, ssl.SSLError):
            return DeliveryRefused(f"not an address that mail can be sent to: {error}")
    return DeliveryPostponed(f"the mail server cannot be reached: {error or type(error).__name__}")


def words_of(answer: SMTPResponseException) -> str:
    """Return a server's answer as it gave it, in one line."""
    return " ".join(f"{answer.code} {answer.message}".split())
