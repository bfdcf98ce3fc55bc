"""What happens around every call: a reference, a log line, errors as problems, limits as headers, CORS."""

import secrets
import time
from collections.abc import Awaitable, Callable
from http import HTTPStatus

import structlog
from aiohttp import web

from gateway.api.access import REFERENCE, note
from gateway.api.call import GATE
from gateway.api.problems import problem, problem_answer, status_of
from gateway.errors import GateError, Invalid, RequestConflict, Unavailable
from gateway.headers import headers_of
from gateway.limits import Allowance
from gateway.shapes import RequestShape, request_shape
from models.db import Unreachable

Next = Callable[[web.Request], Awaitable[web.StreamResponse]]

ALLOWANCE = web.RequestKey("allowance", Allowance)
BEGUN = web.RequestKey("begun", web.StreamResponse)
"""The answer whose beginning has been sent."""
ALLOWED_ORIGINS = web.AppKey("allowed_origins", frozenset[str])

EXPOSED = "X-Request-Id, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, Retry-After"
CODES = {
    HTTPStatus.NOT_FOUND: "not_found",
    HTTPStatus.METHOD_NOT_ALLOWED: "method_not_allowed",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "request_entity_too_large",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "unsupported_media_type",
}
"""Written out, since Python 3.13 gives 413 another name."""

SENTENCES = {
    HTTPStatus.NOT_FOUND: "There is nothing at this address; /api/docs lists what there is.",
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: "The body must be JSON: send `Content-Type: application/json`.",
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: "The body is larger than 1 MB; send less, or a reference to where it is.",
}

log = structlog.get_logger()


@web.middleware
async def answer_in_any_weather(request: web.Request, handler: Next) -> web.StreamResponse:
    """Give the call a reference and turn whatever goes wrong into a problem that names it."""
    http = request  # aiohttp gives the argument its name; here a request is an approval's
    http[REFERENCE] = secrets.token_hex(8)
    began = time.monotonic()
    with structlog.contextvars.bound_contextvars(reference=http[REFERENCE]):
        try:
            response = await handler(http)
        except Exception as error:  # noqa: BLE001 - whatever it is gets its answer and, if it is ours, its log line
            response = _cut_off(http, error) if BEGUN in http else _instead(http, error)
        note(http, response, seconds=time.monotonic() - began)
    return response


def _instead(http: web.Request, error: Exception) -> web.Response:
    """Return the answer to a call that went wrong."""
    if isinstance(error, GateError):
        return _refusal(http, error)
    if isinstance(error, Unreachable):
        return _hung_up() if _has_hung_up(http, error) else _without_database(http, error)
    if isinstance(error, web.HTTPException):
        return _from_aiohttp(http, error)
    log.error("http.crashed", exc_info=error)
    sentence = f"Something is broken in AgentGate; its log has more under {http[REFERENCE]}."
    return problem_answer(problem(500, "internal", sentence, reference=http[REFERENCE]))


def _cut_off(http: web.Request, error: Exception) -> web.StreamResponse:
    """End a stream that cannot go on: without its proper end, the reader knows that a part is missing."""
    if _has_hung_up(http, error):
        return _hung_up()
    log.error("http.cut_off", exc_info=error)
    if http.transport is not None:
        http.transport.abort()
    return http[BEGUN]


def _has_hung_up(http: web.Request, error: Exception) -> bool:
    """Whether it is the caller who is gone: a lost connection looks the same on both sides of the server."""
    return isinstance(error, ConnectionError) and (http.transport is None or http.transport.is_closing())


def _hung_up() -> web.Response:
    """Return what nobody reads; the log has its status, which other servers use for the same."""
    return web.Response(status=499, reason="Client Closed Request")


def _without_database(http: web.Request, error: Exception) -> web.Response:
    log.error("database.unreachable", error=f"{type(error).__name__}: {error}")
    return _refusal(http, Unavailable("The database does not answer; try again in a moment."))


def _refusal(http: web.Request, error: GateError) -> web.Response:
    shape = problem(
        status_of(type(error)),
        error.code,
        error.sentence,
        reference=http[REFERENCE],
        field=error.field if isinstance(error, Invalid) else None,
        request=_current(http, error),
    )
    response = problem_answer(shape)
    response.headers.update(headers_of(error))
    return response


def _current(http: web.Request, error: GateError) -> RequestShape | None:
    if not isinstance(error, RequestConflict):
        return None
    gate = http.app[GATE]
    return request_shape(error.request, now=gate.now(), public_url=gate.options.public_url)


def _from_aiohttp(http: web.Request, error: web.HTTPException) -> web.Response:
    status = HTTPStatus(error.status)
    sentence = SENTENCES.get(status, f"{http.method} cannot be done here: {status.phrase.lower()}.")
    response = problem_answer(problem(status, CODES.get(status, f"http_{status}"), sentence, reference=http[REFERENCE]))
    if "Allow" in error.headers:
        response.headers["Allow"] = error.headers["Allow"]
    return response


async def add_headers(http: web.Request, response: web.StreamResponse) -> None:
    """Put the reference, the limits and what CORS allows on every answer, also on errors and streams."""
    http[BEGUN] = response
    response.headers["X-Content-Type-Options"] = "nosniff"
    if http.app[GATE].waiters.is_closed:  # stopping: the next call needs another connection, to another replica
        response.headers["Connection"] = "close"
        response.force_close()
    if REFERENCE in http:
        response.headers["X-Request-Id"] = http[REFERENCE]
    if ALLOWANCE in http:
        allowance = http[ALLOWANCE]
        response.headers["X-RateLimit-Limit"] = str(allowance.limit)
        response.headers["X-RateLimit-Remaining"] = str(allowance.remaining)
        response.headers["X-RateLimit-Reset"] = str(int(allowance.resets_at.timestamp()) + 1)
    origin = http.headers.get("Origin")
    if origin is not None and origin in http.app[ALLOWED_ORIGINS]:
        response.headers["Access-Control-Allow-Origin"] = origin
        response.headers["Access-Control-Expose-Headers"] = EXPOSED
        response.headers["Vary"] = "Origin"


@web.middleware
async def answer_preflight(request: web.Request, handler: Next) -> web.StreamResponse:
    """Answer a browser that asks whether a page of an allowed origin may call."""
    http = request  # as above
    asks = http.method == "OPTIONS" and "Access-Control-Request-Method" in http.headers
    if not asks or http.headers.get("Origin") not in http.app[ALLOWED_ORIGINS]:
        return await handler(http)
    return web.Response(
        status=204,
        headers={
            "Access-Control-Allow-Methods": "GET, POST, PUT, PATCH, DELETE",
            "Access-Control-Allow-Headers": "Authorization, Content-Type, Idempotency-Key",
            "Access-Control-Max-Age": "600",
        },
    )
