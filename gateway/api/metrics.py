"""The metrics, as Prometheus reads them."""

import hmac

from aiohttp import web

from gateway.api.call import Call
from gateway.api.peer import note_wrong_key
from gateway.errors import Unauthorized
from gateway.gauges import read_gauges

METRICS_TOKEN = web.AppKey("metrics_token", str)
"""What whoever reads them must show; empty: nothing."""


async def metrics(call: Call) -> web.Response:
    """Say what was counted and how much waits; also without a database, with what is known then."""
    if not _shows_token(call.http):
        await note_wrong_key(call.http)
        raise Unauthorized(
            "The metrics need a token; send `Authorization: Bearer` with the METRICS_TOKEN of the server."
        )
    await read_gauges(call.gate)
    text, content_type = call.gate.metrics.written(call.http.headers.get("Accept", ""))
    return web.Response(body=text, headers={"Content-Type": content_type, "Cache-Control": "no-store"})


def _shows_token(http: web.Request) -> bool:
    wanted = http.app[METRICS_TOKEN]
    scheme, _, shown = http.headers.get("Authorization", "").partition(" ")
    presented = shown.strip() if scheme.lower() == "bearer" else ""
    return not wanted or hmac.compare_digest(presented.encode("utf-8", "surrogatepass"), wanted.encode())
