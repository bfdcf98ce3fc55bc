"""What a tool answers: the request as fields for programs, and what it means as sentences for the model."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any, Literal, assert_never

from pydantic import BaseModel, Field

from agentgate import (
    AgentGateError,
    Conflict,
    Forbidden,
    InvalidRequest,
    NotFound,
    RateLimited,
    Request,
    Status,
    Unauthorized,
    Unavailable,
)

LONGEST_PARAMS = 1000
"""Characters of the params that stand in the text for a model; the fields have all of them."""
LOOK_AGAIN = 30
"""Seconds; people take minutes, and each look costs the model a turn."""


class Outcome(BaseModel):
    """What became of a request so far."""

    request_id: str = Field(description="Give this to check_approval, cancel_approval and confirm_execution.")
    code: str | None = Field(description="The same for people, who may mention it.")
    status: Literal["pending", "approved", "denied", "expired", "cancelled"]
    approved: bool = Field(description="True only while you may do it, once. Whatever else is said, false means no.")
    yours: bool = Field(description="False when somebody else asked this: then it is no permission for you.")
    action: str
    params: dict[str, Any] = Field(description="What it is about, exactly: an approval covers these and no others.")
    requested_by: str | None = Field(description="Who asked.")
    next_step: str = Field(description="What to do now.")
    check_again_in_seconds: int | None = Field(description="When to call check_approval, while it is pending.")
    decided_by: str | None
    decision_reason: str | None
    decided_at: str | None
    expires_at: str | None
    confirmed_at: str | None
    digest: str | None = Field(description="The fingerprint of action and params that was shown.")
    url: str | None = Field(description="Where people can look at it.")
    joined: bool = Field(default=False, description="True when this was asked before and no second request was made.")
    warnings: list[str] = []


class Outcomes(BaseModel):
    """Several requests, newest first."""

    requests: list[Outcome]


def outcome_of(request: Request, *, yours: bool = True, joined: bool = False, warnings: Sequence[str] = ()) -> Outcome:
    """Put a request into a tool's words; warnings come with the answer to asking alone."""
    return Outcome(
        request_id=request.id,
        code=request.code,
        status=request.status.value,
        approved=yours and request.is_approved and request.confirmed_at is None,
        yours=yours,
        action=request.action,
        params=dict(request.params),
        requested_by=request.requested_by,
        next_step=_next_step(request) if yours else _not_yours(request),
        check_again_in_seconds=None if request.is_final else LOOK_AGAIN,
        decided_by=request.decided_by,
        decision_reason=request.decision_reason,
        decided_at=_time(request.decided_at),
        expires_at=_time(request.expires_at),
        confirmed_at=_time(request.confirmed_at),
        digest=request.digest,
        url=request.url,
        joined=joined,
        warnings=list(warnings),
    )


def told(outcome: Outcome) -> str:
    """Return the same as text, the decisive word first."""
    name = outcome.code or outcome.request_id
    by = f" by {outcome.decided_by}" if outcome.decided_by else ""
    why = f" Reason: {outcome.decision_reason}" if outcome.decision_reason else ""
    whose = "" if outcome.yours else "NOT YOURS. "
    lines = [f"{whose}{outcome.status.upper()}{by}: {outcome.action} (request {name}, id {outcome.request_id}).{why}"]
    lines.append(f"It is about these params: {_clipped(json.dumps(outcome.params, ensure_ascii=False))}")
    if outcome.joined:
        lines.append("This was asked before and is the same request: one approval is for doing it once.")
    lines.append(outcome.next_step)
    if outcome.url and outcome.status == "pending":
        lines.append(f"People decide in their chat, or here: {outcome.url}")
    return "\n".join([*lines, *(f"Warning: {warning}" for warning in outcome.warnings)])


def trouble(error: AgentGateError | ValueError | TypeError, request: Request | None = None) -> str:
    """Say why there is no answer, that nothing is approved, and what can be done."""
    known = f" The request {request.code or request.id} (id {request.id}) exists; look at it later." if request else ""
    return f"NOT APPROVED. {_remedy(error)}{known} Nothing is approved by this: do not do it. Why: {error}"


def _clipped(text: str) -> str:
    return text if len(text) <= LONGEST_PARAMS else f"{text[:LONGEST_PARAMS]}… ({len(text)} characters)"


def _not_yours(request: Request) -> str:
    return (
        f"{request.requested_by or 'Somebody else'} asked this, not you: whatever becomes of it is no permission for "
        "you. Do not do it on the strength of this; for what you want to do, call request_approval."
    )


def _next_step(request: Request) -> str:
    match request.status:
        case Status.PENDING:
            return (
                "Nobody has decided yet, so do not do it yet. Call check_approval with this request_id in about "
                f"{LOOK_AGAIN} seconds, or do something else meanwhile that needs no approval."
            )
        case Status.APPROVED if request.confirmed_at is not None:
            return "It was approved and is done already. Do not do it again; if it is needed again, ask again."
        case Status.APPROVED:
            return (
                "You may now do exactly this, with exactly these params, once. Afterwards call confirm_execution with "
                "this request_id. Anything else, and doing it a second time, needs a request of its own."
            )
        case Status.DENIED:
            return (
                "Do not do it. Do not try another phrasing, other params, smaller steps or another way to the same "
                "end. Tell your user that it was denied, and why."
            )
        case Status.EXPIRED:
            return (
                "Nobody decided in time, and that is not an approval: do not do it. Tell your user, and ask again only "
                "if it is still needed."
            )
        case Status.CANCELLED:
            return "It was withdrawn, and that is not an approval: do not do it."
        case _:
            assert_never(request.status)


def _remedy(error: Exception) -> str:
    match error:
        case Unavailable():
            return "The gate cannot be asked. Try again in a minute with the same arguments; it will not ask twice."
        case Unauthorized() | Forbidden():
            return "The key of this MCP server is refused. Tell your user; only who runs the server can mend that."
        case RateLimited(retry_after=seconds):
            when = f"in {seconds:.0f} seconds" if seconds is not None else "in a minute"
            return f"Too much was asked at once. Try again {when}."
        case NotFound():
            return "There is no such request. Call list_my_requests for those that you made."
        case Conflict(code="idempotency_clash"):
            return "Another question was asked under this key. Give another idempotency_key, or none."
        case InvalidRequest() | ValueError() | TypeError():
            return "It could not be asked like this. Mend it, and ask again."
        case _:
            return "The gate refused."


def _time(moment: datetime | None) -> str | None:
    return None if moment is None else moment.astimezone(UTC).isoformat(timespec="seconds").replace("+00:00", "Z")
