"""The page of the audit trail: searched by what its address says, read both ways, kept as a file."""

from http import HTTPStatus

from aiohttp import web

from gateway.browse import load
from gateway.errors import Invalid, NotFound
from gateway.events import EVENTS
from gateway.export import FORMATS, exported
from gateway.redact import visible
from gateway.search import audit_actions, audit_actors, audit_page
from models.events import EventFilter
from web import audit_words as words
from web.board_words import suggested
from web.visit import Visit

AT_ONCE = 50
MOST_SUGGESTED = 200


async def index(visit: Visit) -> web.Response:
    """Show the entries that the address asks for, newest first."""
    now = visit.gate.now()
    wanted = words.read_wanted(visit.http.query, now=now)
    which = await _with_request(wanted)
    cursor = visit.http.query.get("cursor") or None
    page = None if wanted.problems else await audit_page(which, limit=AT_ONCE, cursor=cursor)
    return visit.page(
        "audit.html",
        status=HTTPStatus.BAD_REQUEST if wanted.problems else HTTPStatus.OK,
        wanted=wanted,
        matched=words.how_many(page) if page else "",
        rows=[words.row(event) for event in page.items] if page else [],
        newest=wanted.address() if cursor else None,
        newer=wanted.address(cursor=page.previous_cursor) if page and page.previous_cursor else None,
        older=wanted.address(cursor=page.next_cursor) if page and page.next_cursor else None,
        exports={name: wanted.address("/audit/export", format=name) for name in FORMATS} if page else {},
        events=sorted(EVENTS),
        actors=suggested(await audit_actors(), at_most=MOST_SUGGESTED),
        actions=suggested(await audit_actions(), at_most=MOST_SUGGESTED),
        now=now,
    )


async def export(visit: Visit) -> web.StreamResponse:
    """Stream all entries that the address asks for. Raises Invalid for what cannot be read."""
    form = FORMATS.get(visit.http.query.get("format", "ndjson"))
    if form is None:
        raise Invalid(f"An export is written as {' or '.join(FORMATS)}; choose one on the page of the audit trail.")
    wanted = words.read_wanted(visit.http.query, now=visit.gate.now())
    which = await _with_request(wanted)
    if wanted.problems:
        raise Invalid(" ".join(f"{name}: {problem}" for name, problem in wanted.problems.items()))
    parts = exported(which, form)
    first = await anext(parts)  # before the answer begins: a database that is away is a page that says so
    response = web.StreamResponse(headers=form.headers | {"X-Robots-Tag": "noindex"})
    await response.prepare(visit.http)
    if visit.http.method == "HEAD":
        return response
    await response.write(first)
    async for part in parts:
        await response.write(part)
    await response.write_eof()
    return response


async def _with_request(wanted: words.Wanted) -> EventFilter:
    """Return the filter with the request's id; a request that there is not is a problem of its field."""
    which = wanted.which
    if which.request_id is None:
        return which
    try:
        request = await load(which.request_id)
    except NotFound as error:
        wanted.problems["request"] = visible(error.sentence)
        return which
    return EventFilter(which.type, which.actor, which.action, request.id, None, which.since, which.until)
