"""What callers may send in a body: declared once, for validation and for the OpenAPI document."""

from collections.abc import Collection
from datetime import datetime
from typing import Annotated, Any, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel

from gateway.api.moments import read_moment
from gateway.errors import Invalid
from models.words import Decision, Scope, Urgency

Moment = Annotated[datetime, BeforeValidator(read_moment), WithJsonSchema({"type": "string", "format": "date-time"})]
LONGEST_SECONDS = 315_360_000.0


class Body(BaseModel):
    """A JSON object: unknown keys are ignored, known ones of a wrong type refused, never repaired."""

    model_config = ConfigDict(strict=True, alias_generator=to_camel, extra="ignore", frozen=True)


class AskBody(Body):
    """What an agent asks for."""

    action: str = Field(
        min_length=1, max_length=200, description="What the agent wants to do: 1 to 200 printable characters"
    )
    params: dict[str, Any] = Field(default_factory=dict, description="What it would do it with; covered by the digest")
    context: dict[str, Any] = Field(
        default_factory=dict, description="Why, for people; `reason` and `summary` stand on the card"
    )
    urgency: Urgency = Field(default=Urgency.NORMAL, strict=False, description="How much it hurries")
    expires_at: Moment | None = Field(
        default=None, description="When it expires; the earlier of this and the rule's own expiry counts"
    )
    expires_in_sec: float | None = Field(
        default=None,
        gt=0,
        le=LONGEST_SECONDS,
        description="The same as a number of seconds from now; give one of the two",
    )
    idempotency_key: str | None = Field(
        default=None,
        min_length=1,
        max_length=255,
        description="Asking again under it returns the first request, with 200; with another body it is a 409",
    )


class DecideBody(Body):
    """An answer to a request."""

    decision: Decision = Field(strict=False, description="The answer")
    reason: str | None = Field(default=None, description="Why; required where the rule says so")
    digest: str | None = Field(
        default=None, description="409 when it is not this request's: decide only what you have seen"
    )
    decided_by: str | None = Field(
        default=None, description="Whom you speak for; kept as a claim in the audit trail, never trusted"
    )


class ConfirmBody(Body):
    """What came of an approved request."""

    result: dict[str, Any] = Field(default_factory=dict, description="What came of it")


class CancelBody(Body):
    """Nothing is needed to cancel."""


class PolicyBody(Body):
    """A new policy."""

    name: str = Field(
        description="How it is called on cards and in the audit trail; unique, 1 to 100 printable characters"
    )
    priority: int = Field(default=100, description="Lower numbers are asked first; ±1 000 000")
    enabled: bool = Field(default=True, description="Whether it is asked at all")
    rules: list[dict[str, Any]] = Field(description="In order; the first that matches answers; 500 at most")


class PolicyChangeBody(Body):
    """What changes in a policy; what is left out stays."""

    name: str | None = None
    priority: int | None = None
    enabled: bool | None = None
    rules: list[dict[str, Any]] | None = None


class TryBody(Body):
    """An ask to try the policies on; nothing is stored."""

    action: str = Field(description="What would be asked for")
    params: dict[str, Any] = Field(default_factory=dict, description="With what")
    context: dict[str, Any] = Field(default_factory=dict, description="Why")
    urgency: Urgency = Field(default=Urgency.NORMAL, strict=False, description="How much it would hurry")
    requested_by: str | None = Field(default=None, description="As whom to ask; the caller's key when left out")


AnyBody = TypeVar("AnyBody", bound=Body)

ScopeList = Annotated[list[Annotated[Scope, Field(strict=False)]], Field(min_length=1)]


class KeyBody(Body):
    """A new API key."""

    name: str = Field(
        description="How it is called in the audit trail: 1 to 100 printable characters, unique among active keys"
    )
    scopes: ScopeList = Field(
        description="What it may do, at least one; `admin` implies all. None that the calling key does not have"
    )
    rate_limit: int | None = Field(default=None, description="Calls a minute; `RATE_LIMIT_RPM` when null or left out")
    expires_at: Moment | None = Field(default=None, description="When it stops working; never when null or left out")


class KeyChangeBody(Body):
    """What changes in a key; what is left out stays, null takes a limit or an end away."""

    name: str | None = None
    scopes: ScopeList | None = None
    rate_limit: int | None = None
    expires_at: Moment | None = None


class WebhookBody(Body):
    """A new webhook."""

    url: str = Field(
        description="Where events are posted: http or https, on the internet; without name, password and fragment"
    )
    events: list[str] = Field(default_factory=lambda: ["*"], description="Which events; `*` for all")
    secret: str | None = Field(
        default=None,
        description="What signs the calls: `whsec_…`, or 16 to 255 printable ASCII characters; made when left out",
    )
    enabled: bool = Field(default=True, description="Whether it hears of anything")


class WebhookChangeBody(Body):
    """What changes in a webhook; what is left out stays."""

    url: str | None = None
    events: list[str] | None = None
    secret: str | None = Field(default=None, description="Another secret; it signs from the next call on")
    enabled: bool | None = None


def read_body(kind: type[AnyBody], members: dict[str, Any]) -> AnyBody:
    """Return a body's values. Raises Invalid that names the first bad field and why."""
    try:
        return kind.model_validate(members)
    except ValidationError as error:
        raise invalid_from(error) from error


def names_in(kind: type[Body]) -> frozenset[str]:
    """Return the keys that a body may have by its declaration."""
    return frozenset(str(field.alias) for field in kind.model_fields.values())


def changes_in(body: Body, *, nullable: Collection[str] = ()) -> dict[str, Any]:
    """Return what a change sets; null counts only where it means something. Raises Invalid for another null."""
    changes = {name: getattr(body, name) for name in body.model_fields_set}
    for name, value in changes.items():
        if value is None and name not in nullable:
            field = to_camel(name)
            raise Invalid(f"{field} cannot be taken away; leave it out to keep it", field=field)
    return changes


def invalid_from(error: ValidationError) -> Invalid:
    """Turn pydantic's findings into one sentence about the first of them."""
    first = error.errors(include_url=False, include_input=False)[0]
    field = ".".join(str(part) for part in first["loc"]) or "the body"
    reason = str(first["ctx"]["error"]) if first["type"] == "value_error" else first["msg"]
    return Invalid(f"{field}: {reason[0].lower()}{reason[1:]}", field=field)
