"""Who is at the other end: the address that counts, also behind a proxy that is trusted."""

from collections.abc import Sequence

from aiohttp import web

from gateway.api.call import GATE
from gateway.guesses import count_wrong_key
from gateway.proxies import Network, client_address

TRUSTED = web.AppKey("trusted_proxies", Sequence[Network])


async def note_wrong_key(http: web.Request) -> None:
    """Count a wrong key or token for the caller's address. Raises TooManyRequests where there were many."""
    address = client_address(http.remote, http.headers.getall("X-Forwarded-For", []), http.app[TRUSTED])
    await count_wrong_key(http.app[GATE], address=address)
