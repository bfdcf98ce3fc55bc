"""A local server that hears webhooks, in good weather and in bad, and knows who signed what it heard."""

import asyncio
import hashlib
import hmac
import json
from collections import deque
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from ssl import SSLContext
from typing import Any

from aiohttp import web
from standardwebhooks import Webhook

from tests.platforms.weather import Cut, Fault


@dataclass(frozen=True)
class Heard:
    """One call, as it came: `body` byte by byte."""

    path: str
    headers: Mapping[str, str]
    body: bytes

    @property
    def json(self) -> Any:
        """Return the body as the value that it writes."""
        return json.loads(self.body)

    @property
    def event(self) -> str:
        """Return what happened."""
        return str(self.json["event"])

    @property
    def id(self) -> str:
        """Return what stays the same when a call is repeated."""
        return self.headers["webhook-id"]

    def verified(self, secret: str) -> Any:
        """Return the body after the package that receivers use has looked at its signature and age. Raises."""
        return Webhook(secret).verify(self.body, dict(self.headers))

    def is_signed_with(self, secret: str | bytes) -> bool:
        """Whether the signature is right, however long ago it was made."""
        at = datetime.fromtimestamp(int(self.headers["webhook-timestamp"]), UTC)
        return Webhook(secret).sign(self.id, at, self.body.decode()) == self.headers["webhook-signature"]

    def is_signed_the_older_way(self, secret: str) -> bool:
        """Whether the older signature is right: hex HMAC-SHA-256 of the body."""
        right = hmac.new(secret.encode(), self.body, hashlib.sha256).hexdigest()
        return self.headers["X-AgentGate-Signature"] == right


class Receiver:
    """Answers 200, or as the next fault of its weather says; `calls` is everything that came."""

    def __init__(self) -> None:
        self.calls: list[Heard] = []
        self.taken: list[Heard] = []
        self.weather: deque[Fault] = deque()
        self.url = ""
        self._changed = asyncio.Condition()

    @property
    def events(self) -> list[str]:
        """Return what was taken, in its order."""
        return [call.event for call in self.taken]

    async def until(self, so: Callable[["Receiver"], bool], *, within: float = 60) -> None:
        """Wait until something is so."""
        async with asyncio.timeout(within), self._changed:
            await self._changed.wait_for(lambda: so(self))

    async def hear(self, http: web.Request) -> web.StreamResponse:
        """Take a call, or do what the weather says."""
        heard = Heard(http.path_qs, dict(http.headers), await http.read())
        self.calls.append(heard)
        fault = self.weather.popleft() if self.weather else Fault(Cut.ANSWER)
        took = fault.cut is Cut.ANSWER and 200 <= fault.status < 300  # who hangs or cuts has not said that it did
        self.taken += [heard] if took else []
        async with self._changed:
            self._changed.notify_all()
        if fault.gate is not None:
            await fault.gate.wait()
        if fault.cut is Cut.CONNECTION and http.transport is not None:
            http.transport.abort()
        return web.Response(status=fault.status, body=fault.body, headers=fault.headers)


def answers(status: int, body: str = "", **headers: str) -> Fault:
    """Return the fault of a receiver that answers something else than 200."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Fault(Cut.ANSWER, status, body, headers=named)


@asynccontextmanager
async def receiving(
    host: str = "127.0.0.1", *, port: int = 0, tls: SSLContext | None = None
) -> AsyncIterator[Receiver]:
    """Hear what comes to an address of this machine until the end of the block."""
    receiver = Receiver()
    app = web.Application(client_max_size=64 * 1024 * 1024)
    app.router.add_route("*", "/{path:.*}", receiver.hear)
    runner = web.AppRunner(app, access_log=None, shutdown_timeout=0.1, handler_cancellation=True)
    await runner.setup()
    await web.TCPSite(runner, host, port, ssl_context=tls).start()
    where = runner.addresses[0]
    receiver.url = f"{'https' if tls else 'http'}://{where[0]}:{where[1]}/hook"
    try:
        yield receiver
    finally:
        await runner.cleanup()
