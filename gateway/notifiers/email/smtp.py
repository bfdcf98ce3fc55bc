"""The way to the mail server: connections for a batch of letters, an end to every wait, and what its answers mean."""

import asyncio
import ssl
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

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
IDLE_SECONDS = 5.0
"""How long a connection is kept for the next letter of a batch."""
LOGIN_WANTED = frozenset({530, 534, 535, 538})
"""What is answered to whoever has not logged in as it should be: a matter of the settings, not of the letter."""
NOT_ASCII = "the mail server takes no addresses beyond ASCII (it does not offer SMTPUTF8)"
NO_STARTTLS = "the mail server does not offer STARTTLS, and SMTP_TLS asks for it"
NO_LOGIN = "the mail server does not offer a login that we know, and SMTP_USER is set"

log = structlog.get_logger()


@dataclass(frozen=True, slots=True)
class Patience:
    """How many seconds are waited: for each answer, for a free connection, for a letter to be taken.

    The last two together are less than the outbox waits, so that it hears where the server was slow.
    """

    step: float = 10.0
    turn: float = 6.0
    sending: float = 22.0


PATIENCE = Patience()


class MailServer:
    """Sends letters. A connection is kept for those that follow soon, and closed when none does."""

    def __init__(
        self, options: MailOptions, *, tls: ssl.SSLContext | None = None, patience: Patience = PATIENCE
    ) -> None:
        self._options = options
        self._tls = tls
        self._patience = patience
        self._turns = asyncio.Semaphore(CONNECTIONS)
        self._free: list[SMTP] = []
        self._hanging_up: asyncio.TimerHandle | None = None

    async def send(self, letter: bytes, *, to: str) -> None:
        """Hand a letter over. Raises DeliveryRefused or DeliveryPostponed with the server's own words."""
        async with self._turn(), said_plainly(self._patience.sending):
            line = await self._line()
            try:
                await _hand_over(line, letter, sender=self._options.address, to=to)
            except BaseException:
                line.close()
                raise
            self._keep(line)

    async def greet(self) -> str:
        """Connect and log in, as before a letter, and say what that was like. Raises DeliveryPostponed."""
        async with said_plainly(self._patience.sending):
            part(await self._connected())
        return f"{self._options.host}:{self._options.port} answers"

    def hang_up(self) -> None:
        """Close the connections that no letter is on."""
        while self._free:
            part(self._free.pop())

    def _keep(self, line: SMTP) -> None:
        self._free.append(line)
        if self._hanging_up is not None:
            self._hanging_up.cancel()
        self._hanging_up = asyncio.get_running_loop().call_later(IDLE_SECONDS, self.hang_up)

    @asynccontextmanager
    async def _turn(self) -> AsyncIterator[None]:
        try:
            async with asyncio.timeout(self._patience.turn):
                await self._turns.acquire()
        except TimeoutError as error:
            raise DeliveryPostponed("the mail server is slow, and other letters are before this one") from error
        try:
            yield
        finally:
            self._turns.release()

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
            timeout=self._patience.step,
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
