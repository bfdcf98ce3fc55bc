"""Errors become problems: one table from our exceptions to HTTP (RFC 9457)."""

import json
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from aiohttp import web

from gateway import errors
from gateway.api.shapes import ProblemShape
from gateway.shapes import RequestShape

STATUSES: Mapping[type[errors.GateError], HTTPStatus] = {
    errors.Invalid: HTTPStatus.BAD_REQUEST,
    errors.Unauthorized: HTTPStatus.UNAUTHORIZED,
    errors.Forbidden: HTTPStatus.FORBIDDEN,
    errors.NotFound: HTTPStatus.NOT_FOUND,
    errors.Conflict: HTTPStatus.CONFLICT,
    errors.Gone: HTTPStatus.GONE,
    errors.TooManyRequests: HTTPStatus.TOO_MANY_REQUESTS,
    errors.Unavailable: HTTPStatus.SERVICE_UNAVAILABLE,
}
"""The HTTP status of each branch of the exception tree; the nearest base class counts."""


def status_of(error: type[errors.GateError]) -> HTTPStatus:
    """Return the HTTP status of an exception's class."""
    return next(STATUSES[kind] for kind in error.__mro__ if kind in STATUSES)


def problem(
    status: int,
    code: str,
    sentence: str,
    *,
    reference: str,
    field: str | None = None,
    request: RequestShape | None = None,
) -> ProblemShape:
    """Return the body of an error."""
    shape: ProblemShape = {
        "type": f"/api/docs#{code}",
        "title": HTTPStatus(status).phrase,
        "status": int(status),
        "detail": sentence,
        "code": code,
        "error": sentence,
        "message": sentence,
        "reference": reference,
    }
    if field is not None:
        shape["field"] = field
    if request is not None:
        shape["request"] = request
    return shape


def problem_answer(shape: ProblemShape) -> web.Response:
    """Return an error as an answer that no cache keeps."""
    text = json.dumps(shape, ensure_ascii=False)  # people read it in a terminal, and “” are easier on them than \u201c
    return web.Response(
        body=text.encode(errors="replace"),  # a sentence may quote half a character that somebody sent
        status=shape["status"],
        content_type="application/problem+json",
        charset="utf-8",
        headers={"Cache-Control": "no-store"},
    )


def known_codes() -> dict[str, Any]:
    """Return every error code with its status, its meaning and what to do, for the documentation."""
    kinds = [kind for kind in vars(errors).values() if isinstance(kind, type) and issubclass(kind, errors.GateError)]
    named = [kind for kind in kinds if "code" in vars(kind) and kind is not errors.GateError]
    return {
        kind.code: {"status": status_of(kind).value, "meaning": (kind.__doc__ or "").strip(), "remedy": kind.remedy}
        for kind in named
    }
