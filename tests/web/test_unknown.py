"""Links that do not exist: one answer for all of them, a bound to guessing, and no trace of a right one."""

import secrets
from dataclasses import replace

import httpx
import pytest

from gateway.gate import Gate
from gateway.views import RequestView
from tests.clock import Clock
from tests.gateway.linked import LEA, token
from tests.loud import loud
from tests.web.site import Page, Site, read, site_of

WRONG = [
    "", "x", "x" * 43, secrets.token_urlsafe(32), "x" * 4000, "%00", "%F0%28%8C%28", "%2e%2e%2fetc", "lnk_1", "ü",
    "a%2Fb", "a/b/c", "{token}", "'%20OR%201=1", "<script>",
]  # fmt: skip
LIMIT = 30


async def test_every_wrong_link_is_answered_alike(site: Site) -> None:
    pages = [read(await site.browser.get(f"/l/{wrong}")) for wrong in WRONG]
    assert {(page.status, page.heading) for page in pages} == {(404, "There is no such link")}
    assert len({page.source for page in pages}) == 1
    assert "copy all of it" in pages[0].text
    own = {"date", "x-request-id"}
    assert len({tuple(item for item in page.headers.items() if item[0] not in own) for page in pages}) == 1


async def test_so_is_every_answer_to_one(gate: Gate, site: Site) -> None:
    pages = [
        read(await site.browser.post(f"/l/{wrong}/decide", data={"csrf": "x"}, headers={"Origin": origin}))
        for wrong in ("x", "x" * 43, "%00")
        for origin in (site.url, "https://evil.example")
    ]
    assert {(page.status, page.source) for page in pages} == {(404, pages[0].source)}


async def test_a_right_one_that_is_cut_off_or_too_long_is_a_wrong_one(
    gate: Gate, site: Site, request_: RequestView
) -> None:
    link = await token(gate, request_, LEA)
    for wrong in (link[:-1], link + "A", link.swapcase(), f"{link}%20"):
        assert (await site.looks(wrong)).status == 404
    assert (await site.looks(link)).status == 200


class TestGuessing:
    async def guesses(self, site: Site, times: int, **headers: str) -> list[Page]:
        return [await site.looks(secrets.token_urlsafe(32), **headers) for _ in range(times)]

    async def test_is_bound_and_a_right_link_still_opens(
        self, gate: Gate, site: Site, request_: RequestView, clock: Clock
    ) -> None:
        assert {page.status for page in await self.guesses(site, LIMIT)} == {404}
        (late,) = await self.guesses(site, 1)
        assert (late.status, late.heading) == (429, "Too many wrong links")
        assert 1 <= int(late.headers["Retry-After"]) <= 60
        assert (await site.answers(await token(gate, request_, LEA))).heading == "You approved this request"
        clock.advance(seconds=61)
        assert (await self.guesses(site, 1))[0].status == 404

    async def test_answering_counts_as_looking_does(self, site: Site) -> None:
        for _ in range(LIMIT):
            await site.browser.post(f"/l/{secrets.token_urlsafe(32)}/decide")
        assert (await self.guesses(site, 1))[0].status == 429

    async def test_is_not_bound_where_nothing_is(self, gate: Gate, site: Site) -> None:
        gate.options = replace(gate.options, rate_limit_enabled=False)
        assert {page.status for page in await self.guesses(site, LIMIT + 5)} == {404}

    async def test_is_counted_for_whom_a_trusted_proxy_names(self, gate: Gate) -> None:
        async with site_of(gate, trusted_proxies=["127.0.0.0/8"]) as site:
            await self.guesses(site, LIMIT, **{"X-Forwarded-For": "203.0.113.7"})
            assert (await self.guesses(site, 1, **{"X-Forwarded-For": "203.0.113.7"}))[0].status == 429
            assert (await self.guesses(site, 1, **{"X-Forwarded-For": "203.0.113.8"}))[0].status == 404

    async def test_is_counted_for_the_caller_where_no_proxy_is_trusted(self, site: Site) -> None:
        for number in range(LIMIT):
            await self.guesses(site, 1, **{"X-Forwarded-For": f"203.0.113.{number}"})
        assert (await self.guesses(site, 1, **{"X-Forwarded-For": "203.0.113.99"}))[0].status == 429


@pytest.mark.parametrize("purpose", ["view", "approve", "deny"])
async def test_no_token_stands_in_the_log(
    gate: Gate, site: Site, request_: RequestView, capsys: pytest.CaptureFixture[str], purpose: str
) -> None:
    link = await token(gate, request_, LEA, purpose)
    with loud():
        page = await site.looks(link)
        if page.action:
            await site.presses(page, reason="hunter2")
        await site.looks(link)
        await site.looks("wrong" + link)
        await site.browser.request("DELETE", f"/l/{link}")
        with pytest.raises(httpx.HTTPError):
            await site.browser.get(f"/l/{link}?{'x' * 9000}", headers={"Cookie": link}, timeout=0.000_01)
    log = capsys.readouterr().err
    assert '"route": "/l/{token}"' in log
    assert link not in log
    assert gate.tokens.form(link) not in log
    assert "hunter2" not in log
