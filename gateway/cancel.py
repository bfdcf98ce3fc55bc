"""The asker does not want it any more."""

from gateway import browse
from gateway.closing import close
from gateway.decide import check_open
from gateway.errors import Forbidden
from gateway.gate import Gate, Unit
from gateway.overdue import expire
from gateway.views import Actor, RequestView
from models.words import DeciderType, Scope, Status


async def cancel(gate: Gate, ref: str, *, by: Actor) -> RequestView:
    """End a pending request as cancelled; one whose time has run out expires instead.

    Raises NotFound, Forbidden (not the asker, not admin) or AlreadyFinal.
    """
    request = await browse.load(ref)
    if not request.was_asked_by(by) and not by.may(Scope.ADMIN):
        raise Forbidden(
            f"{request.shown_code} was asked by {request.requested_by}; "
            "only that key, or one with the scope admin, may cancel it."
        )
    check_open(request)
    async with gate.unit(by=by) as unit:
        won = await _end(unit, request, by=by)
    after = await browse.load(request.id)
    if not won:
        check_open(after)
    return after


async def _end(unit: Unit, request: RequestView, *, by: Actor) -> bool:
    """End the request one way or the other; return whether it is cancelled by this."""
    if request.is_overdue(unit.at):
        await expire(unit, request)
        return False
    return await close(unit, request, status=Status.CANCELLED, by=by, by_type=DeciderType.HUMAN)
