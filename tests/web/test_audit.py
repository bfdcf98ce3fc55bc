"""The page of the audit trail: filters in the address, pages both ways, exports of what is filtered."""

import csv
import io
import json
from html import unescape
from urllib.parse import parse_qs, urlsplit

import pytest

from gateway.decide import decide
from gateway.events import DeliveryFailed
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import SYSTEM_OUTBOX, RequestView
from models.words import Decision, Scope
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked
from tests.web.site import Page, Site

HOSTILE = "</pre></td><script>alert(1)</script> {{ 7*7 }} \u202e"


@pytest.fixture
async def auditor(gate: Gate, site: Site) -> NewKey:
    """Somebody who may read the trail, logged in."""
    key = await a_key(gate, "auditor", Scope.AUDIT_READ)
    await site.logs_in(key)
    return key


@pytest.fixture
async def trail(gate: Gate, agent: NewKey, clock: Clock) -> tuple[RequestView, RequestView]:
    """Two requests, six hours apart; the first is denied."""
    first = await asked(gate, agent, "deploy.prod")
    await decide(gate, first.id, Decision.DENIED, by=ALICE, reason="not on a Friday")
    clock.advance(hours=6)
    return first, await asked(gate, agent, "read.file")


def entries(page: Page) -> list[str]:
    """Return the events on a page, in its order."""
    return [part.partition("<")[0] for part in page.source.split('class="event">')[1:]]


def codes(page: Page) -> list[str]:
    """Return which requests a page is about, entry by entry."""
    return [part.partition('"')[0] for part in page.source.split('href="/requests/')[1:]]


def link(page: Page, text: str) -> str:
    """Return where a link leads."""
    return unescape(page.source.partition(f">{text}</a>")[0].rpartition('href="')[2].partition('"')[0])


async def test_it_shows_what_happened_newest_first(
    site: Site, auditor: NewKey, trail: tuple[RequestView, RequestView]
) -> None:
    page = await site.opens("/audit")
    assert (page.status, page.heading) == (200, "Audit trail")
    assert [one for one in entries(page) if one.startswith("request.")] == [
        "request.pending", "request.created", "request.decided", "request.denied", "request.pending", "request.created",
    ]  # fmt: skip
    assert "reason: not on a Friday" in page.text
    assert f'href="/requests/{trail[0].id}">{trail[0].shown_code}</a>' in page.source
    assert "6 h ago" in page.text
    assert "entries match" in page.text


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("event=request.denied", ["request.denied"]),
        ("event=denied", ["request.denied"]),
        ("actor=terminal:alice", ["request.decided", "request.denied"]),
        ("action=read.file&event=pending", ["request.pending"]),
        ("action=read.file&event=request.created&actor=api:agent", ["request.created"]),
        ("event=created&from=3h", ["request.created"]),
        ("action=deploy.prod&from=3h", []),
        ("action=deploy.prod&event=created&to=3h", ["request.created"]),
    ],
)
async def test_an_address_shows_what_it_asks_for(
    site: Site, auditor: NewKey, trail: tuple[RequestView, RequestView], query: str, expected: list[str]
) -> None:
    page = await site.opens(f"/audit?{query}")
    assert entries(page) == expected
    assert ("No entry matches" in page.text) is (not expected)
    asked_for = {name: values[0] for name, values in parse_qs(query).items() if name != "event"}
    assert page.form("/audit").fields.items() >= asked_for.items()


async def test_one_request_by_id_or_code(site: Site, auditor: NewKey, trail: tuple[RequestView, RequestView]) -> None:
    for ref in (trail[0].id, trail[0].shown_code):
        page = await site.opens(f"/audit?request={ref}")
        assert {*codes(page)} == {trail[0].id}
        assert entries(page)[:2] == ["request.decided", "request.denied"]


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("event=exploded", "“exploded” is not an event"),
        ("from=yesterday", "“yesterday” is not a date"),
        ("to=2026-13-01", "is not a date"),
        ("request=k7qm-3vtx", "There is no request “k7qm-3vtx”"),
        ("request=no", "There is no request “no”"),
        ("actor=%00", "NUL"),
        (f"action={'x' * 201}", "longer than 200"),
    ],
)
async def test_what_is_wrong_is_said_beside_its_field_and_the_rest_is_kept(
    site: Site, auditor: NewKey, trail: tuple[RequestView, RequestView], query: str, said: str
) -> None:
    name = query.partition("=")[0]
    rest = "actor" if name != "actor" else "action"
    page = await site.opens(f"/audit?{query}&{rest}=kept")
    assert page.status == 400
    assert said in page.text
    assert page.form("/audit").fields[rest] == "kept"
    (field,) = [given for tag, given in page.tags if tag in {"input", "select"} and given.get("name") == name]
    assert (field["aria-invalid"], field["aria-describedby"]) == ("true", f"{name}-problem")
    assert entries(page) == []
    refused = await site.browser.get(f"/audit/export?{query}&format=csv")
    assert refused.status_code == 400


async def test_pages_lead_both_ways_and_back_to_the_same(
    gate: Gate, site: Site, auditor: NewKey, agent: NewKey
) -> None:
    for number in range(120):
        await asked(gate, agent, f"a{number}")
    first = await site.opens("/audit?actor=api:agent&event=created")
    second = await site.opens(link(first, "Older"))
    await asked(gate, agent, "meanwhile")
    third = await site.opens(link(second, "Older"))
    assert [len(entries(page)) for page in (first, second, third)] == [50, 50, 20]
    back = await site.opens(link(await site.opens(link(third, "Newer")), "Newer"))
    assert codes(back) == codes(first)
    top = await site.opens(link(back, "Newer"))
    assert "meanwhile" in top.text
    assert len(entries(top)) == 1


async def test_a_cursor_that_is_none_is_said(site: Site, auditor: NewKey) -> None:
    assert (await site.opens("/audit?cursor=x")).status == 400


async def test_an_export_is_exactly_what_is_filtered(
    site: Site, auditor: NewKey, trail: tuple[RequestView, RequestView]
) -> None:
    page = await site.opens("/audit?action=deploy.prod&actor=api:agent")
    addresses = {name: link(page, name) for name in ("CSV", "NDJSON")}
    assert parse_qs(urlsplit(addresses["CSV"]).query)["action"] == ["deploy.prod"]
    rows = list(csv.DictReader(io.StringIO((await site.browser.get(addresses["CSV"])).text)))
    answer = await site.browser.get(addresses["NDJSON"])
    lines = [json.loads(line) for line in answer.text.splitlines()]
    assert [row["eventType"] for row in rows] == [line["eventType"] for line in lines] == entries(page)
    assert answer.headers["Content-Disposition"] == 'attachment; filename="agentgate-audit.ndjson"'
    assert answer.headers["Cache-Control"] == "no-store"


async def test_a_cell_of_an_export_is_never_a_formula(gate: Gate, site: Site, auditor: NewKey, agent: NewKey) -> None:
    for action in ("=cmd()", "+1", "-1", "@x", "\uff1dcmd()"):
        await asked(gate, agent, action)
    answer = await site.browser.get("/audit/export?format=csv&actor=api:agent")
    actions = {row["action"] for row in csv.DictReader(io.StringIO(answer.text))}
    assert actions == {"'=cmd()", "'+1", "'-1", "'@x", "'\uff1dcmd()"}


async def test_what_others_wrote_is_text(gate: Gate, site: Site, auditor: NewKey, agent: NewKey) -> None:
    await asked(gate, agent, "x<script>alert(3)</script>")
    async with gate.unit(by=SYSTEM_OUTBOX) as unit:
        unit.publish(DeliveryFailed(target=HOSTILE, error=HOSTILE, event="request.pending"))
    page = await site.opens("/audit")
    assert page.text.count("alert(1)") >= 2
    assert "\u202e" not in page.source
    assert not any(tag == "script" for tag, _ in page.tags)
    assert "unsafe" not in page.headers["Content-Security-Policy"]


async def test_what_a_row_leaves_out_is_counted_and_lines_are_folded(
    gate: Gate, site: Site, auditor: NewKey, agent: NewKey
) -> None:
    request = await asked(gate, agent)
    await decide(gate, request.id, Decision.DENIED, by=ALICE, reason="Not now.\nAsk again.\n" + "x" * 200)
    page = await site.opens("/audit?event=denied")
    assert f"reason: Not now. / Ask again. / {'x' * 88} …112 more characters" in page.text
    assert "\\nAsk" not in page.text.partition("{")[0]


async def test_it_is_for_who_may_read_the_trail(gate: Gate, site: Site) -> None:
    for path in ("/audit", "/audit/export?format=csv"):
        answer = await site.browser.get(path)
        assert (answer.status_code, answer.headers["Location"].partition("?")[0]) == (303, "/login")
    await site.logs_in(await a_key(gate, "reader", Scope.REQUEST_READ))
    for path in ("/audit", "/audit/export?format=csv"):
        assert (await site.browser.get(path)).status_code == 403
