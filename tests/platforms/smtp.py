"""A mail server on loopback: takes letters and keeps them, with TLS, a login, and whatever answers a test wants."""

import asyncio
import email
import email.policy
import ssl
from collections import defaultdict, deque
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.message import EmailMessage
from functools import partial
from typing import Any

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

from tests.platforms.bell import Bell

OK = "250 OK"
DROPPED = ""
"""The answer that is none: the connection ends."""
PATIENCE = 15


@dataclass(frozen=True, slots=True)
class Mail:
    """A letter as it came in, and by which envelope."""

    sender: str
    to: str
    raw: bytes
    login: str | None
    is_private: bool
    """Whether it came over TLS."""

    @property
    def message(self) -> EmailMessage:
        """Return the letter, read anew."""
        return email.message_from_bytes(self.raw, policy=email.policy.default)

    @property
    def subject(self) -> str:
        return str(self.message["Subject"])

    @property
    def text(self) -> str:
        """Return what a reader without HTML sees."""
        return self._body("plain")

    @property
    def html(self) -> str:
        return self._body("html")

    def _body(self, kind: str) -> str:
        body = self.message.get_body((kind,))
        assert isinstance(body, EmailMessage)
        return str(body.get_content()).replace("\r\n", "\n")


@dataclass
class MailServer:
    """One server on one port. What it answers to RCPT and DATA is steered from outside."""

    tls: ssl.SSLContext | None = None
    from_the_start: bool = False
    login: tuple[str, str] | None = None
    takes_utf8: bool = True
    host: str = "127.0.0.1"
    port: int = 0
    mails: list[Mail] = field(default_factory=list)
    connections: int = 0
    refusals: dict[str, str] = field(default_factory=dict)
    """Recipients who are always answered this."""
    answers: defaultdict[str, deque[str]] = field(default_factory=lambda: defaultdict(deque))
    """What is answered to the next MAIL, RCPT and DATA instead of OK."""
    held: dict[str, asyncio.Event] = field(default_factory=dict)
    """Steps that are answered only when the event is set."""
    lines: "set[_Line]" = field(default_factory=set)
    """Who is connected."""
    _server: asyncio.Server | None = None

    def __post_init__(self) -> None:
        self.bell = Bell(self._told)

    async def open(self) -> None:
        """Listen: on a free port at first, on the same one ever after."""
        loop = asyncio.get_running_loop()
        tls = self.tls if self.from_the_start else None
        self._server = await loop.create_server(partial(_Line, self), self.host, self.port, ssl=tls)
        self.port = self._server.sockets[0].getsockname()[1]

    async def close(self) -> None:
        """Listen no more, and drop every connection."""
        assert self._server is not None
        self._server.close()
        for line in list(self.lines):
            line.drop()
        await self._server.wait_closed()

    async def arrived(self, number: int = 1, *, to: str | None = None, within: float = PATIENCE) -> list[Mail]:
        """Wait until so many letters have come, to anybody or to one recipient, and return them."""
        await self.bell.until(lambda: len(self.mails_to(to)) >= number, within=within)
        return self.mails_to(to)

    def mails_to(self, recipient: str | None) -> list[Mail]:
        """Return the letters to a recipient; to None, all."""
        return [mail for mail in self.mails if recipient in {None, mail.to}]

    async def until_tried(self, number: int = 1, *, within: float = PATIENCE) -> None:
        """Wait until somebody has connected so many times."""
        await self.bell.until(lambda: self.connections >= number, within=within)

    async def until_quiet(self, *, within: float = PATIENCE) -> None:
        """Wait until nobody is connected."""
        await self.bell.until(lambda: not self.lines, within=within)

    def _told(self) -> str:
        return "\n".join([f"{self.connections} connections", *(f"to {mail.to}: {mail.subject}" for mail in self.mails)])

    async def answer_to(self, step: str) -> str:
        """Return what a step is answered."""
        if step in self.held:
            await self.held[step].wait()
        return self.answers[step].popleft() if self.answers[step] else OK

    # The hooks of aiosmtpd.

    async def handle_MAIL(  # noqa: N802 - aiosmtpd's name
        self, server: "_Line", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        is_known = self.login is None or session.authenticated
        answer = await self.answer_to("MAIL") if is_known else "530 5.7.0 Authentication required"
        if answer == OK:
            envelope.mail_from = address
            envelope.mail_options.extend(options)
        return server.said(answer)

    async def handle_RCPT(  # noqa: N802 - aiosmtpd's name
        self, server: "_Line", session: Session, envelope: Envelope, address: str, options: list[str]
    ) -> str:
        answer = self.refusals.get(address) or await self.answer_to("RCPT")
        if answer == OK:
            envelope.rcpt_tos.append(address)
        return server.said(answer)

    async def handle_DATA(self, server: "_Line", session: Session, envelope: Envelope) -> str:  # noqa: N802 - the same
        answer = await self.answer_to("DATA")
        if answer == OK:
            content = envelope.original_content or b""
            login = session.auth_data.login.decode() if session.auth_data else None
            is_private = server.transport is not None and bool(server.transport.get_extra_info("sslcontext"))
            self.mails += [Mail(str(envelope.mail_from), to, content, login, is_private) for to in envelope.rcpt_tos]
            self.bell.ring()
        return server.said(answer)

    def authenticate(self, server: Any, session: Session, envelope: Envelope, mechanism: str, data: Any) -> AuthResult:
        """Let in who knows name and password."""
        given = (data.login.decode(), data.password.decode()) if isinstance(data, LoginPassword) else None
        if given is not None and given == self.login:
            return AuthResult(success=True, auth_data=data)
        return AuthResult(success=False, handled=False)


class _Line(SMTP):
    """One connection."""

    def __init__(self, at: MailServer) -> None:
        super().__init__(
            at,
            hostname="mail.example.com",
            enable_SMTPUTF8=at.takes_utf8,
            tls_context=None if at.from_the_start else at.tls,
            auth_require_tls=at.tls is not None and not at.from_the_start,
            authenticator=at.authenticate,
            loop=asyncio.get_running_loop(),
        )
        self._at = at

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        super().connection_made(transport)
        if self not in self._at.lines:  # STARTTLS makes a connection anew
            self._at.lines.add(self)
            self._at.connections += 1
            self._at.bell.ring()

    def connection_lost(self, error: Exception | None) -> None:
        super().connection_lost(error)
        self._at.lines.discard(self)
        self._at.bell.ring()

    def said(self, answer: str) -> str:
        """Return an answer; none drops the connection."""
        if answer == DROPPED:
            self.drop()
        return answer or "421 gone"

    def drop(self) -> None:
        if isinstance(self.transport, asyncio.Transport):
            self.transport.abort()


@asynccontextmanager
async def a_mail_server(**how: Any) -> AsyncIterator[MailServer]:
    """Run a mail server until the block ends."""
    server = MailServer(**how)
    await server.open()
    try:
        yield server
    finally:
        await server.close()
