"""Searching and exporting the audit trail."""

from aiohttp import web

from gateway.api.call import Call, json_answer
from gateway.api.queries import AuditFilterQuery, AuditQuery, ExportQuery
from gateway.api.shaping import audit_pagination_shape
from gateway.export import FORMATS, exported
from gateway.search import audit_actions, audit_actors, audit_page, with_request_id
from gateway.shapes import audit_entry_with_request_shape
from models.events import EventFilter


def filter_from(query: AuditFilterQuery) -> EventFilter:
    """Return which entries a query asks for."""
    return EventFilter(
        type=query.event_type,
        actor=query.actor,
        action=query.action,
        request_id=query.request_id,
        status=query.status,
        since=query.from_,
        until=query.to,
    )


async def search(call: Call) -> web.Response:
    """Search the audit trail, newest first."""
    query = call.query(AuditQuery)
    which = await with_request_id(filter_from(query))
    page = await audit_page(which, limit=query.limit, offset=query.offset, cursor=query.cursor)
    entries = [audit_entry_with_request_shape(event) for event in page.items]
    return json_answer({"entries": entries, "pagination": audit_pagination_shape(page)})


async def actions(_call: Call) -> web.Response:
    """List every action that was ever asked for."""
    return json_answer({"actions": await audit_actions()})


async def actors(_call: Call) -> web.Response:
    """List everybody who ever did something."""
    return json_answer({"actors": await audit_actors()})


async def export(call: Call) -> web.StreamResponse:
    """Stream the audit trail, newest first, in constant memory."""
    query = call.query(ExportQuery)
    form = FORMATS[query.format]
    parts = exported(await with_request_id(filter_from(query)), form)
    first = await anext(parts)  # before the answer begins: a database that is away is a 503, not a stream cut off
    response = web.StreamResponse(headers=form.headers)
    await response.prepare(call.http)
    if call.http.method == "HEAD":
        return response
    await response.write(first)
    async for part in parts:
        await response.write(part)
    await response.write_eof()
    return response
