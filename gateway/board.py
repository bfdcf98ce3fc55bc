"""The board: requests as people look through them, those that wait first, then the newest, each with their own eyes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from gateway.browse import COUNT_AT_MOST, read_cursor, with_votes, write_cursor
from gateway.views import Actor, RequestView
from models import requests
from models.requests import RequestFilter
from models.tables import Request
from models.words import Scope, Status

WAITING = "req"
ENDED = "end"
"""What a cursor begins with, in place of an id's `req`, where the page before ended among what has ended."""


@dataclass(frozen=True, slots=True)
class Board:
    """A part of what somebody may see. `waiting` counts, whatever the filter, what waits for anybody; it has a cap."""

    items: tuple[RequestView, ...]
    waiting: int
    waiting_is_capped: bool
    next_cursor: str | None


async def board(which: RequestFilter, *, by: Actor, limit: int, cursor: str | None = None) -> Board:
    """Return what an actor may see of the requests that a filter finds. Raises Invalid for a cursor that is none."""
    mine = RequestFilter(asker_key_id=None if sees_everything(by) else by.key_id)
    rows = await _rows(replace(which, asker_key_id=mine.asker_key_id), limit=limit + 1, cursor=cursor)
    shown = rows[:limit]
    waiting = await requests.count(replace(mine, status=Status.PENDING.value), at_most=COUNT_AT_MOST + 1)
    return Board(
        items=tuple(await with_votes(shown)),
        waiting=min(waiting, COUNT_AT_MOST),
        waiting_is_capped=waiting > COUNT_AT_MOST,
        next_cursor=_mark(shown[-1]) if len(rows) > limit else None,
    )


def sees_everything(by: Actor) -> bool:
    """Whether an actor reads every request; others read what their key has asked."""
    return by.key_id is None or by.may(Scope.REQUEST_READ)


async def _rows(which: RequestFilter, *, limit: int, cursor: str | None) -> Sequence[Request]:
    group, before = _place(cursor)
    waits = which.status in (None, Status.PENDING.value) and group == WAITING
    rows: list[Request] = []
    if waits:
        rows += await requests.page(replace(which, status=Status.PENDING.value), limit=limit, before=before)
    if which.status != Status.PENDING.value and len(rows) < limit:
        after = None if waits else before
        rows += await requests.page_of_ended(which, limit=limit - len(rows), before=after)
    return rows


def _mark(last: Request) -> str:
    group = WAITING if last.status == Status.PENDING.value else ENDED
    return write_cursor(group + last.id.removeprefix(WAITING))


def _place(cursor: str | None) -> tuple[str, str | None]:
    """Return in which group a page begins, and after which request. Raises Invalid."""
    mark = read_cursor(cursor, f"(?:{WAITING}|{ENDED})")
    if mark is None:
        return WAITING, None
    return mark[:3], WAITING + mark[3:]
