"""The first page: where somebody who has logged in is led to."""

from http import HTTPStatus

from aiohttp import web

from web.trouble import trouble_card
from web.visit import Visit


async def show(visit: Visit) -> web.Response:
    """Lead to the first page that the key opens, or say that there is none."""
    entry = next(iter(visit.frame.entries), None)
    if entry is not None:
        return visit.go(entry.path)
    sentence = (
        f"The key “{visit.actor.id}” would need request:read, audit:read or key:manage. "
        "Log out and log in with another key, or ask an admin."
    )
    return visit.say(trouble_card("This key opens none of the pages", sentence), status=HTTPStatus.FORBIDDEN)
