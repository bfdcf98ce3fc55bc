"""Searching and exporting the audit trail over HTTP."""

import csv
import io
import json
from datetime import timedelta

import httpx
import pytest

from tests.clock import Clock


async def ask(client: httpx.AsyncClient, action: str, **body: object) -> str:
    return str((await client.post("/api/requests", json={"action": action} | body)).json()["id"])


@pytest.fixture
async def trail(as_agent: httpx.AsyncClient, as_admin: httpx.AsyncClient, clock: Clock) -> list[str]:
    """Two requests, a day apart; the first is denied."""
    first = await ask(as_agent, "deploy.prod", urgency="high")
    await as_admin.post(f"/api/requests/{first}/decide", json={"decision": "denied", "reason": "=HYPERLINK()"})
    clock.advance(days=1)
    return [first, await ask(as_agent, "read.file")]


@pytest.mark.parametrize(
    ("query", "count"),
    [
        ({"eventType": "request.denied"}, 1),
        ({"eventType": "denied"}, 1),
        ({"eventType": "decided"}, 1),
        ({"actor": "api:admin"}, 2),
        ({"actor": "api:agent"}, 4),
        ({"action": "deploy.prod"}, 4),
        ({"status": "denied"}, 4),
        ({"status": "pending", "actor": "api:agent"}, 2),
        ({"action": "none"}, 0),
        ({"eventType": "key.created"}, 2),
    ],
)
async def test_filters(as_admin: httpx.AsyncClient, trail: list[str], query: dict[str, str], count: int) -> None:
    found = (await as_admin.get("/api/audit", params=query)).json()
    assert found["pagination"]["total"] == len(found["entries"]) == count


async def test_one_request_by_id_or_code(as_admin: httpx.AsyncClient, trail: list[str]) -> None:
    code = (await as_admin.get(f"/api/requests/{trail[0]}")).json()["code"]
    for ref in (trail[0], code):
        found = (await as_admin.get("/api/audit", params={"requestId": ref})).json()["entries"]
        assert [entry["eventType"] for entry in found] == [
            "request.decided",
            "request.denied",
            "request.pending",
            "request.created",
        ]
        assert found[0]["request"] == {
            "id": trail[0],
            "action": "deploy.prod",
            "status": "denied",
            "urgency": "high",
        }


async def test_dates_bound_the_page_and_a_day_counts_whole(
    as_admin: httpx.AsyncClient, trail: list[str], clock: Clock
) -> None:
    now = clock()
    day, before = f"{now:%Y-%m-%d}", f"{now - timedelta(days=1):%Y-%m-%d}"
    totals = [
        (await as_admin.get("/api/audit", params=query)).json()["pagination"]["total"]
        for query in ({"from": day}, {"to": before}, {"from": before, "to": day}, {"from": (now).isoformat()})
    ]
    assert totals == [2, 6, 8, 2]


async def test_an_entry_without_a_request_says_null(as_admin: httpx.AsyncClient, trail: list[str]) -> None:
    found = (await as_admin.get("/api/audit", params={"eventType": "key.created"})).json()["entries"]
    assert {entry["request"] for entry in found} == {None}


async def test_pages_show_every_entry_once(as_admin: httpx.AsyncClient, trail: list[str]) -> None:
    seen: list[str] = []
    query = {"limit": "3"}
    while True:
        page = (await as_admin.get("/api/audit", params=query)).json()
        seen += [entry["id"] for entry in page["entries"]]
        if page["pagination"]["nextCursor"] is None:
            break
        query["cursor"] = page["pagination"]["nextCursor"]
    assert seen == sorted(set(seen), reverse=True)
    assert len(seen) == 8
    query["cursor"] = page["pagination"]["previousCursor"]
    before = (await as_admin.get("/api/audit", params=query)).json()
    assert [entry["id"] for entry in before["entries"]] == seen[3:6]
    assert before["pagination"]["nextCursor"] is not None


@pytest.mark.parametrize(
    "query",
    [
        "eventType=exploded",
        "from=yesterday",
        "to=2026-13-01",
        "status=open",
        "limit=-5",
        "cursor=!!",
        "from=9999-12-31",
    ],
)
async def test_a_query_that_cannot_be_read_is_refused(as_admin: httpx.AsyncClient, query: str) -> None:
    assert (await as_admin.get(f"/api/audit?{query}")).status_code == 400


@pytest.mark.parametrize("path", ["/api/audit", "/api/audit/export"])
async def test_a_request_that_cannot_be_is_a_bad_field(as_admin: httpx.AsyncClient, path: str) -> None:
    answer = await as_admin.get(path, params={"requestId": "foo"})
    shown = answer.json()
    assert (answer.status_code, shown["field"]) == (400, "requestId")
    assert shown["detail"] == "requestId “foo” is neither an id (req_…) nor a short code (k7qm-3vtx)"


@pytest.mark.parametrize("ref", ["zzzz-zzzz", "req_00000000000000000000000000"])
async def test_a_request_that_there_is_not_has_no_entries(as_admin: httpx.AsyncClient, ref: str) -> None:
    found = await as_admin.get("/api/audit", params={"requestId": ref})
    assert (found.status_code, found.json()["entries"]) == (200, [])
    kept = await as_admin.get("/api/audit/export", params={"requestId": ref})
    assert (kept.status_code, kept.text) == (200, "")


async def test_actions_and_actors_are_listed_for_filters(as_admin: httpx.AsyncClient, trail: list[str]) -> None:
    assert (await as_admin.get("/api/audit/actions")).json() == {"actions": ["deploy.prod", "read.file"]}
    assert (await as_admin.get("/api/audit/actors")).json() == {"actors": ["api:admin", "api:agent", "system:start"]}


async def test_an_export_holds_exactly_what_is_filtered(as_admin: httpx.AsyncClient, trail: list[str]) -> None:
    answer = await as_admin.get("/api/audit/export", params={"format": "ndjson", "actor": "api:agent"})
    lines = [json.loads(line) for line in answer.text.splitlines()]
    searched = (await as_admin.get("/api/audit", params={"actor": "api:agent"})).json()["entries"]
    assert lines == searched
    assert answer.headers["Content-Disposition"].endswith('filename="agentgate-audit.ndjson"')


async def test_a_csv_cell_is_never_a_formula(as_admin: httpx.AsyncClient, as_agent: httpx.AsyncClient) -> None:
    for action in ("=cmd()", "+1", "-1", "@x"):
        await ask(as_agent, action)
    answer = await as_admin.get("/api/audit/export", params={"format": "csv"})
    rows = list(csv.DictReader(io.StringIO(answer.text)))
    assert {row["action"] for row in rows} == {"", "'=cmd()", "'+1", "'-1", "'@x"}
    assert answer.headers["Content-Type"] == "text/csv; charset=utf-8"


async def test_a_long_export_is_streamed_whole(as_admin: httpx.AsyncClient, as_agent: httpx.AsyncClient) -> None:
    for number in range(301):
        await ask(as_agent, f"a{number}")
    answer = await as_admin.get("/api/audit/export")
    assert answer.headers["Transfer-Encoding"] == "chunked"
    assert len({json.loads(line)["id"] for line in answer.text.splitlines()}) == 2 * 301 + 2


@pytest.mark.parametrize("query", ["format=xml", "eventType=exploded", "from=yesterday"])
async def test_an_export_refuses_what_it_cannot_read(as_admin: httpx.AsyncClient, query: str) -> None:
    assert (await as_admin.get(f"/api/audit/export?{query}")).status_code == 400
