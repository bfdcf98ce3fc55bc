"""Sockets, what is sent down them and what comes back."""

from dataclasses import dataclass, field

from aiohttp import web

from tests.platforms.slack.accounts import App
from tests.platforms.slack.reading import Json


@dataclass(eq=False, repr=False)
class Socket:
    """One connection of an app, open or over."""

    app: App
    connection: web.WebSocketResponse
    http: web.Request
    opened_at: float
    pings: list[float] = field(default_factory=list)
    pongs: list[float] = field(default_factory=list)
    answers_pings: bool = True
    deaf: bool = False
    """Half-open: nothing sent arrives any more on either side, and nobody says so."""
    closed_at: float | None = None

    def __repr__(self) -> str:
        return f"<socket of {self.app}, {'open' if self.is_open else 'closed'}>"

    @property
    def is_open(self) -> bool:
        """Whether Slack believes that somebody is there."""
        return self.closed_at is None

    def cut(self) -> None:
        """Cut the TCP connection without a close frame."""
        if self.http.transport:
            self.http.transport.abort()


@dataclass(frozen=True)
class Ack:
    """What came back for an envelope."""

    envelope_id: str
    payload: Json | None
    latency: float
    """Seconds since the envelope was first sent."""
    socket: Socket


@dataclass(eq=False, repr=False)
class Envelope:
    """Something that was sent down a socket, and every ack of it."""

    id: str
    type: str
    payload: Json
    app: App
    retry: Json = field(default_factory=dict)
    sent_at: float = 0
    sent_over: list[Socket] = field(default_factory=list)
    acks: list[Ack] = field(default_factory=list)

    def __repr__(self) -> str:
        return f"<{self.type} over {self.sent_over}, acks {self.acks}>"

    @property
    def ack(self) -> Ack | None:
        """The first ack: the one that counts."""
        return self.acks[0] if self.acks else None

    @property
    def is_lost(self) -> bool:
        """Whether no ack can come any more: every socket that carried it is gone."""
        return not self.acks and all(socket.closed_at is not None for socket in self.sent_over)

    def as_json(self) -> Json:
        """Return it as it goes down the socket."""
        accepts = self.type == "slash_commands" or self.payload.get("type") == "view_submission"
        envelope = {"envelope_id": self.id, "type": self.type, "payload": self.payload}
        return {**envelope, "accepts_response_payload": accepts, **self.retry}
