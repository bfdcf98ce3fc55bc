"""A year of an audit trail, made up: a quarter of a million requests and the million events that tell of them."""

import random
import sqlite3
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from pathlib import Path

import asyncpg

from models.ids import first_id_at

REQUESTS = 245_000
AT_ONCE = 10_000
BEGAN = datetime(2025, 1, 31, tzinfo=UTC)
YEAR = timedelta(days=365)
ACTIONS = [
    f"{what}.{how}"
    for what in ("deploy", "mail", "payment", "file", "user", "db", "dns")
    for how in ("prod", "send", "delete", "create")
]
AGENTS = [f"api:agent-{number:02}" for number in range(25)]
PEOPLE = [f"slack:U{number:05}" for number in range(30)]
OUTCOMES = {"approved": 82, "denied": 8, "expired": 7, "cancelled": 3}
RARE = "db.drop"
REQUEST_COLUMNS = (
    "id", "code", "action", "params", "context", "digest", "status", "urgency", "requested_by", "fingerprint",
    "policy_decision", "targets", "approvals_needed", "require_reason", "created_at", "updated_at",
)  # fmt: skip
EVENT_COLUMNS = ("id", "type", "request_id", "action", "actor", "details", "created_at")
Rows = list[tuple[object, ...]]


class _Made:
    """Makes the trail, the same every time: each id is of its time, and none comes twice."""

    def __init__(self) -> None:
        self._chance, self._numbers = random.Random(7), count()  # noqa: S311 - it makes a trail, it guards nothing

    def request(self, number: int) -> tuple[tuple[object, ...], Rows]:
        """Return a request's row and those of its events."""
        at = BEGAN + YEAR * (number / REQUESTS)
        request_id, agent = self._id("req", at), _often(self._chance, AGENTS)
        action = RARE if number % 12_500 == 7 else _often(self._chance, ACTIONS)
        waits = number > REQUESTS - 300 or self._chance.random() < 0.0002
        status = "pending" if waits else self._chance.choices([*OUTCOMES], [*OUTCOMES.values()])[0]
        told = [(type_, actor, at + after) for type_, actor, after in _story(self._chance, status, agent)]
        events: Rows = [
            (self._id("evt", moment), type_, request_id, action, actor, DETAILS, moment)
            for type_, actor, moment in told
        ]
        asked = (request_id, f"{number:08}", action, "{}", "{}", "sha256:0", status, "normal", agent, "0", "{}", "[]")
        return (*asked, 1, False, at, at), events

    def _id(self, prefix: str, at: datetime) -> str:
        return f"{first_id_at(prefix, at)[:-12]}{next(self._numbers):012}"


def parts() -> Iterator[tuple[Rows, Rows]]:
    """Yield requests and their events in parts, the oldest first."""
    made = _Made()
    for begin in range(0, REQUESTS, AT_ONCE):
        pairs = [made.request(number) for number in range(begin, min(begin + AT_ONCE, REQUESTS))]
        events = [event for _, theirs in pairs for event in theirs]
        yield [request for request, _ in pairs], sorted(events, key=lambda event: str(event[0]))


DETAILS = '{"digest":"sha256:0000000000000000000000000000000000000000000000000000000000000000","reason":"looked at it"}'


def _often(chance: random.Random, names: Sequence[str]) -> str:
    """Choose a name: the first about as often as all others but a few together."""
    return chance.choices(names, [1 / (place + 1) for place in range(len(names))])[0]


def _story(chance: random.Random, status: str, agent: str) -> Iterator[tuple[str, str, timedelta]]:
    yield "request.created", agent, timedelta(0)
    by_policy = status == "approved" and chance.random() < 0.25
    if not by_policy:
        yield "request.pending", agent, timedelta(0)
    thought = timedelta(seconds=0 if by_policy else chance.expovariate(1 / 600))
    if status in {"approved", "denied"}:
        who = "policy:small-things" if by_policy else _often(chance, PEOPLE)
        yield f"request.{status}", who, thought
        yield "request.decided", who, thought
    elif status != "pending":
        yield f"request.{status}", "system:expiry" if status == "expired" else agent, timedelta(hours=1)
    if status == "approved" and chance.random() < 0.6:
        yield "request.confirmed", agent, thought + timedelta(seconds=30)


def fill_sqlite(path: Path) -> None:
    """Write the trail into a migrated SQLite file."""
    with sqlite3.connect(path) as link:
        link.execute("PRAGMA synchronous = OFF")
        for requests, events in parts():
            for table, columns, rows in (("requests", REQUEST_COLUMNS, requests), ("events", EVENT_COLUMNS, events)):
                places = ", ".join("?" for _ in columns)
                said = ([str(cell) if isinstance(cell, datetime) else cell for cell in row] for row in rows)
                link.executemany(f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({places})", said)  # noqa: S608 - names of ours


async def fill_postgres(url: str) -> None:
    """Write the trail into a migrated PostgreSQL database, and let it look at what it has, as it does by itself."""
    link = await asyncpg.connect(url)
    try:
        for requests, events in parts():
            await link.copy_records_to_table("requests", records=requests, columns=REQUEST_COLUMNS)
            await link.copy_records_to_table("events", records=events, columns=EVENT_COLUMNS)
        await link.execute("VACUUM ANALYZE")
    finally:
        await link.close()
