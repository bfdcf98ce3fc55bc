"""The list of requests: what waits first, then what has ended, by status, action and urgency."""

from aiohttp import web

from gateway.board import board, sees_everything
from gateway.search import audit_actions
from models.words import Urgency
from web import board_words as words
from web.visit import Visit

AT_ONCE = 50
MOST_SUGGESTED = 200
LIVE = "live.js"


async def index(visit: Visit) -> web.Response:
    """Show the requests that this key may see. Raises Invalid for a filter that is none."""
    wanted = words.read_wanted(visit.http.query)
    found = await board(wanted.filter, by=visit.actor, limit=AT_ONCE, cursor=wanted.cursor)
    now = visit.gate.now()
    return visit.page(
        "requests.html",
        runs=(LIVE,),
        title=words.title(found),
        wanted=wanted,
        groups=words.groups(found, now=now),
        waiting=words.how_many_wait(found),
        older=wanted.address(found.next_cursor) if found.next_cursor else None,
        actions=words.suggested(await audit_actions(), at_most=MOST_SUGGESTED) if sees_everything(visit.actor) else [],
        sees_everything=sees_everything(visit.actor),
        statuses=words.STATUSES,
        urgencies=list(Urgency),
        now=now,
    )
