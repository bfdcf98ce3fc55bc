"""The first page: where somebody who has logged in is led to."""

from aiohttp import web

from gateway.errors import Forbidden
from web.visit import Visit


async def show(visit: Visit) -> web.Response:
    """Lead to the first page that the key opens. Raises Forbidden when there is none."""
    entry = next(iter(visit.frame.entries), None)
    if entry is None:
        raise Forbidden(
            f"The key {visit.actor.id} opens none of the pages: it would need request:read, audit:read or key:manage. "
            "Log out, and log in with another."
        )
    return visit.go(entry.path)
