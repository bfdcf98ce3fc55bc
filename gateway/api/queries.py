"""What callers may send in a query: declared once, for validation and for the OpenAPI document."""

import re
from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, ValidationError, WithJsonSchema
from pydantic.alias_generators import to_camel

from gateway.api.bodies import invalid_from
from gateway.api.moments import read_from, read_to
from gateway.browse import MOST_OFFSET
from gateway.checks import check_text
from gateway.errors import Invalid
from gateway.events import EVENTS
from models.words import Status, Urgency

LONGEST_WAIT = 60.0


def _whole(text: object) -> int:
    if not re.fullmatch(r"-?[0-9]{1,9}", str(text)):
        raise ValueError("must be a whole number")
    return int(str(text))


def _seconds(text: object) -> float:
    if not re.fullmatch(r"-?[0-9]{1,9}(\.[0-9]{1,9})?", str(text)):
        raise ValueError("must be a number of seconds")
    seconds = float(str(text))
    if not 0 <= seconds <= LONGEST_WAIT:
        raise ValueError(f"must be from 0 to {LONGEST_WAIT:.0f} seconds")
    return seconds


def _event_type(text: object) -> str:
    word = str(text) if "." in str(text) else f"request.{text}"
    if word not in EVENTS:
        raise ValueError(f"is no event; these are: {', '.join(EVENTS)}")
    return word


def _flag(text: object) -> bool:
    words = {"true": True, "1": True, "false": False, "0": False, "": True}
    if str(text).lower() not in words:
        raise ValueError("must be true or false")
    return words[str(text).lower()]


Whole = Annotated[int, BeforeValidator(_whole)]
Seconds = Annotated[float, BeforeValidator(_seconds), WithJsonSchema({"type": "number", "minimum": 0, "maximum": 60})]
Flag = Annotated[bool, BeforeValidator(_flag), WithJsonSchema({"type": "boolean"})]
EventType = Annotated[str, BeforeValidator(_event_type), WithJsonSchema({"type": "string", "minLength": 1})]
DATE_SCHEMA = WithJsonSchema({"type": "string", "description": "ISO-8601 date or time"})
From = Annotated[datetime, BeforeValidator(read_from), DATE_SCHEMA]
To = Annotated[datetime, BeforeValidator(read_to), DATE_SCHEMA]
Word = Annotated[str, Field(min_length=1, max_length=255)]
ActionWord = Annotated[str, Field(min_length=1, max_length=200)]


class Query(BaseModel):
    """A query string: unknown names are ignored, known ones with a wrong value refused, never repaired."""

    model_config = ConfigDict(alias_generator=to_camel, extra="ignore", frozen=True)


class PageQuery(Query):
    """Which part of a list."""

    limit: Whole = Field(default=50, ge=1, le=100, description="How many at once, 1 to 100")
    offset: Whole = Field(default=0, ge=0, le=MOST_OFFSET, description="How many to skip")
    cursor: Word | None = Field(default=None, description="`nextCursor` of the page before; instead of offset")


class WaitQuery(Query):
    """How long to wait for a decision."""

    wait: Seconds = Field(default=0.0, description="Seconds to wait for the decision, at most 60")


class RequestsQuery(PageQuery):
    """Which requests."""

    status: Status | None = Field(default=None, description="Where they stand")
    action: ActionWord | None = Field(default=None, description="Exactly this action")
    urgency: Urgency | None = Field(default=None, description="How much they hurry")
    requested_by: Word | None = Field(default=None, description="Who asked: exactly this actor, `api:deploy-bot`")


class AuditFilterQuery(Query):
    """Which audit entries."""

    event_type: EventType | None = Field(
        default=None, description="What happened: `request.approved`, or `approved` for short"
    )
    actor: Word | None = Field(default=None, description="Who did it: exactly this actor, `api:deploy-bot`")
    action: ActionWord | None = Field(default=None, description="Entries of requests for exactly this action")
    request_id: Word | None = Field(default=None, description="One request, by id or short code")
    status: Status | None = Field(default=None, description="Entries of requests that are now in this state")
    from_: From | None = Field(default=None, alias="from", description="Not before; a date begins at midnight UTC")
    to: To | None = Field(default=None, description="Not after; a date includes its day")


class AuditQuery(AuditFilterQuery, PageQuery):
    """Which part of which audit entries."""

    cursor: Word | None = Field(
        default=None, description="`nextCursor` or `previousCursor` of another page; instead of offset"
    )


class ExportQuery(AuditFilterQuery):
    """Which audit entries, and in which format."""

    format: Literal["ndjson", "csv"] = Field(
        default="ndjson", description="In CSV, cells that a spreadsheet would run are quoted with an apostrophe"
    )


class HealthQuery(Query):
    """How closely to look."""

    deep: Flag = Field(default=False, description="Whether to look at the database, the chats and everything else")


AnyQuery = TypeVar("AnyQuery", bound=Query)


def read_query(kind: type[AnyQuery], pairs: Iterable[tuple[str, str]]) -> AnyQuery:
    """Return a query's values. Raises Invalid that names the first bad one and why."""
    values: dict[str, Any] = {}
    for name, value in pairs:
        if name in values:
            raise Invalid(f"{name[:100]} is given twice", field=name[:100])
        values[name] = check_text(value, name[:100])
    try:
        return kind.model_validate(values)
    except ValidationError as error:
        raise invalid_from(error) from error
