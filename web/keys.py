"""The page of API keys: which there are."""

from aiohttp import web

from gateway.keys import list_keys
from web.visit import Visit


async def index(visit: Visit) -> web.Response:
    """Show every key, the newest first."""
    return visit.page("keys.html", keys=await list_keys(visit.gate), now=visit.gate.now())
