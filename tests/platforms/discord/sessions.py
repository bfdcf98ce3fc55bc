"""Gateway sessions and the sockets they live over. https://discord.com/developers/docs/events/gateway"""

import asyncio
from dataclasses import dataclass, field
from enum import IntEnum, IntFlag
from typing import Any

from aiohttp import web

Json = dict[str, Any]


class Op(IntEnum):
    """Gateway opcodes."""

    DISPATCH = 0
    HEARTBEAT = 1
    IDENTIFY = 2
    PRESENCE = 3
    RESUME = 6
    RECONNECT = 7
    REQUEST_MEMBERS = 8
    INVALID_SESSION = 9
    HELLO = 10
    HEARTBEAT_ACK = 11


class Intent(IntFlag):
    """The intents that matter here, with Discord's bits."""

    GUILDS = 1 << 0
    GUILD_MEMBERS = 1 << 1
    GUILD_PRESENCES = 1 << 8
    GUILD_MESSAGES = 1 << 9
    DIRECT_MESSAGES = 1 << 12
    MESSAGE_CONTENT = 1 << 15


PRIVILEGED = Intent.GUILD_MEMBERS | Intent.GUILD_PRESENCES | Intent.MESSAGE_CONTENT
LARGEST_INTENT = 1 << 25
"""Bits above it mean nothing: 4013."""


@dataclass(frozen=True)
class End:
    """The end of a socket: a close frame with this code."""

    code: int


@dataclass(eq=False, repr=False)
class Socket:
    """One connection to the gateway, open or over."""

    connection: web.WebSocketResponse
    http: web.Request
    opened_at: float
    outbox: asyncio.Queue[Json | End] = field(default_factory=asyncio.Queue)
    session: "Session | None" = None
    heard: list[Json] = field(default_factory=list)
    """Everything the client said."""
    beats: list[float] = field(default_factory=list)
    answers_beats: bool = True
    deaf: bool = False
    """Half-open: nothing sent arrives any more on either side, and nobody says so."""
    is_ending: bool = False
    """Whether a close frame is on its way."""
    closed_at: float | None = None
    close_code: int | None = None
    """The code it was closed with, from either side."""

    def __repr__(self) -> str:
        return f"<socket, {'open' if self.is_open else f'closed with {self.close_code}'}>"

    @property
    def is_open(self) -> bool:
        """Whether Discord believes that somebody is there."""
        return self.closed_at is None

    def say(self, op: Op, data: Any = None, *, event: str | None = None, number: int | None = None) -> None:
        """Send something down the wire."""
        self.outbox.put_nowait({"op": int(op), "d": data, "s": number, "t": event})

    def end(self, code: int) -> None:
        """Send a close frame after all that is on its way."""
        self.outbox.put_nowait(End(code))

    def cut(self) -> None:
        """Cut the TCP connection without a close frame."""
        if self.http.transport:
            self.http.transport.abort()


@dataclass(eq=False, repr=False)
class Session:
    """What an identify began; it outlives its socket until it is invalid."""

    id: str
    token: str
    intents: Intent
    identify: Json
    socket: Socket | None
    told: list[Json] = field(default_factory=list)
    """Every event, oldest first: what a resume brings again."""
    is_valid: bool = True
    resumes: list[Json] = field(default_factory=list)
    replayed: int = 0
    """How many events resumes brought again."""

    def __repr__(self) -> str:
        return f"<session {self.id[:6]}, {self.socket or 'no socket'}>"

    @property
    def is_open(self) -> bool:
        """Whether it has a socket over which events go out now."""
        return self.is_valid and self.socket is not None and self.socket.is_open

    def tell(self, event: str, data: Json) -> None:
        """Send an event; without a socket it waits for a resume."""
        number = len(self.told) + 1
        self.told.append({"event": event, "number": number, "data": data})
        if self.socket and self.socket.is_open:
            self.socket.say(Op.DISPATCH, data, event=event, number=number)

    def replay(self, after: int) -> None:
        """Send again what came after a number."""
        assert self.socket
        missed = self.told[after:]
        self.replayed += len(missed)
        for one in missed:
            self.socket.say(Op.DISPATCH, one["data"], event=one["event"], number=one["number"])
