"""Cards that reach people by mail: one letter that asks, and later ones in its thread."""

import asyncio
import ssl
from collections.abc import Callable
from datetime import datetime, timedelta

from gateway.card import Card
from gateway.errors import DeliveryError, Unavailable
from gateway.events import (
    RequestApproved,
    RequestCancelled,
    RequestDenied,
    RequestEscalated,
    RequestExpired,
    RequestReminded,
)
from gateway.notifiers import Receipt
from gateway.notifiers.email.letter import Thread, mailbox, write_letter
from gateway.notifiers.email.options import MailOptions
from gateway.notifiers.email.smtp import MailServer

FOLLOWED = frozenset(
    event.type
    for event in (
        RequestApproved, RequestDenied, RequestExpired, RequestCancelled, RequestReminded, RequestEscalated,
    )
)  # fmt: skip
"""What a letter in the thread tells. A vote that leaves the request open is no reason to write to anybody."""
GREETED = timedelta(seconds=30)
"""How long an answer to a probe holds: a scrape every few seconds is no reason to log in every few seconds."""


class EmailNotifier:
    """Writes to `email:ADDRESS`."""

    def __init__(
        self, options: MailOptions, *, clock: Callable[[], datetime], tls: ssl.SSLContext | None = None
    ) -> None:
        self.options = options
        self.server = MailServer(options, tls=tls)
        self._clock = clock
        self._asking = asyncio.Lock()
        self._known: tuple[datetime, str | DeliveryError] | None = None

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        """Send the first letter about a request; the receipt knows what later ones refer to."""
        thread = await self._send(target, card, event, thread=None)
        return {"message_id": thread.message_id, "subject": thread.subject, "told": [event]}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        """Send a letter in the thread, unless this event was told before or is none to write of."""
        told = receipt["told"]
        if event not in FOLLOWED or event in told:
            return receipt
        await self._send(target, card, event, thread=Thread(receipt["message_id"], receipt["subject"]))
        return {**receipt, "told": [*told, event]}

    async def probe(self) -> str:
        """Say how the mail server greeted us within the last half minute. Raises Unavailable with its words."""
        async with self._asking:
            if self._known is None or self._clock() - self._known[0] >= GREETED:
                self._known = (self._clock(), await self._greeted())
        word = self._known[1]
        if isinstance(word, DeliveryError):
            raise Unavailable(str(word)) from word
        return word

    async def run(self, gate: object) -> None:
        """Stand by until cancelled, and hang up then."""
        try:
            await asyncio.Event().wait()
        finally:
            self.server.hang_up()

    async def _greeted(self) -> str | DeliveryError:
        try:
            return await self.server.greet()
        except DeliveryError as error:
            return error

    async def _send(self, target: str, card: Card, event: str, *, thread: Thread | None) -> Thread:
        recipient = target.removeprefix("email:")
        letter = write_letter(card, recipient, event=event, options=self.options, at=self._clock(), thread=thread)
        await self.server.send(letter.as_bytes(), to=mailbox(recipient).addr_spec)
        return Thread(letter["Message-ID"], letter["Subject"])
