"""The only way a request ends: by a human, a link, a policy, expiry or cancellation.

The compare-and-set is in the query's WHERE: whoever updates the one pending row has won.
"""

from gateway.events import GateEvent, RequestApproved, RequestCancelled, RequestDecided, RequestDenied, RequestExpired
from gateway.gate import Unit
from gateway.views import Actor, RequestView
from models import requests
from models.words import DeciderType, Decision, Status


async def close(
    unit: Unit,
    request: RequestView,
    *,
    status: Status,
    by: Actor,
    by_type: DeciderType,
    reason: str | None = None,
    claimed_by: str | None = None,
) -> bool:
    """End a pending request and publish how; return whether this unit was the one that did."""
    won = await requests.close(request.id, status=status, at=unit.at, by=str(by), by_type=by_type.value, reason=reason)
    if not won:
        return False
    unit.publish(_ending(request, status, reason, claimed_by), to=request.targets, by=by)
    if status in {Status.APPROVED, Status.DENIED}:
        decision = Decision(status.value)
        unit.publish(
            RequestDecided(
                request_id=request.id, action=request.action, decision=decision.value, digest=request.digest
            ),
            by=by,
        )
    unit.ended.append(request.id)
    return True


def _ending(request: RequestView, status: Status, reason: str | None, claimed_by: str | None) -> GateEvent:
    match status:
        case Status.APPROVED | Status.DENIED:
            kind = RequestApproved if status is Status.APPROVED else RequestDenied
            return kind(
                request_id=request.id,
                action=request.action,
                digest=request.digest,
                reason=reason,
                claimed_by=claimed_by,
            )
        case Status.EXPIRED:
            return RequestExpired(request_id=request.id, action=request.action)
        case Status.CANCELLED:
            return RequestCancelled(request_id=request.id, action=request.action)
        case Status.PENDING:
            raise ValueError("a request cannot end as pending")
