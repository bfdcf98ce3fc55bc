"""A Discord to test against: the REST API v10 and the gateway on 127.0.0.1, spoken as Discord speaks them.

async with FakeDiscord() as discord:
    ada = discord.user("ada")
    ops = discord.channel("ops", ada)
    …  # point discord.py at it: Route.BASE = discord.base_url; its gateway comes from /gateway/bot
    card = await discord.next_message(ops)
    clicked = await discord.click(ada, card, "Approve")
    assert clicked.latency < 1
"""

from types import TracebackType
from typing import Self

from aiohttp import web

from tests.platforms.discord.accounts import Application, Member, Role, User
from tests.platforms.discord.acting import Acting
from tests.platforms.discord.channels import Channel, Message
from tests.platforms.discord.gateway import Gateway
from tests.platforms.discord.guilds import Guild
from tests.platforms.discord.interactions import Answer, Interaction
from tests.platforms.discord.modals import Modal
from tests.platforms.discord.permissions import Permission
from tests.platforms.discord.records import Call
from tests.platforms.discord.rest import PREFIX, RestApi
from tests.platforms.discord.sessions import Intent, Session, Socket

__all__ = [
    "Answer",
    "Application",
    "Call",
    "Channel",
    "FakeDiscord",
    "Guild",
    "Intent",
    "Interaction",
    "Member",
    "Message",
    "Modal",
    "Permission",
    "Role",
    "Session",
    "Socket",
    "User",
]

LARGEST_BODY = 64 * 1024 * 1024


class FakeDiscord(Acting):
    """This Discord and the server that speaks for it."""

    async def __aenter__(self) -> Self:
        """Start on a free port."""
        http = web.Application(client_max_size=LARGEST_BODY)
        http.router.add_get("/gateway/", Gateway(self).serve)
        http.router.add_route("*", "/{path:.*}", RestApi(self).serve)
        self._runner = web.AppRunner(http, access_log=None, shutdown_timeout=0.1)
        await self._runner.setup()
        site = web.TCPSite(self._runner, "127.0.0.1", 0)
        await site.start()
        host, port = self._runner.addresses[0][:2]
        self.url = f"http://{host}:{port}"
        self.gateway_url = f"ws://{host}:{port}/gateway/"
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Stop: whoever hangs gets an answer, every socket a close frame."""
        self.weather.clear()
        for socket in self.connected:
            socket.end(1001)
        await self._runner.cleanup()

    @property
    def base_url(self) -> str:
        """The address for `discord.http.Route.BASE` and `DISCORD_API_URL`."""
        return f"{self.url}{PREFIX}"

    @property
    def connected(self) -> list[Socket]:
        """The sockets that are open."""
        return [socket for socket in self.sockets if socket.is_open]
