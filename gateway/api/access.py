"""What is noted of each call: its reference in every log line, one line when it is answered, and a count.

Never what was asked: the route as it is declared, not the address; the key's name, not the key.
"""

import structlog
from aiohttp import web

from gateway.api.call import GATE

REFERENCE = web.RequestKey("reference", str)
CALLER = web.RequestKey("caller", str)
"""The name of the key that was shown."""

NOWHERE = "(none)"
WATCHED = frozenset({"/health", "/metrics"})
"""What machines ask every few seconds: not worth a line while all is well."""

EVENTS = "text/event-stream"
"""What a page listens to for as long as it is open."""

log = structlog.get_logger()


def note(http: web.Request, answer: web.StreamResponse, *, seconds: float) -> None:
    """Write the line of an answered call, and count it."""
    status = answer.status
    resource = http.match_info.route.resource
    route = resource.canonical if resource else NOWHERE
    write = log.debug if route in WATCHED and status < 400 else log.info
    ms, key = round(seconds * 1000, 1), http.get(CALLER)
    write("http.answered", method=http.method, route=route, status=status, ms=ms, key=key)
    waits = "wait" in http.query or answer.content_type == EVENTS
    http.app[GATE].metrics.answered(http.method, route, status, seconds=None if waits else seconds)
