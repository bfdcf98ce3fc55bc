"""What a model gives to each tool: the schemas it reads, and the checks they stand for."""

import json
from typing import Annotated, Any, Literal

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError

LONGEST_WAIT = 25.0
"""Seconds that a tool waits at most: clients give up after 60, and an answer has to find its way back."""
USUAL_WAIT = 20.0


def _object(value: Any) -> Any:
    """Take an object that was written as JSON in a string: some clients write every object so."""
    if not isinstance(value, str):
        return value
    try:
        return json.loads(value)
    except (ValueError, RecursionError):
        return value


Object = Annotated[dict[str, Any], BeforeValidator(_object)]
Wait = Annotated[
    float, Field(ge=0, le=LONGEST_WAIT, description="Seconds to wait for a decision before answering, 25 at most.")
]
RequestId = Annotated[
    str, Field(min_length=1, max_length=100, description="The request's id (req_…) or its short code (k7qm-3vtx).")
]


class Arguments(BaseModel):
    """A tool's arguments: one that is misspelt or of a wrong type is refused, never dropped or repaired."""

    model_config = ConfigDict(extra="forbid", strict=True, frozen=True)


class RequestApproval(Arguments):
    """What to ask."""

    action: str = Field(
        min_length=1, max_length=200, description="What you want to do, as a short dotted name such as email.send."
    )
    params: Object = Field(
        default_factory=dict,
        description=(
            "Exactly what you would do it with: every value that makes a difference. The person sees them, and the "
            "approval covers these values and no others."
        ),
    )
    reason: str = Field(default="", max_length=4000, description="Why, in a sentence or two, for who decides.")
    context: Object = Field(
        default_factory=dict, description="What else helps to decide, such as a ticket or a link; not what is done."
    )
    urgency: Literal["low", "normal", "high", "critical"] = Field(default="normal", description="How much it hurries.")
    expires_in_seconds: float | None = Field(
        default=None, gt=0, description="After how many seconds nobody needs to answer any more."
    )
    idempotency_key: str = Field(
        default="",
        max_length=255,
        description=(
            "Leave it out: asking the same again joins the request that is still open. Give a key of your own to find "
            "the request again after a restart, or another one to do the very same thing a second time."
        ),
    )
    wait_seconds: Wait = USUAL_WAIT


class CheckApproval(Arguments):
    """Which request to look at."""

    request_id: RequestId
    wait_seconds: Wait = USUAL_WAIT


class CancelApproval(Arguments):
    """Which request to withdraw."""

    request_id: RequestId


class ListMyRequests(Arguments):
    """Which of the session's requests to list."""

    status: Literal["pending", "approved", "denied", "expired", "cancelled"] | None = Field(
        default=None, description="Only those in this state."
    )
    limit: int = Field(default=10, ge=1, le=20, description="How many, newest first.")


class ConfirmExecution(Arguments):
    """What came of an approved action."""

    request_id: RequestId
    result: Object = Field(
        default_factory=dict,
        description="What came of it, such as an id, a count or an error; kept in the audit trail.",
    )


def explain(error: ValidationError, model: type[Arguments]) -> str:
    """Say what is wrong with the arguments, for a model to mend."""
    known = ", ".join(model.model_fields) or "none"
    sentences = []
    for problem in error.errors(include_url=False, include_input=False):
        name = ".".join(str(part) for part in problem["loc"])
        if problem["type"] == "extra_forbidden":
            sentences.append(f"There is no argument {name}; there are {known}.")
        else:
            sentences.append(f"{name}: {problem['msg']}.")
    return " ".join(sentences)
