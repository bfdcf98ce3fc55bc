"""A stream that breaks in the middle is cut off: whoever reads it must not take a part for the whole."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from typing import Any

import httpx
import pytest
import structlog

from gateway.events import RequestConfirmed
from gateway.export import AT_ONCE
from gateway.gate import Gate
from gateway.keys import NewKey
from models import db
from tests.api.served import Api
from tests.databases import chosen
from tests.gateway.scenes import ALICE

BROKEN = """
ALTER TABLE events RENAME TO real_events;
CREATE VIEW events AS SELECT id, type, request_id, action, actor, created_at,
  CASE WHEN id = (SELECT min(id) FROM real_events) THEN {in_the_oldest} ELSE details END AS details FROM real_events;
"""
FAULTS = {"of the database": "json('{')", "of ours": "'{'"}
HANGS_UP = """
CREATE FUNCTION hang_up() RETURNS text LANGUAGE plpgsql STABLE COST 10000 AS
  'BEGIN PERFORM pg_terminate_backend(pg_backend_pid()); RETURN NULL; END';
"""
"""On PostgreSQL the connection itself can break while it is read from. Stable and dear, so that it is called for the
rows of a page alone: a volatile function in a view is called for every row before the first page is cut from them.
"""


@pytest.fixture
async def long_trail(gate: Gate, admin: NewKey) -> None:
    """More entries than are read at once: the beginning is sent before the end is known."""
    async with gate.unit(by=ALICE) as unit:
        for _ in range(AT_ONCE + 10):
            unit.publish(RequestConfirmed())


@pytest.fixture
async def lines() -> AsyncIterator[list[Mapping[str, Any]]]:
    """What is logged."""
    logged: list[Mapping[str, Any]] = []

    def listen(_: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        logged.append(line)
        raise structlog.DropEvent

    structlog.configure(
        processors=[structlog.contextvars.merge_contextvars, listen],
        wrapper_class=structlog.make_filtering_bound_logger("info"),
    )
    yield logged
    structlog.reset_defaults()


async def everything_from(url: str, request: str) -> bytes:
    """Return what a server answers, until it hangs up."""
    heard, caller = await asyncio.open_connection("127.0.0.1", httpx.URL(url).port)
    caller.write(request.encode())
    try:
        async with asyncio.timeout(20):
            return await heard.read()
    except ConnectionError:
        return b""
    finally:
        caller.close()


async def breaks(fault: str) -> None:
    """Let the oldest entry of the trail break whoever reads it."""
    script = BROKEN.format(in_the_oldest=FAULTS[fault])
    if chosen.is_postgres and fault == "of the database":
        script = HANGS_UP + BROKEN.format(in_the_oldest="hang_up()")
    await db.connection().execute_script(script)


@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize("kind", ["ndjson", "csv"])
async def test_an_export_that_breaks_in_the_middle_is_not_whole(
    api: Api, admin: NewKey, long_trail: None, lines: list[Mapping[str, Any]], fault: str, kind: str
) -> None:
    await breaks(fault)
    client = httpx.AsyncClient(base_url=api.url, headers={"Authorization": f"Bearer {admin.secret}"}, verify=False)  # noqa: S501 - plain HTTP on loopback
    async with client:
        with pytest.raises(httpx.RemoteProtocolError):
            await client.get("/api/audit/export", params={"format": kind})
    events = {line["event"]: line for line in lines}
    assert events["http.cut_off"]["reference"] == events["http.answered"]["reference"]


@pytest.mark.parametrize("kind", ["ndjson", "csv"])
async def test_an_export_that_cannot_begin_is_a_refusal_like_any_other(
    api: Api, as_admin: httpx.AsyncClient, kind: str
) -> None:
    await db.connection().execute_script("ALTER TABLE events RENAME TO events_that_are_away")
    answer = await as_admin.get("/api/audit/export", params={"format": kind})
    assert (answer.status_code, answer.json()["code"], "retry-after" in answer.headers) == (503, "unavailable", True)


async def test_nothing_follows_where_it_broke(api: Api, admin: NewKey, long_trail: None) -> None:
    await breaks("of the database")
    call = f"GET /api/audit/export HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {admin.secret}\r\n\r\n"
    answer = await everything_from(api.url, call)
    assert answer.count(b"HTTP/1.1") <= 1
    assert b"problem" not in answer
    assert not answer.endswith(b"\r\n0\r\n\r\n")


async def test_an_export_of_many_parts_is_whole(api: Api, as_admin: httpx.AsyncClient, long_trail: None) -> None:
    answer = await as_admin.get("/api/audit/export")
    assert answer.text.count('"request.confirmed"') == AT_ONCE + 10
