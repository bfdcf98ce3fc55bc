"""SQL about strands of the audit trail: each is what one filter finds in a short range of one index.

A range is written as a comparison of rows, `(type, id) < (…, …)`, ordered by the same columns. For `type = …` in the
order of ids, PostgreSQL may read whatever is new until enough of it fits, which is a long way where nothing new does.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from models.among import among
from models.events import EventFilter
from models.ids import first_id_at

LOOKED_THROUGH = 5000
"""So many entries are looked through for a status at once: no index of events knows the status of a request."""
FIRST, BEYOND = "evt_", "evu"
"""What is not after any id of an event, and what is after all of them."""


@dataclass(frozen=True, slots=True)
class Bounds:
    """Ids between which one reads: back from `before` or from the newest, or onwards from `after`; not past `last`."""

    before: str | None = None
    after: str | None = None
    last: str | None = None

    @property
    def direction(self) -> str:
        """Return the SQL for the order of reading."""
        return "DESC" if self.after is None else "ASC"

    def range(self, which: EventFilter) -> tuple[str, str]:
        """Return the smallest id that a filter may find, and what is beyond the largest."""
        lowest = [FIRST, first_id_at("evt", which.since) if which.since else FIRST]
        beyond = [BEYOND, first_id_at("evt", which.until) if which.until else BEYOND, self.before or BEYOND]
        if self.after is None:
            return max(*lowest, self.last or FIRST), min(beyond)
        return max(*lowest, _next(self.after)), min(*beyond, _next(self.last) if self.last else BEYOND)


def _next(one: str) -> str:
    """Return what follows an id before any other id does."""
    return f"{one}0"


class Strands:
    """The strands of some filters between bounds, and the `values` that are bound in their SQL.

    `through` names requests whose events alone are looked at, by the index of those.
    """

    def __init__(self, filters: Iterable[EventFilter], bounds: Bounds, *, through: Sequence[str] | None) -> None:
        self.values: list[object] = []
        self._direction = bounds.direction
        self._each = [
            self._of_requests(which, bounds, through) if through is not None else self._of_an_index(which, bounds)
            for which in filters
        ]

    def merged(self, *, limit: int, offset: int = 0) -> str:
        """Return the SQL that selects ids in the order of reading."""
        part = f"LIMIT {limit:d} OFFSET {offset:d}"
        if len(self._each) == 1:
            return f"{self._each[0]} {part}"
        return f"{self._together(f'LIMIT {limit + offset:d}')} ORDER BY id {self._direction} {part}"

    def in_any_order(self, *, limit: int) -> str:
        """Return the SQL that selects some of the ids."""
        return f"{self._together(f'LIMIT {limit:d}')} LIMIT {limit:d}"

    def _together(self, part: str) -> str:
        parts = [f"SELECT id FROM ({strand} {part}) AS strand" for strand in self._each]  # noqa: S608 - conditions are ours, values are bound
        return f"SELECT id FROM ({' UNION ALL '.join(parts)}) AS strands"  # noqa: S608 - the same

    def _of_an_index(self, which: EventFilter, bounds: Bounds) -> str:
        """Return what a filter finds, in a range of the index that begins with what it asks for."""
        own = {"actor": which.actor, "action": which.action}
        same = [f"{column} = {self._bound(value)} AND " for column, value in own.items() if value is not None]
        columns = ["id"] if which.type is None else ["type", "id"]
        ends = [[end] if which.type is None else [which.type, end] for end in bounds.range(which)]
        first, beyond = (", ".join(map(self._bound, end)) for end in ends)
        row, order = ", ".join(columns), ", ".join(f"{column} {self._direction}" for column in columns)
        where = f"{''.join(same)}({row}) >= ({first}) AND ({row}) < ({beyond}) ORDER BY {order}"
        if which.status is None:
            return f"SELECT id FROM events WHERE {where}"  # noqa: S608 - columns are ours, values are bound
        looked = f"SELECT id, request_id FROM events WHERE {where} LIMIT {LOOKED_THROUGH:d}"  # noqa: S608 - the same
        return f"SELECT id FROM ({looked}) AS looked WHERE {self._status(which.status)} ORDER BY id {self._direction}"  # noqa: S608 - the same

    def _of_requests(self, which: EventFilter, bounds: Bounds, through: Sequence[str]) -> str:
        """Return what a filter finds among the events of some requests, read whole before anything else is asked."""
        condition, requests = among("request_id", through)
        theirs = condition.format(self._bound(requests))
        found = f"SELECT id, request_id, type, actor, action FROM events WHERE {theirs}"  # noqa: S608 - the same
        first, beyond = bounds.range(which)
        asked = {"type =": which.type, "actor =": which.actor, "action =": which.action, "id >=": first, "id <": beyond}
        fits = [f"{name} {self._bound(value)}" for name, value in asked.items() if value is not None]
        if which.status is not None:
            fits.append(self._status(which.status))
        where = f"{' AND '.join(fits)} ORDER BY id {self._direction}"
        return f"WITH found AS MATERIALIZED ({found}) SELECT id FROM found WHERE {where}"  # noqa: S608 - the same

    def _status(self, status: str) -> str:
        return f"(SELECT status FROM requests WHERE id = request_id) = {self._bound(status)}"  # noqa: S608 - the same

    def _bound(self, value: object) -> str:
        self.values.append(value)
        return f"${len(self.values)}"
