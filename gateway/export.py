"""Exporting the audit trail: all that a filter finds, newest first, in parts that fit into memory."""

import csv
import io
import json
from collections.abc import AsyncIterator, Callable, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from gateway.search import audit_page
from gateway.shapes import AuditEntryWithRequestShape, audit_entry_with_request_shape
from models.events import EventFilter

AT_ONCE = 500
DANGEROUS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What makes a spreadsheet take a cell for a formula; the last four are the first four, as wide as an ideograph."""

COLUMNS = ("id", "createdAt", "eventType", "actor", "requestId", "action", "status", "urgency", "details")


@dataclass(frozen=True, slots=True)
class Format:
    """How an export is written: its name, its media type, what stands above, and each entry's line."""

    name: str
    media: str
    head: str
    line: Callable[[AuditEntryWithRequestShape], str]

    @property
    def headers(self) -> dict[str, str]:
        """Return the HTTP headers of a file to keep."""
        return {
            "Content-Type": f"{self.media}; charset=utf-8",
            "Content-Disposition": f'attachment; filename="agentgate-audit.{self.name}"',
            "Cache-Control": "no-store",
        }


async def exported(which: EventFilter, form: Format) -> AsyncIterator[bytes]:
    """Yield the export part by part; the first one comes also where nothing is found."""
    text, cursor = form.head, None
    while True:
        page = await audit_page(which, limit=AT_ONCE, cursor=cursor, count=False)
        lines = (form.line(audit_entry_with_request_shape(event)) for event in page.items)
        yield "".join((text, *lines)).encode()
        text, cursor = "", page.next_cursor
        if cursor is None:
            return


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


FORMATS: Mapping[str, Format] = {
    form.name: form
    for form in (
        Format("ndjson", "application/x-ndjson", "", _json_line),
        Format("csv", "text/csv", _row(COLUMNS), _csv_line),
    )
}
