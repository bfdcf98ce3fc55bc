"""Reading: one request, and pages of requests; `search` reads the audit trail."""

import base64
import binascii
import re
from collections.abc import Sequence

from gateway.errors import Forbidden, Invalid, NotFound
from gateway.gate import Gate
from gateway.views import Actor, Approval, EventView, Item, Page, RequestView
from models import events, requests, votes
from models.requests import RequestFilter
from models.tables import Request
from models.words import Scope

COUNT_AT_MOST = 10_000
MOST_OFFSET = 1_000_000
ID = re.compile(r"req_[0-9a-z]{26}")
CODE = re.compile(r"([0-9a-z]{4})-?([0-9a-z]{4})")


def normal_ref(ref: str) -> str:
    """Return an id or short code as it is stored, however it was typed. Raises NotFound when it is neither."""
    typed = ref.strip().lower()
    if ID.fullmatch(typed):
        return typed
    code = CODE.fullmatch(typed)
    if code is None:
        raise NotFound(f"There is no request “{ref[:60]}”: it is neither an id (req_…) nor a short code (k7qm-3vtx).")
    return code[1] + code[2]


async def load(ref: str) -> RequestView:
    """Return a request by id or short code. Raises NotFound."""
    row = await requests.find(normal_ref(ref))
    if row is None:
        raise NotFound(f"There is no request “{ref[:60]}”.")
    return (await with_votes([row]))[0]


async def with_votes(rows: Sequence[Request]) -> list[RequestView]:
    """Return the requests of these rows, in their order, with what was answered to them."""
    cast: dict[str, list[Approval]] = {row.id: [] for row in rows}
    for vote in await votes.of(cast) if rows else ():
        cast[vote.request_id].append(Approval.of(vote))
    return [RequestView.of(row, tuple(cast[row.id])) for row in rows]


async def show(gate: Gate, ref: str, *, by: Actor) -> RequestView:
    """Return a request that this actor may read. Raises NotFound, or Forbidden with the missing scope."""
    request = await load(ref)
    check_may_read(request, by)
    return request


def check_may_read(request: RequestView, by: Actor) -> None:
    """Let those through who read everything, and those who asked for it. Raises Forbidden."""
    if by.key_id is None or by.may(Scope.REQUEST_READ) or request.was_asked_by(by):
        return
    raise Forbidden(
        f"The key {by.id} lacks the scope request:read, so it can read only what it asked itself; {request.id} is not."
    )


async def history(gate: Gate, ref: str, *, by: Actor) -> tuple[EventView, ...]:
    """Return a request's audit entries, oldest first. Raises NotFound or Forbidden."""
    request = await show(gate, ref, by=by)
    return tuple(EventView.of(row) for row in await events.of(request.id))


async def request_page(
    which: RequestFilter, *, limit: int, offset: int = 0, cursor: str | None = None, count: bool = True
) -> Page[RequestView]:
    """Return requests newest first, counted if wanted. Raises Invalid for a cursor that is none of ours."""
    before = read_cursor(cursor, "req")
    rows = await requests.page(which, limit=limit + 1, offset=offset, before=before)
    shown = await with_votes(rows[:limit])
    total = await requests.count(which, at_most=COUNT_AT_MOST + 1) if count else 0
    return _page(shown, total, limit=limit, offset=offset, last=shown[-1].id if len(rows) > limit else None)


def page_of(items: Sequence[Item], *, limit: int, offset: int, cursor: str | None) -> Page[Item]:
    """Return a part of a list that is all in memory. Raises Invalid for a cursor that is none of ours."""
    if cursor is not None:
        if not cursor.isdecimal() or not cursor.isascii() or len(cursor) > 9:
            raise Invalid("cursor is not one that a page gave; leave it out to begin anew", field="cursor")
        offset = int(cursor)
    end = offset + limit
    following = str(end) if end < len(items) else None
    return Page(tuple(items[offset:end]), len(items), False, limit, offset, following)


def _page(items: Sequence[Item], total: int, *, limit: int, offset: int, last: str | None) -> Page[Item]:
    return Page(
        items=tuple(items),
        total=min(total, COUNT_AT_MOST),
        total_is_capped=total > COUNT_AT_MOST,
        limit=limit,
        offset=offset,
        next_cursor=write_cursor(last) if last else None,
    )


def write_cursor(last_id: str) -> str:
    """Return an opaque mark of where a page ended."""
    return base64.urlsafe_b64encode(last_id.encode()).decode().rstrip("=")


def read_cursor(cursor: str | None, prefix: str) -> str | None:
    """Return the id that a cursor stands for. Raises Invalid."""
    if cursor is None:
        return None
    try:
        last = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii")
    except (binascii.Error, ValueError):
        last = ""
    if not re.fullmatch(rf"{prefix}_[0-9a-z]{{26}}", last):
        raise Invalid("cursor is not one that a page gave; leave it out to begin anew", field="cursor")
    return last
