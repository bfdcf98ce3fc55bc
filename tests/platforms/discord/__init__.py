"""A Discord to test against: the REST API v10 and the gateway on 127.0.0.1, spoken as Discord speaks them.

async with FakeDiscord() as discord:
    ada = discord.user("ada")
    ops = discord.channel("ops", ada)
    …  # point discord.py at it: Route.BASE = discord.base_url; its gateway's address comes from /gateway/bot
    card = await discord.next_message(ops)
    clicked = await discord.click(ada, card, "Approve")
    assert clicked.latency < 1
"""

from types import TracebackType
from typing import Self

from tests.platforms.discord.accounts import Application, Member, Role, User
from tests.platforms.discord.acting import Choice
from tests.platforms.discord.channels import Channel, Kind
from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.interactions import Answer, Interaction
from tests.platforms.discord.messages import Flag, Message
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call
from tests.platforms.discord.rest import PREFIX, RestApi
from tests.platforms.discord.routes import ROUTES
from tests.platforms.discord.sessions import Intent, Session, Socket
from tests.platforms.discord.steering import Steering
from tests.platforms.serving import Server, application

__all__ = [
    "Answer",
    "Application",
    "Call",
    "Channel",
    "Choice",
    "FakeDiscord",
    "Flag",
    "Guild",
    "Intent",
    "Interaction",
    "Kind",
    "Member",
    "Message",
    "Modal",
    "Permission",
    "Role",
    "Session",
    "Socket",
    "User",
]


class FakeDiscord(Steering):
    """This Discord and the two servers that speak for it."""

    def __init__(self) -> None:
        super().__init__()
        self.weather.known = frozenset({*ROUTES, "*", "gateway"})

    def calls_of(self, route: str) -> list[Call]:
        """Return the calls of one route, oldest first; `routes.ROUTES` has their names."""
        self.weather.check(route)
        return super().calls_of(route)

    async def __aenter__(self) -> Self:
        """Start on two free ports, one for REST and one for the gateway."""
        rest, gateway = application(), application()
        rest.router.add_route("*", "/{path:.*}", RestApi(self).serve)
        gateway.router.add_get("/", Gateway(self).serve)
        self._servers = [Server(rest), Server(gateway, ends_with_its_client=True)]
        for server in self._servers:
            await server.start()
        self.url = f"http://{self._servers[0].address}"
        self.gateway_url = f"ws://{self._servers[1].address}/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: whoever hangs gets an answer, every socket a close frame."""
        self.weather.clear()
        self.close(1001)
        for server in self._servers:
            await server.stop()

    @property
    def base_url(self) -> str:
        """The address for `discord.http.Route.BASE` and `DISCORD_API_URL`."""
        return f"{self.url}{PREFIX}"
