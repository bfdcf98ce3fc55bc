"""A Slack to test against: the Web API and Socket Mode on 127.0.0.1, spoken as Slack speaks them.

async with FakeSlack() as slack:
    ada = slack.user("ada")
    ops = slack.channel("ops", ada)
    app = AsyncApp(client=AsyncWebClient(token=slack.app.bot_token, base_url=slack.base_url))
    …
    card = await slack.next_message(ops)
    clicked = await slack.click(ada, card, "approve")
    assert clicked.latency < 1
"""

from types import TracebackType
from typing import Self

from tests.platforms.serving import Server, application
from tests.platforms.slack.accounts import App, Group, User
from tests.platforms.slack.acting import Acting
from tests.platforms.slack.channels import Channel, Message
from tests.platforms.slack.envelopes import Ack, Envelope, Socket
from tests.platforms.slack.interactions import Delivery, Interaction
from tests.platforms.slack.records import Call
from tests.platforms.slack.responses import Responses
from tests.platforms.slack.views import View
from tests.platforms.slack.web_api import WebApi

__all__ = [
    "Ack",
    "App",
    "Call",
    "Channel",
    "Delivery",
    "Envelope",
    "FakeSlack",
    "Group",
    "Interaction",
    "Message",
    "Socket",
    "User",
    "View",
]


class FakeSlack(Acting):
    """The workspace and the server that speaks for it."""

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        http = application()
        api = WebApi(self, lambda app: f"ws{self.url.removeprefix('http')}{self.socket_mode.open(app)}")
        http.router.add_route("*", "/api/{method}", api.serve)
        http.router.add_post("/response/{secret}", Responses(self).serve)
        http.router.add_get("/link/", self.socket_mode.serve)
        self._server = Server(http)
        await self._server.start()
        self.url = f"http://{self._server.address}"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: whoever hangs gets an answer, every socket a close frame."""
        self.weather.clear()
        await self.stop_telling()
        await self.socket_mode.close()
        await self._server.stop()

    @property
    def base_url(self) -> str:
        """The address for `AsyncWebClient(base_url=…)` and `SLACK_API_URL`."""
        return f"{self.url}/api/"

    @property
    def sockets(self) -> list[Socket]:
        """Every socket ever opened, oldest first."""
        return self.socket_mode.sockets

    @property
    def connected(self) -> list[Socket]:
        """The sockets that are open."""
        return self.socket_mode.connected()

    @property
    def acks(self) -> list[Ack]:
        """Every ack that came, in the order of the envelopes."""
        return [ack for envelope in self.socket_mode.envelopes for ack in envelope.acks]

    async def connection(self, number: int = 1, *, within: float = 5) -> Socket:
        """Return the newest socket once so many were opened in all."""
        await self.until(lambda: len(self.sockets) >= number, within=within)
        return self.sockets[number - 1]

    async def disconnect(self, reason: str = "refresh_requested", *, socket: Socket | None = None) -> None:
        """Announce an end to one socket or all: `warning`, `refresh_requested` or `link_disabled`."""
        for each in [socket] if socket else self.connected:
            await self.socket_mode.disconnect(each, reason)

    def drop(self, socket: Socket | None = None) -> None:
        """Cut one socket, or all, without a close frame."""
        for each in [socket] if socket else self.connected:
            each.cut()

    def go_deaf(self, socket: Socket | None = None) -> None:
        """Leave one socket, or all, half-open: no pongs, no envelopes, no close."""
        for each in [socket] if socket else self.connected:
            each.deaf = True

    def double_next(self, times: int = 1, *, over_another_socket: bool = False) -> None:
        """Send the next envelopes twice: over one socket, or over two."""
        self.socket_mode.doubled = times
        self.socket_mode.doubled_over_another_socket = over_another_socket
