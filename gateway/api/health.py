"""How the gateway is, and what its API is."""

from aiohttp import web

from gateway.api.call import Call, json_answer
from gateway.api.queries import HealthQuery
from gateway.api.shapes import CheckShape, HealthShape
from gateway.health import check_health
from gateway.moments import write_moment

PARTS = ("database", "redis", "slack", "discord", "smtp", "outbox")
"""What is always answered for; whoever watches one of them need not know whether it is set up."""
NOT_USED: CheckShape = {"status": "ok", "message": "not used"}


async def health(call: Call) -> web.Response:
    """Say that the process answers; with `deep`, how everything is that it stands on. 503 while it is stopping."""
    shape: HealthShape = {"status": "ok", "timestamp": write_moment(call.gate.now())}
    if call.gate.waiters.is_closed:
        shape["status"] = "draining"
        return json_answer(shape, status=503)
    if not call.query(HealthQuery).deep:
        return json_answer(shape)
    checks = await check_health(call.gate)
    shape["checks"] = dict.fromkeys(PARTS, NOT_USED) | {
        check.name: {"status": "ok" if check.ok else "degraded", "message": check.word} for check in checks
    }
    if all(check.ok for check in checks):
        return json_answer(shape)
    shape["status"] = "degraded"
    return json_answer(shape, status=503)
