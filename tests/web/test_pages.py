"""Every page: what it forbids others, how it treats what an agent wrote, and what there is beside the links."""

from typing import Any

import httpx
import pytest

from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.views import RequestView
from models import db
from tests.gateway.linked import BEN, LEA, token
from tests.gateway.scenes import asked, ruled
from tests.web.rules import check_page
from tests.web.site import Page, Site, read, site_of

HOSTILE = "</pre></textarea><script>alert(1)</script><img src=x onerror=alert(2)>&lt;b&gt; {{ 7*7 }} \u202e"


@pytest.fixture
async def pages(gate: Gate, agent: NewKey, site: Site, request_: RequestView) -> dict[str, Page]:
    """One page of each kind."""
    links = {name: await token(gate, request_, LEA, name) for name in ("view", "approve", "deny")}
    found = {name: await site.looks(link) for name, link in links.items()}
    found["a form from elsewhere"] = await site.presses(found["approve"], Origin="https://evil.example")
    found["done"] = await site.presses(found["approve"])
    found["over"] = await site.looks(links["deny"])
    found["view of what is over"] = await site.looks(links["view"])
    found["unknown"] = await site.looks("x" * 43)
    found["nowhere"] = read(await site.browser.get("/nowhere", headers={"Accept": "text/html,*/*"}))
    found["wrong method"] = await site.looks(links["view"], method="DELETE")
    await ruled(gate, {"decision": "route_to_human", "requireReason": True, "channels": [LEA]})
    strict = await asked(gate, agent)
    found["asks again"] = await site.answers(await token(gate, strict, LEA))
    return found


async def test_no_page_of_a_link_breaks_the_rules_of_pages_or_keeps_anything(pages: dict[str, Page]) -> None:
    for name, page in pages.items():
        check_page(page, name)
        assert "Set-Cookie" not in page.headers, name


@pytest.mark.parametrize("purpose", ["approve", "view"])
async def test_what_an_agent_wrote_is_text(gate: Gate, agent: NewKey, site: Site, purpose: str) -> None:
    context = {"reason": HOSTILE, "summary": HOSTILE, HOSTILE: HOSTILE}
    request = await asked(
        gate, agent, action="x<script>alert(3)</script>", params={HOSTILE: [HOSTILE]}, context=context
    )
    page = await site.looks(await token(gate, request, LEA, purpose))
    shown = HOSTILE.replace("\u202e", "\\u202e")
    assert page.text.count(shown) >= 4
    assert "alert(3)" in page.text
    assert "\u202e" not in page.source
    assert "script" not in page.title
    assert {tag for tag, _ in page.tags} & {"script", "iframe", "style"} == set()
    assert [given for tag, given in page.tags if tag == "img"] == [
        {"src": given["src"], "alt": "", "width": "28", "height": "28"} for tag, given in page.tags if tag == "img"
    ]
    assert sum(tag == "img" for tag, _ in page.tags) == 1


async def test_what_a_person_wrote_is_text(gate: Gate, site: Site, request_: RequestView) -> None:
    page = await site.answers(await token(gate, request_, LEA), reason=HOSTILE)
    assert HOSTILE.replace("\u202e", "\\u202e") in page.text
    assert sum(tag == "script" for tag, _ in page.tags) == 0


async def test_secrets_stay_hidden(gate: Gate, agent: NewKey, site: Site) -> None:
    request = await asked(gate, agent, params={"api_key": "hunter2", "nested": {"password": "hunter2"}})
    for purpose in ("approve", "view"):
        page = await site.looks(await token(gate, request, LEA, purpose))
        assert "hunter2" not in page.source
        assert "•••• (hidden)" in page.text


async def test_nothing_is_left_out_however_long(gate: Gate, agent: NewKey, site: Site) -> None:
    params = {f"name_{number}": "x" * 500 for number in range(100)}
    request = await asked(gate, agent, params=params)
    page = await site.looks(await token(gate, request, BEN))
    for name, value in params.items():
        assert f"{name}: {value}" in page.text
    assert "see the full view" not in page.text


class TestOneClick:
    @pytest.fixture
    def options(self) -> Options:
        return Options(default_targets=(LEA,), single_click_links=True, rate_limit_rpm=100_000)

    async def test_a_page_sends_itself_by_a_script_of_its_own(
        self, gate: Gate, site: Site, request_: RequestView
    ) -> None:
        page = await site.looks(await token(gate, request_, LEA))
        (script,) = [given for tag, given in page.tags if tag == "script"]
        assert script["src"] is not None
        assert "script-src 'self'" in page.headers["Content-Security-Policy"]
        assert any("data-at-once" in given for tag, given in page.tags if tag == "form")
        source = await site.browser.get(script["src"])
        assert "requestSubmit" in source.text
        assert "prerendering" in source.text
        assert (await site.presses(page)).heading == "You approved this request"  # and by hand

    async def test_it_does_not_where_a_reason_is_needed(self, gate: Gate, agent: NewKey, site: Site) -> None:
        await ruled(gate, {"decision": "route_to_human", "requireReason": True})
        request = await asked(gate, agent)
        page = await site.looks(await token(gate, request, LEA))
        assert "script" not in [tag for tag, _ in page.tags]
        assert (await site.presses(page)).status == 400

    @pytest.mark.parametrize("headers", [{"Sec-Purpose": "prefetch;prerender"}, {"Purpose": "prefetch"}])
    async def test_it_does_not_while_a_browser_only_loads_ahead(
        self, gate: Gate, site: Site, request_: RequestView, headers: dict[str, str]
    ) -> None:
        page = await site.looks(await token(gate, request_, LEA), **headers)
        assert "script" not in [tag for tag, _ in page.tags]

    async def test_a_link_to_look_has_none(self, gate: Gate, site: Site, request_: RequestView) -> None:
        page = await site.looks(await token(gate, request_, LEA, "view"))
        assert "script" not in [tag for tag, _ in page.tags]


class TestBesideLinks:
    async def test_files_are_kept_until_they_change(self, site: Site) -> None:
        page = await site.looks("x" * 43)
        (sheet,) = [given["href"] for tag, given in page.tags if given.get("rel") == "stylesheet"]
        answer = await site.browser.get(str(sheet))
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/css; charset=utf-8")
        assert "immutable" in answer.headers["Cache-Control"]
        plain = await site.browser.get(str(sheet).partition("?")[0])
        assert (plain.headers["Cache-Control"], plain.text) == ("public, no-cache", answer.text)
        again = await site.browser.get(str(sheet), headers={"If-None-Match": answer.headers["ETag"]})
        assert (again.status_code, again.content) == (304, b"")

    async def test_the_style_sheet_needs_nothing_from_elsewhere(self, site: Site) -> None:
        text = (await site.browser.get("/static/style.css")).text
        assert "url(" not in text
        assert "@import" not in text
        assert "prefers-color-scheme: dark" in text

    @pytest.mark.parametrize("name", ["nothing.css", "..%2Fdoor.py", "%2e%2e/door.py", "style.css%00"])
    async def test_there_are_no_other_files(self, site: Site, name: str) -> None:
        assert (await site.browser.get(f"/static/{name}")).status_code == 404

    async def test_there_is_an_icon(self, site: Site) -> None:
        answer = await site.browser.get("/favicon.ico")
        assert (answer.status_code, answer.headers["Content-Type"]) == (200, "image/svg+xml; charset=utf-8")

    async def test_nothing_is_a_page_for_people_and_a_problem_for_programs(self, site: Site) -> None:
        async def asks(path: str, accept: str) -> httpx.Response:
            return await site.browser.get(path, headers={"Accept": accept})

        assert read(await asks("/nowhere", "text/html,*/*;q=0.8")).heading == "There is nothing here"
        for path, accept in (("/nowhere", "*/*"), ("/api/nowhere", "text/html"), ("/health/x", "text/html")):
            answer = await asks(path, accept)
            assert (answer.status_code, answer.headers["Content-Type"]) == (
                404, "application/problem+json; charset=utf-8",
            )  # fmt: skip


async def test_a_path_before_all_addresses_is_kept(gate: Gate, request_: RequestView) -> None:
    gate.options = Options(public_url="https://example.com/gate")
    async with site_of(gate) as site:
        link = await token(gate, request_, LEA)
        page = await site.looks(link)
        assert page.action == f"/gate/l/{link}/decide"
        assert {str(given.get("href", "/gate/static/")).partition("static/")[0] for _, given in page.tags} == {"/gate/"}


async def test_a_database_that_is_gone_is_said_on_a_page(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    page = await site.looks(link)
    await db.connection().execute_script("ALTER TABLE links RENAME TO elsewhere")
    for gone in (await site.looks(link), await site.presses(page)):
        assert (gone.status, gone.heading) == (503, "AgentGate cannot answer now")
        assert int(gone.headers["Retry-After"]) > 0


async def test_what_is_broken_is_said_on_a_page(gate: Gate, site: Site, request_: RequestView) -> None:
    link = await token(gate, request_, LEA)
    broken: Any = None
    gate.tokens = broken
    page = await site.looks(link)
    assert (page.status, page.heading) == (500, "Something went wrong")
