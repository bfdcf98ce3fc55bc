"""What goes wrong becomes a page: one table from errors to status, title and what to do next."""

from collections.abc import Mapping
from http import HTTPStatus

import structlog
from aiohttp import web

from gateway import errors
from gateway.card import Card, Note, Tone
from gateway.headers import headers_of
from gateway.redact import visible
from models.db import Unreachable
from web.pages import FRAME, PAGES

Trouble = tuple[HTTPStatus, str]

REFUSALS: Mapping[type[errors.GateError], Trouble] = {
    errors.Invalid: (HTTPStatus.BAD_REQUEST, "This cannot be used"),
    errors.Unauthorized: (HTTPStatus.UNAUTHORIZED, "Nobody knows this key"),
    errors.Forbidden: (HTTPStatus.FORBIDDEN, "This was not counted"),
    errors.NotFound: (HTTPStatus.NOT_FOUND, "There is nothing here"),
    errors.Conflict: (HTTPStatus.CONFLICT, "This cannot be done any more"),
    errors.Gone: (HTTPStatus.GONE, "This is over"),
    errors.TooManyRequests: (HTTPStatus.TOO_MANY_REQUESTS, "Too many wrong links"),
    errors.Unavailable: (HTTPStatus.SERVICE_UNAVAILABLE, "AgentGate cannot answer now"),
}
"""The nearest base class of a refusal counts."""

STATUSES = {
    HTTPStatus.NOT_FOUND: ("There is nothing here", "Look at the address, or go back to the message it came in."),
    HTTPStatus.METHOD_NOT_ALLOWED: ("This cannot be done here", "Open the address in a browser."),
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: ("This is too much", "Go back and write less; nothing was counted."),
    HTTPStatus.UNSUPPORTED_MEDIA_TYPE: ("This is no form of ours", "Open the page in a browser and answer there."),
}
NOT_YOURS = "This key does not open this page"
"""What a refusal says of looking, where there was nothing to count."""

log = structlog.get_logger()


def page_for(http: web.Request, error: Exception, *, title: str | None = None) -> web.Response:
    """Return the page that says what went wrong, under a title of its own if there is one; our faults are logged."""
    pages, frame = http.app[PAGES], http.get(FRAME)
    match error:
        case errors.GateError():
            status, usual = trouble_of(error)
            if isinstance(error, errors.Forbidden) and http.method != "POST":
                usual = NOT_YOURS
            card = trouble_card(title or usual, error.sentence)
            return pages.say(card, status=status, headers=headers_of(error), frame=frame)
        case web.HTTPException():
            usual, advice = STATUSES.get(HTTPStatus(error.status), ("This cannot be done", "Go back and try again."))
            allowed = {"Allow": error.headers["Allow"]} if "Allow" in error.headers else {}
            return pages.say(trouble_card(usual, advice), status=error.status, headers=allowed, frame=frame)
    if isinstance(error, Unreachable):
        log.error("database.unreachable", error=f"{type(error).__name__}: {error}")
        return page_for(http, errors.Unavailable("Its database does not answer. Nothing was counted; try again soon."))
    log.error("page.crashed", exc_info=error)
    sentence = "Something is broken in AgentGate, and its log says what. Try again, or decide in the chat."
    return pages.say(
        trouble_card("Something went wrong", sentence), status=HTTPStatus.INTERNAL_SERVER_ERROR, frame=frame
    )


def trouble_of(error: errors.GateError) -> Trouble:
    """Return a refusal's status, and its usual title."""
    return next(REFUSALS[kind] for kind in type(error).__mro__ if kind in REFUSALS)


def trouble_card(title: str, sentence: str) -> Card:
    """Return what happened, and what to do next."""
    return Card(title, Tone.BAD, (Note(visible(sentence)),), is_refusal=True)
