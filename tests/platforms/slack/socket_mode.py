"""Socket Mode: sockets, envelopes and their acks. https://docs.slack.dev/apis/events-api/using-socket-mode"""

import asyncio
import contextlib
import itertools
import json
import secrets
import time
import uuid

from aiohttp import WSMessage, WSMsgType, web

from tests.platforms.slack.accounts import App
from tests.platforms.slack.envelopes import Ack, Envelope, Socket
from tests.platforms.slack.reading import Json
from tests.platforms.slack.workspace import Workspace

MOST_SOCKETS = 10
HOST = "applink-1"


class SocketMode:
    """Serves `/link` and hands every envelope to one of the sockets."""

    def __init__(self, slack: Workspace) -> None:
        self._slack = slack
        self._tickets: dict[str, App] = {}
        self._turn = itertools.count()
        self.sockets: list[Socket] = []
        self.envelopes: list[Envelope] = []
        self.strays: list[Json] = []
        """Acks of envelopes that nobody sent, and whatever else came."""
        self.doubled = 0
        self.doubled_over_another_socket = False

    def open(self, app: App) -> str:
        """Return the path at which an app may connect, once."""
        ticket = secrets.token_hex(8)
        self._tickets[ticket] = app
        return f"/link/?ticket={ticket}&app_id={app.id}"

    def connected(self, app: App | None = None) -> list[Socket]:
        """Return the sockets that are open, oldest first."""
        return [socket for socket in self.sockets if socket.is_open and app in {None, socket.app}]

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Hold one socket until it ends."""
        app = self._tickets.pop(http.query.get("ticket", ""), None)
        if app is None:
            raise web.HTTPNotFound
        connection = web.WebSocketResponse(autoping=False, timeout=1)
        try:
            await connection.prepare(http)
        except ConnectionError:  # gone again before it was there
            return connection
        socket = Socket(app, connection, http, time.monotonic())
        self.sockets.append(socket)
        try:
            with contextlib.suppress(ConnectionError):  # it may end while something is being said
                await self._greet(socket)
                async for message in connection:
                    await self._hear(socket, message)
        finally:
            socket.closed_at = time.monotonic()
            self._slack.bell.ring()
        return connection

    async def _greet(self, socket: Socket) -> None:
        number = len(self.connected(socket.app))
        if number > MOST_SOCKETS:
            await self.disconnect(socket, "too_many_websockets")
            return
        debug = {"host": HOST, "build_number": 1, "approximate_connection_time": 18060}
        connection_info = {"app_id": socket.app.id}
        hello = {"type": "hello", "num_connections": number, "debug_info": debug, "connection_info": connection_info}
        await socket.connection.send_str(json.dumps(hello))
        await socket.connection.ping(b"Ping from applink-1")
        self._slack.bell.ring()

    async def _hear(self, socket: Socket, message: WSMessage) -> None:
        if socket.deaf:
            return
        if message.type is WSMsgType.PING:
            socket.pings.append(time.monotonic())
            if socket.answers_pings:
                await socket.connection.pong(message.data)
        elif message.type is WSMsgType.PONG:
            socket.pongs.append(time.monotonic())
        elif message.type is WSMsgType.TEXT:
            self._acked(socket, json.loads(message.data))
        self._slack.bell.ring()

    def _acked(self, socket: Socket, said: Json) -> None:
        for envelope in self.envelopes:
            if envelope.id == said.get("envelope_id"):
                latency = time.monotonic() - envelope.sent_at
                envelope.acks.append(Ack(envelope.id, said.get("payload"), latency, socket))
                return
        self.strays.append(said)

    async def send(self, app: App, type_: str, payload: Json, retry: Json | None = None) -> Envelope:
        """Send something down one of the app's sockets, in turn; down none when none is open."""
        envelope = Envelope(str(uuid.uuid4()), type_, payload, app, retry or {}, time.monotonic())
        self.envelopes.append(envelope)
        open_sockets = self.connected(app)
        if open_sockets:
            first = next(self._turn) % len(open_sockets)
            chosen = [open_sockets[first]]
            if self.doubled:
                self.doubled -= 1
                chosen.append(open_sockets[first - 1] if self.doubled_over_another_socket else chosen[0])
            for socket in chosen:
                await self._carry(socket, envelope)
        self._slack.bell.ring()
        return envelope

    async def _carry(self, socket: Socket, envelope: Envelope) -> None:
        envelope.sent_over.append(socket)
        if not socket.deaf:
            with contextlib.suppress(ConnectionError):  # it is just going: lost like anything on a wire that ends
                await socket.connection.send_str(json.dumps(envelope.as_json()))

    async def disconnect(self, socket: Socket, reason: str) -> None:
        """Tell a socket that it ends soon (`warning`, `refresh_requested`) or now (`link_disabled`)."""
        said = {"type": "disconnect", "reason": reason, "debug_info": {"host": HOST}}
        await socket.connection.send_str(json.dumps(said))
        if reason not in {"warning", "refresh_requested"}:
            await socket.connection.close()

    async def close(self) -> None:
        """End every socket, politely."""
        await asyncio.gather(*(socket.connection.close() for socket in self.connected()))
