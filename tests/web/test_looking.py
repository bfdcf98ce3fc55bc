"""Whatever reads a link – a person, a mail scanner, a preview, a browser that loads ahead – changes nothing."""

import asyncio

import pytest

from gateway import browse
from gateway.gate import Gate, Options
from gateway.views import RequestView
from models.words import Status
from tests.gateway.linked import BEN, LEA, OPS, token
from tests.web.site import Site, stored

PURPOSES = ("view", "approve", "deny")
SCANNERS: dict[str, dict[str, str]] = {
    "a browser": {"Accept": "text/html", "Sec-Fetch-Mode": "navigate", "Sec-Fetch-User": "?1"},
    "a browser that loads ahead": {"Sec-Purpose": "prefetch;prerender", "Purpose": "prefetch"},
    "an old one": {"X-Moz": "prefetch", "X-Purpose": "preview"},
    "a mail scanner": {"User-Agent": "Mozilla/5.0 (compatible; SafeLinks)", "Accept": "*/*"},
    "a link preview": {"User-Agent": "Slackbot-LinkExpanding 1.0", "Range": "bytes=0-32768"},
    "one that pretends": {
        "X-HTTP-Method-Override": "POST",
        "X-Method-Override": "POST",
        "Referer": "http://127.0.0.1/",
    },
}


async def tokens(gate: Gate, request: RequestView) -> list[str]:
    mailed = [await token(gate, request, LEA, purpose) for purpose in PURPOSES]
    return [*mailed, await token(gate, request, OPS), "x" * 43]


@pytest.mark.parametrize("headers", SCANNERS.values(), ids=SCANNERS)
@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "PROPFIND"])
async def test_no_look_changes_anything(
    gate: Gate, site: Site, request_: RequestView, method: str, headers: dict[str, str]
) -> None:
    links = await tokens(gate, request_)
    before = await stored()
    for link in links:
        for path in (f"/l/{link}", f"/l/{link}?decision=approved", f"/l/{link}/decide?csrf={gate.tokens.form(link)}"):
            answer = await site.browser.request(method, path, headers=headers)
            assert answer.status_code in {200, 404, 405}, path
    assert await stored() == before


async def test_fifty_looks_at_once_change_nothing(gate: Gate, site: Site, request_: RequestView) -> None:
    links = [await token(gate, request_, LEA, purpose) for purpose in PURPOSES]
    before = await stored()
    pages = await asyncio.gather(*(site.looks(links[number % 3]) for number in range(50)))
    assert {page.status for page in pages} == {200}
    assert await stored() == before


async def test_no_look_changes_anything_where_one_click_is_enough(
    gate: Gate, site: Site, request_: RequestView
) -> None:
    gate.options = Options(single_click_links=True)
    links = await tokens(gate, request_)
    before = await stored()
    for link in links:
        for method in ("GET", "HEAD"):
            await site.browser.request(method, f"/l/{link}")
    assert await stored() == before


async def test_looking_at_what_is_over_changes_nothing(gate: Gate, site: Site, request_: RequestView) -> None:
    links = await tokens(gate, request_)
    await site.answers(await token(gate, request_, BEN))
    before = await stored()
    for link in links:
        assert (await site.looks(link)).status in {404, 410}
    assert await stored() == before
    assert (await browse.load(request_.id)).status is Status.APPROVED


async def test_a_head_says_what_a_get_says(gate: Gate, site: Site, request_: RequestView) -> None:
    for link in await tokens(gate, request_):
        head, get = await site.browser.head(f"/l/{link}"), await site.browser.get(f"/l/{link}")
        own = {"date", "x-request-id"}
        assert (head.status_code, head.content) == (get.status_code, b"")
        assert [item for item in head.headers.items() if item[0] not in own] == [
            item for item in get.headers.items() if item[0] not in own
        ]


async def test_a_decision_cannot_be_fetched(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    answer = await site.browser.get(f"/l/{link}/decide")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    answer = await site.browser.post(f"/l/{link}")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "GET,HEAD")
