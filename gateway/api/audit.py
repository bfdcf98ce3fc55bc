"""Searching and exporting the audit trail."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable
from typing import Any

from aiohttp import web

from gateway import browse
from gateway.api.call import Call, json_answer
from gateway.api.queries import AuditFilterQuery, AuditQuery, ExportQuery
from gateway.api.shapes import AuditEntryWithRequestShape
from gateway.api.shaping import audit_entry_with_request_shape, pagination_shape
from gateway.views import EventView
from models.events import EventFilter

EXPORT_AT_ONCE = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r")
"""What makes a spreadsheet take a cell for a formula."""

COLUMNS = ("id", "createdAt", "eventType", "actor", "requestId", "action", "status", "urgency", "details")


def filter_from(query: AuditFilterQuery) -> EventFilter:
    """Return which entries a query asks for. Raises NotFound for a malformed request reference."""
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
    which = await browse.with_request_id(filter_from(query))
    page = await browse.audit_page(which, limit=query.limit, offset=query.offset, cursor=query.cursor)
    entries = [audit_entry_with_request_shape(event) for event in page.items]
    return json_answer({"entries": entries, "pagination": pagination_shape(page)})


async def actions(_call: Call) -> web.Response:
    """List every action that was ever asked for."""
    return json_answer({"actions": await browse.audit_actions()})


async def actors(_call: Call) -> web.Response:
    """List everybody who ever did something."""
    return json_answer({"actors": await browse.audit_actors()})


async def export(call: Call) -> web.StreamResponse:
    """Stream the audit trail, newest first, in constant memory."""
    query = call.query(ExportQuery)
    which = await browse.with_request_id(filter_from(query))
    media, head, line = FORMATS[query.format]
    pages = _pages(which)
    first = await anext(pages)  # before the answer begins: a database that is away is a 503, not a stream cut off
    response = web.StreamResponse(headers={"Cache-Control": "no-store"})
    response.content_type = media
    response.charset = "utf-8"
    response.headers["Content-Disposition"] = f'attachment; filename="agentgate-audit.{query.format}"'
    await response.prepare(call.http)
    if call.http.method == "HEAD":
        return response
    await response.write(f"{head}{_lines(first, line)}".encode())
    async for page in pages:
        await response.write(_lines(page, line).encode())
    await response.write_eof()
    return response


async def _pages(which: EventFilter) -> AsyncIterator[tuple[EventView, ...]]:
    cursor: str | None = None
    while True:
        page = await browse.audit_page(which, limit=EXPORT_AT_ONCE, cursor=cursor, count=False)
        yield page.items
        cursor = page.next_cursor
        if cursor is None:
            return


def _lines(page: Iterable[EventView], line: Callable[[AuditEntryWithRequestShape], str]) -> str:
    return "".join(line(audit_entry_with_request_shape(event)) for event in page)


def _json_line(entry: AuditEntryWithRequestShape) -> str:
    return json.dumps(entry, ensure_ascii=False, separators=(",", ":")) + "\n"


def _csv_line(entry: AuditEntryWithRequestShape) -> str:
    glimpse = entry["request"]
    cells: dict[str, Any] = {
        **entry,
        "details": json.dumps(entry["details"], ensure_ascii=False, sort_keys=True),
        "action": glimpse["action"] if glimpse else "",
        "status": glimpse["status"] if glimpse else "",
        "urgency": glimpse["urgency"] if glimpse else "",
    }
    return _row(harmless("" if cells[name] is None else str(cells[name])) for name in COLUMNS)


def harmless(cell: str) -> str:
    """Return a CSV cell that no spreadsheet takes for a formula."""
    return f"'{cell}" if cell.startswith(DANGEROUS) else cell


def _row(cells: Iterable[str]) -> str:
    line = io.StringIO()
    csv.writer(line).writerow(cells)
    return line.getvalue()


FORMATS: dict[str, tuple[str, str, Callable[[AuditEntryWithRequestShape], str]]] = {
    "ndjson": ("application/x-ndjson", "", _json_line),
    "csv": ("text/csv", _row(COLUMNS), _csv_line),
}
