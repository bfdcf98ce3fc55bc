"""HTTP answers as meanings: a good one becomes what was asked for, every other one an exception of ours."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import UTC
from email.utils import parsedate_to_datetime
from typing import Any, TypeVar

from ._digest import is_for
from ._errors import BY_STATUS, ApiError, Conflict, RateLimited, Unauthorized, Unavailable
from ._fields import Json, Nonsense, an_object, many
from ._models import Page, Request
from ._wire import Reply

T = TypeVar("T")


def read_reply(reply: Reply, read: Callable[[object], T], *, secret: str | None = None) -> T:
    """Read a good answer; raise Unavailable for nonsense and for 5xx, an ApiError for any 4xx."""
    if not 200 <= reply.status < 300:
        raise _error(reply, secret)
    try:
        return read(json.loads(reply.body))
    except Nonsense as error:
        raise Unavailable(f"What answered does not speak like an AgentGate: {error}.") from error
    except (ValueError, RecursionError) as error:
        raise Unavailable("What answered is not an AgentGate: its answer is not JSON.") from error


def retry_after(reply: Reply) -> float | None:
    """Read `Retry-After` as seconds from the answer's arrival, from either of its forms (RFC 9110, 10.2.3)."""
    value = reply.headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    moment = moment.replace(tzinfo=UTC) if moment.tzinfo is None else moment
    return max((moment - reply.received_at).total_seconds(), 0.0)


def one(read: Callable[[Json], T]) -> Callable[[object], T]:
    """Read an answer that is one object."""
    return lambda answer: read(an_object(answer))


def page(name: str, read: Callable[[Json], T]) -> Callable[[object], Page[T]]:
    """Read an answer that holds one page of objects under a name."""

    def read_page(answer: object) -> Page[T]:
        source = an_object(answer)
        if name not in source:
            raise Nonsense(f'"{name}" is missing')
        return Page.of(many(source, name, read), source)

    return read_page


def whole(read: Callable[[Json], T]) -> Callable[[object], Page[T]]:
    """Read an answer that is a complete list."""

    def read_list(answer: object) -> Page[T]:
        items = many({"list": answer}, "list", read)
        return Page(items, len(items), raw=answer)

    return read_list


def nothing(answer: object) -> None:
    """Read an answer that only says that it worked."""
    an_object(answer)


def request_for(asked: bytes) -> Callable[[object], Request]:
    """Read the request that was just made; one for anything else than what was sent is no answer to it."""

    def read(answer: object) -> Request:
        request, sent = Request.from_json(an_object(answer)), json.loads(asked)
        if not is_for(request, sent["action"], sent["params"]):
            raise Nonsense(
                f"it answered with a request for another action, or other parameters ({request.code or request.id}). "
                "Nothing that was asked is approved by it; if you gave an idempotency key, use a new one"
            )
        return request

    return read


def the_same(asked: Request | str) -> Callable[[object], Request]:
    """Read a request and insist that it is the one asked for, unchanged since it was made."""

    def read(answer: object) -> Request:
        request = Request.from_json(an_object(answer))
        if not _is_about(request, asked):
            raise Nonsense("it answered with another request")
        if isinstance(asked, Request) and not _is_unchanged(request, asked):
            raise Nonsense("the request's digest is not the one it was made with")
        return request

    return read


def _is_about(request: Request, asked: Request | str) -> bool:
    if isinstance(asked, Request):
        return request.id == asked.id
    return asked in {request.id, request.code} or _bare(asked) == _bare(request.code or request.id)


def _is_unchanged(request: Request, asked: Request) -> bool:
    if asked.digest:
        return request.digest == asked.digest
    return is_for(request, asked.action, asked.params)


def _bare(code: str) -> str:
    """Reduce a typed code to its letters and digits."""
    return code.replace("-", "").strip().lower()


def _error(reply: Reply, secret: str | None) -> ApiError | Unavailable:
    problem = _problem(reply)
    sentence = _sentence(problem, reply.status)
    if secret:
        sentence = sentence.replace(secret, "[api key]")  # a debugging proxy may echo what it was sent
    if reply.status < 400:
        return Unavailable(f"The gate answered {reply.status}, perhaps a redirect; check AGENTGATE_URL.")
    if reply.status >= 500:
        return Unavailable(f"The gate is in trouble ({reply.status}): {sentence}")
    error = BY_STATUS.get(reply.status, ApiError)(
        sentence,
        status=reply.status,
        code=_word(problem, "code"),
        reference=_word(problem, "reference") or reply.headers.get("x-request-id"),
    )
    match error:
        case Conflict():
            error.request = _current(problem)
        case RateLimited():
            error.retry_after = retry_after(reply)
        case Unauthorized() if not secret:
            error.args = ("No API key was sent; set AGENTGATE_API_KEY.",)
    return error


def _problem(reply: Reply) -> Mapping[str, Any]:
    try:
        problem = json.loads(reply.body)
    except (ValueError, RecursionError):
        return {}
    return problem if isinstance(problem, dict) else {}


def _sentence(problem: Mapping[str, Any], status: int) -> str:
    for name in ("detail", "error", "message", "title"):
        if sentence := _word(problem, name):
            return sentence
    return f"The gate answered {status} without saying why."


def _word(problem: Mapping[str, Any], name: str) -> str | None:
    value = problem.get(name)
    return value if isinstance(value, str) and value else None


def _current(problem: Mapping[str, Any]) -> Request | None:
    """Read the request that a 409 carries; a mangled one is left out, for the conflict is the news."""
    source = problem.get("request")
    try:
        return Request.from_json(source) if isinstance(source, dict) else None
    except Nonsense:
        return None
