"""What happens by itself when time passes: requests expire."""

from gateway import browse
from gateway.closing import close
from gateway.gate import Gate, Unit
from gateway.views import SYSTEM_EXPIRY, RequestView
from models import requests
from models.words import DeciderType, Status

AT_ONCE = 200


async def expire_overdue(gate: Gate) -> int:
    """End the requests whose time has run out, 200 at most; return how many this call ended."""
    ended = 0
    for request_id in await requests.overdue(at=gate.now(), limit=AT_ONCE):
        request = await browse.load(request_id)
        async with gate.unit(by=SYSTEM_EXPIRY) as unit:
            ended += await expire(unit, request)
    return ended


async def expire(unit: Unit, request: RequestView) -> bool:
    """End one request whose time has run out; return whether this unit did."""
    return await close(unit, request, status=Status.EXPIRED, by=SYSTEM_EXPIRY, by_type=DeciderType.SYSTEM)
