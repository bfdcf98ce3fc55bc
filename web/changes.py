"""Telling open pages that there is something new to look at, by server-sent events.

https://html.spec.whatwg.org/multipage/server-sent-events.html – a page is told that something has changed, never what:
it asks again, and sees what its key may see. Nothing is looked up for a page that waits, and no page holds up the end
of the process.
"""

import asyncio

from aiohttp import web

from gateway import browse
from gateway.onlookers import ALL, Call, Onlooker
from gateway.sessions import resume
from models.db import Unreachable
from web.pages import HEADERS
from web.visit import Visit

BEAT_SECONDS = 15.0
"""How often something is sent though nothing has happened, so that no proxy takes the connection for dead."""
LOOK_SECONDS = 2.0
"""How often is looked whether the browser is still there."""
GAP_SECONDS = 1.0
"""How long to wait between two changes: whatever happens meanwhile is one."""
COME_BACK_MS = 2_000
"""After how long a browser comes back when the stream has ended."""
SPREAD_MS = 3_000
"""At most how much later some come back, so that those of a server that has gone do not all come at once."""
CHANGED = b"data: changed\n\n"
BEAT = b": beat\n\n"


async def stream(visit: Visit) -> web.StreamResponse:
    """Tell a page of changes to the request that it names, or to any, until the browser, the session or we go away.

    Raises NotFound, Forbidden, or Unavailable when too many are open.
    """
    gate = visit.gate
    named = visit.http.query.get("of")
    looked_at = (await browse.show(gate, named, by=visit.actor)).id if named else ALL
    answer = web.StreamResponse(headers={**HEADERS, "X-Accel-Buffering": "no"})
    answer.content_type = "text/event-stream"
    if visit.http.method == "HEAD":
        return answer
    with gate.onlookers.look_on(looked_at, key_id=visit.session.key.id) as onlooker:
        try:
            await answer.prepare(visit.http)
            await answer.write(f"retry: {COME_BACK_MS + gate.chance.randrange(SPREAD_MS)}\n\n".encode())
            await _tell(visit, answer, onlooker)
        except Unreachable:  # the browser has gone, or nobody knows whether its session still counts: it comes back
            return answer
    return answer


async def _tell(visit: Visit, answer: web.StreamResponse, onlooker: Onlooker) -> None:
    clock = asyncio.get_running_loop().time
    spoken_at = clock()
    while not visit.gate.onlookers.is_closed and _is_there(visit.http):
        call = await onlooker.rest(LOOK_SECONDS)
        is_time = clock() - spoken_at >= BEAT_SECONDS
        if (is_time or Call.KEYS in call) and not await _may_stay(visit):
            await answer.write(CHANGED)  # it finds the login there
            return
        if Call.NEWS in call or (is_time and visit.gate.bells.are_silent):
            await answer.write(CHANGED)
            await visit.gate.onlookers.pause(GAP_SECONDS)
        elif is_time:
            await answer.write(BEAT)
        else:
            continue
        spoken_at = clock()


async def _may_stay(visit: Visit) -> bool:
    return await resume(visit.gate, visit.session.text) is not None


def _is_there(http: web.Request) -> bool:
    return http.transport is not None and not http.transport.is_closing()
