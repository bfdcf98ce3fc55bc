"""The asker reports what came of an approved request."""

from collections.abc import Mapping
from typing import Any

from gateway import browse
from gateway.checks import check_json
from gateway.errors import Forbidden, NotConfirmable
from gateway.events import RequestConfirmed
from gateway.gate import Gate
from gateway.views import Actor, RequestView
from models import requests
from models.words import Status


async def confirm(gate: Gate, ref: str, *, by: Actor, result: Mapping[str, Any]) -> RequestView:
    """Keep the result of an approved request, once. Raises NotFound, Forbidden, NotConfirmable or Invalid."""
    check_json(result, "result")
    request = await browse.load(ref)
    if not request.was_asked_by(by):
        raise Forbidden(f"{request.shown_code} was asked by {request.requested_by}; only that key may confirm it.")
    async with gate.unit(by=by) as unit:
        won = await requests.confirm(request.id, at=unit.at, result=dict(result))
        if won:
            unit.publish(RequestConfirmed(request_id=request.id, action=request.action))
    after = await browse.load(request.id)
    if not won:
        raise NotConfirmable(_why_not(after), request=after)
    return after


def _why_not(request: RequestView) -> str:
    if request.status is not Status.APPROVED:
        return f"{request.shown_code} is {request.status.value}; only an approved request can be confirmed."
    return f"{request.shown_code} was confirmed before; that stands."
