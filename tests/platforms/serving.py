"""A local HTTP server on a free port of 127.0.0.1."""

from aiohttp import web

LARGEST_BODY = 64 * 1024 * 1024


def application() -> web.Application:
    """Return an application that takes large bodies."""
    return web.Application(client_max_size=LARGEST_BODY)


class Server:
    """One application on its own port."""

    def __init__(self, app: web.Application, *, ends_with_its_client: bool = False) -> None:
        """Serve `app`; with `ends_with_its_client` a handler is cancelled as soon as whoever called is gone."""
        self._runner = web.AppRunner(
            app, access_log=None, shutdown_timeout=0.1, handler_cancellation=ends_with_its_client
        )
        self.address = ""
        """`127.0.0.1:PORT`, once it has started."""

    async def start(self) -> None:
        """Take a free port and listen."""
        await self._runner.setup()
        await web.TCPSite(self._runner, "127.0.0.1", 0).start()
        host, port = self._runner.addresses[0][:2]
        self.address = f"{host}:{port}"

    async def stop(self) -> None:
        """Listen no more; every open connection ends."""
        await self._runner.cleanup()
