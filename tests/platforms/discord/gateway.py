"""The gateway: hello, identify, resume, heartbeats. https://discord.com/developers/docs/events/gateway"""

import asyncio
import contextlib
import json
import secrets
import time
from typing import Any

from aiohttp import WSMessage, WSMsgType, web

from tests.platforms.discord.compression import packer
from tests.platforms.discord.records import Call
from tests.platforms.discord.sessions import LARGEST_INTENT, PRIVILEGED, End, Intent, Json, Op, Session, Socket
from tests.platforms.discord.world import World
from tests.platforms.weather import struck, wait_out


class Gateway:
    """Serves `/gateway/`; every socket's handler is cancelled when its TCP connection is gone."""

    def __init__(self, discord: World) -> None:
        self._discord = discord

    async def serve(self, http: web.Request) -> web.StreamResponse:
        """Hold one socket until it ends."""
        if fault := self._discord.weather.strike("gateway"):
            await wait_out(fault)
            if fault.ends_the_call:
                return struck(http, fault, Call("GET", http.path, time.monotonic()))
        connection = web.WebSocketResponse(timeout=1, compress=False, autoclose=False, max_msg_size=0)
        try:
            await connection.prepare(http)
        except ConnectionError:  # gone again before it was there
            return connection
        socket = Socket(connection, http, time.monotonic())
        self._discord.sockets.append(socket)
        try:
            async with asyncio.TaskGroup() as group:
                writing = group.create_task(self._write(socket))
                await self._listen(socket)
                if not socket.is_ending:
                    writing.cancel()
        finally:
            self._over(socket)
        return connection

    def _over(self, socket: Socket) -> None:
        socket.closed_at = time.monotonic()
        socket.close_code = socket.close_code or socket.connection.close_code
        session = socket.session
        if session and session.socket is socket:
            session.socket = None
            session.is_valid &= socket.close_code not in {1000, 1001}
        self._discord.bell.ring()

    async def _write(self, socket: Socket) -> None:
        pack = packer(socket.http.query.get("compress", ""))
        with contextlib.suppress(ConnectionError):  # it may end while something is being said
            while not isinstance(said := await socket.outbox.get(), End):
                if not socket.deaf:
                    text = json.dumps(said)
                    sending = socket.connection.send_bytes(pack(text.encode())) if pack else None
                    await (sending or socket.connection.send_str(text))
            socket.is_ending, socket.close_code = True, said.code
            if socket.deaf:
                socket.cut()
            else:
                await socket.connection.close(code=said.code)

    async def _listen(self, socket: Socket) -> None:
        socket.say(Op.HELLO, {"heartbeat_interval": round(self._discord.heartbeat_seconds * 1000), "_trace": []})
        with contextlib.suppress(ConnectionError):
            async for message in socket.connection:
                if not socket.deaf:
                    self._hear(socket, message)
                    self._discord.bell.ring()
            if socket.deaf:
                await asyncio.Event().wait()  # whoever says goodbye gets no answer; it ends when the line is cut
            await socket.connection.close(code=socket.connection.close_code or 1000)

    def _hear(self, socket: Socket, message: WSMessage) -> None:
        try:
            said: Any = json.loads(message.data) if message.type is WSMsgType.TEXT else None
            op, data = said["op"], said.get("d")
        except (ValueError, KeyError, TypeError):
            socket.end(4002)
            return
        socket.heard.append(said)
        match op:
            case Op.HEARTBEAT:
                socket.beats.append(time.monotonic())
                if socket.answers_beats:
                    socket.say(Op.HEARTBEAT_ACK)
            case Op.IDENTIFY:
                self._identify(socket, data)
            case Op.RESUME:
                self._resume(socket, data)
            case _ if socket.session is None:
                socket.end(4003)
            case Op.REQUEST_MEMBERS:
                self._members(socket.session, data)
            case Op.PRESENCE:
                pass
            case _:
                socket.end(4001)

    def _identify(self, socket: Socket, data: Any) -> None:
        discord = self._discord
        discord.identifies.append(data)
        if wrong := self._wrong_with(socket, data):
            socket.end(wrong)
            return
        discord.session_starts += 1
        session = Session(secrets.token_hex(16), data["token"], Intent(data["intents"]), data, socket)
        socket.session = session
        discord.sessions.append(session)
        session.tell("READY", self._ready(session))
        if Intent.GUILDS in session.intents:
            for guild in discord.bot_guilds():
                with_members = Intent.GUILD_MEMBERS in session.intents
                session.tell("GUILD_CREATE", guild.as_created(discord.app.bot_user, with_members=with_members))

    def _wrong_with(self, socket: Socket, data: Any) -> int:
        """Return the close code that an identify deserves, 0 for none."""
        if socket.session:
            return 4005
        if self._discord.session_starts >= self._discord.session_start_limit:
            self._discord.app.revoke()  # Discord resets the token of a bot that begins too many sessions
        if not self._discord.knows(str(data.get("token", ""))):
            return 4004
        intents = data.get("intents")
        if not isinstance(intents, int) or not 0 <= intents < 2 * LARGEST_INTENT:
            return 4013
        return 4014 if intents & PRIVILEGED & ~self._discord.app.privileged_intents else 0

    def _ready(self, session: Session) -> Json:
        app = self._discord.app
        return {
            "v": 10,
            "user": app.bot_user.as_json(),
            "guilds": [{"id": guild.id, "unavailable": True} for guild in self._discord.bot_guilds()],
            "session_id": session.id,
            "session_type": "normal",
            "resume_gateway_url": self._discord.gateway_url,
            "application": {"id": app.id, "flags": app.flags},
            "private_channels": [],
            "_trace": [],
        }

    def _resume(self, socket: Socket, data: Any) -> None:
        discord = self._discord
        discord.resumes.append(data)
        if not discord.knows(str(data.get("token", ""))):
            socket.end(4004)
            return
        session = next((session for session in discord.sessions if session.id == data.get("session_id")), None)
        if session is None or not session.is_valid:
            socket.say(Op.INVALID_SESSION, data=False)
            return
        seen = data.get("seq") or 0
        if seen > len(session.told):
            socket.end(4007)
            return
        if session.socket and session.socket is not socket:
            session.socket.cut()
        session.socket, socket.session = socket, session
        session.resumes.append(data)
        session.replay(seen)
        session.tell("RESUMED", {"_trace": []})

    def _members(self, session: Session, data: Json) -> None:
        guild = self._discord.guilds[str(data["guild_id"])]
        asked = data.get("user_ids") or []
        wanted = [str(one) for one in (asked if isinstance(asked, list) else [asked])]
        query = data.get("query")
        found = [
            member.as_json()
            for member in guild.members.values()
            if member.user.id in wanted or (query is not None and member.user.name.startswith(query))
        ]
        missing = [id_ for id_ in wanted if id_ not in guild.members]
        chunk = {"guild_id": guild.id, "members": found, "not_found": missing, "chunk_index": 0, "chunk_count": 1}
        session.tell("GUILD_MEMBERS_CHUNK", chunk | ({"nonce": data["nonce"]} if data.get("nonce") else {}))
