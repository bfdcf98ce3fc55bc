"""Searching the audit trail: pages of it, and what there is to search by."""

from dataclasses import replace

from gateway.browse import COUNT_AT_MOST, normal_ref, read_cursor, write_cursor
from gateway.errors import Invalid, NotFound
from gateway.views import EventView, Page
from models import events, requests, trail
from models.events import EventFilter
from models.trail import Stretch, Total

NEWER = "newer."
"""How a cursor begins that leads towards the newest; others lead to what is older."""


async def with_request_id(which: EventFilter) -> EventFilter:
    """Return the filter with the request's id where its short code was given. Raises Invalid for neither."""
    if which.request_id is None:
        return which
    try:
        ref = normal_ref(which.request_id)
    except NotFound as error:
        raise Invalid(
            f"requestId “{which.request_id[:60]}” is neither an id (req_…) nor a short code (k7qm-3vtx)",
            field="requestId",
        ) from error
    row = await requests.find(ref)
    return replace(which, request_id=row.id if row else ref)


async def audit_page(
    which: EventFilter, *, limit: int, offset: int = 0, cursor: str | None = None, count: bool = True
) -> Page[EventView]:
    """Return audit entries newest first, counted if wanted. Raises Invalid for a cursor that is none of ours.

    By status, a page may hold fewer entries than `limit` and have a next one all the same: see `models.trail`.
    """
    onwards = cursor is not None and cursor.startswith(NEWER)
    mark = read_cursor(cursor.removeprefix(NEWER) if cursor else cursor, "evt")
    search = await trail.search(which)
    found = await search.page(limit=limit, offset=offset, **{"after" if onwards else "before": mark})
    total = await search.count(at_most=COUNT_AT_MOST) if count else Total(0, is_capped=False)
    older, newer = _where_it_goes_on(found, onwards=onwards, is_first=mark is None and offset == 0)
    return Page(
        items=tuple(EventView.of(event, request) for event, request in found.rows),
        total=total.number,
        total_is_capped=total.is_capped,
        limit=limit,
        offset=offset,
        next_cursor=write_cursor(older) if older else None,
        previous_cursor=NEWER + write_cursor(newer) if newer else None,
    )


def _where_it_goes_on(found: Stretch, *, onwards: bool, is_first: bool) -> tuple[str | None, str | None]:
    """Return the ids from which to read what is older and what is newer. Where a reader came from, there is more."""
    newest, oldest = (found.rows[0][0].id, found.rows[-1][0].id) if found.rows else (None, None)
    if onwards:
        return oldest, found.goes_on
    return found.goes_on, None if is_first else newest


async def audit_actions() -> list[str]:
    """Return every action that was ever asked for, sorted."""
    return await events.distinct("action")


async def audit_actors() -> list[str]:
    """Return everybody who ever did something, sorted."""
    return await events.distinct("actor")
