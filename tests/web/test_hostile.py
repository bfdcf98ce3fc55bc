"""Whatever an agent, a person or a key is called or says, on the pages of requests it is text that can be seen."""

from collections import Counter
from typing import Any

import pytest

from gateway.confirm import confirm
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import Actor, RequestView
from models.words import Decision, Scope
from tests.conftest import a_key
from tests.gateway.scenes import asked, ruled
from tests.web.site import Page, Site

PAYLOADS = [
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</pre></textarea></title></style><svg onload=alert(1)>",
    '"><img src=x onerror=alert(1)>',
    "' autofocus onfocus=alert(1) x='",
    "javascript:alert(1)",
    "<a href=javascript:alert(1)>here</a>",
    "<meta http-equiv=refresh content=0;url=https://evil.example>",
    "<base href=https://evil.example/>",
    "<form action=https://evil.example><input name=digest value=x>",
    "<!--",
    "]]>",
    "&lt;b&gt;&#60;script&#62;",
    "{{ 7*7 }}{% for x in y %}{{ frame.csrf }}",
    "${7*7}<%= 7*7 %>",
    "<noscript><p title='</noscript><img src=x onerror=alert(1)>'>",
    "data: changed",
    "https://evil.example/approve",
    "**bold** [link](https://evil.example) <@U1> @everyone",
]
UNSEEN = [
    "\u202e",
    "\u2066",
    "\u200b",
    "\u200d",
    "\ufeff",
    "\u00ad",
    "\u2028",
    "\x1b[31m",
    "\x07",
    "\u3164",
    "\U000e0041",
]


async def everywhere(gate: Gate, words: str) -> RequestView:
    """Return a request that says these words wherever somebody can say something."""
    name = "".join(character for character in words if character.isprintable()).strip()[:100] or "agent"
    await ruled(gate, {"decision": "route_to_human", "approvers": ["api:ben"]}, name=name)
    agent = await a_key(gate, name, Scope.REQUEST_CREATE)
    request = await asked(
        gate,
        agent,
        "".join(character for character in words if character.isprintable())[:200] or "x",
        params={words: [words, {words: words}]},
        context={"reason": words, "summary": words, words: words},
    )
    ben = Actor("api", "ben", key_id="key_" + "b" * 26, scopes=frozenset({Scope.REQUEST_DECIDE}))
    await decide(gate, request.id, Decision.APPROVED, by=ben, reason=words, claimed_by=words)
    await confirm(gate, request.id, by=agent.key.actor, result={words: words})
    return request


async def both_pages(site: Site, key: NewKey, request: RequestView) -> dict[str, Page]:
    """Return the list and the request's own page."""
    site.browser.cookies.clear()
    return {
        "the list": await site.logs_in(key, to="/requests"),
        "the request": await site.opens(f"/requests/{request.id}"),
    }


def skeleton(page: Page) -> Counter[tuple[str, Any]]:
    """Return what could do something on a page: its elements, and whatever leads or loads."""
    return Counter(
        (tag, frozenset(given) - {"data-depth"}) for tag, given in page.tags if tag not in {"span", "p", "br"}
    )


async def test_no_payload_becomes_markup(gate: Gate, site: Site) -> None:
    viewer = await a_key(gate, "viewer", Scope.REQUEST_READ)
    plain = {
        name: skeleton(page) for name, page in (await both_pages(site, viewer, await everywhere(gate, "x"))).items()
    }
    for number, payload in enumerate(PAYLOADS, 2):
        request = await everywhere(gate, payload)
        page = (await both_pages(site, viewer, request))["the request"]
        assert skeleton(page) == plain["the request"], payload
        assert page.text.count(payload) >= 8, payload
        listed = await site.opens("/requests")
        rows = Counter(tag for tag, _ in listed.tags)
        assert rows["a"] == Counter(tag for tag, _ in plain["the list"].elements())["a"] + number - 1, payload
        assert payload in listed.text
    assert {tag for tag, _ in listed.tags} == {tag for tag, _ in plain["the list"]} | {"span", "p"}


@pytest.mark.parametrize("character", UNSEEN)
async def test_what_cannot_be_seen_is_written_out(gate: Gate, site: Site, character: str) -> None:
    viewer = await a_key(gate, "viewer", Scope.REQUEST_READ)
    request = await everywhere(gate, f"pay{character}load")
    for name, page in (await both_pages(site, viewer, request)).items():
        assert character[0] not in page.source, name
        assert "pay\\" in page.text, name


async def test_a_text_of_very_many_lines_is_whole_without_an_element_for_each(
    gate: Gate, site: Site, agent: NewKey
) -> None:
    await site.logs_in(await a_key(gate, "viewer", Scope.REQUEST_READ), to="/requests")
    pages = []
    for count in (1_000, 100_000):
        request = await asked(gate, agent, "mail.send", params={"body": "one\n" * count})
        pages.append(await site.opens(f"/requests/{request.id}"))
        assert pages[-1].text.count("one\\n") == count
    few, many = (sum(tag == "br" for tag, _ in page.tags) for page in pages)
    assert (few, many) == (1_000, 0)


async def test_a_filter_from_the_address_is_text(gate: Gate, site: Site, agent: NewKey) -> None:
    await site.logs_in(await a_key(gate, "viewer", Scope.REQUEST_READ), to="/requests")
    await asked(gate, agent, '"><script>alert(1)</script>')
    plain = skeleton(await site.opens("/requests?action=x"))
    for payload in PAYLOADS:
        answer = await site.browser.get("/requests", params={"action": payload})
        page = await site.opens(str(answer.request.url.raw_path, "ascii"))
        assert page.form("/requests").fields["action"] == payload.strip()
        assert skeleton(page) - plain == Counter(), payload
    for name in ("status", "urgency", "cursor"):
        answer = await site.browser.get("/requests", params={name: PAYLOADS[0]})
        assert (answer.status_code, "<script>alert" in answer.text) == (400, False)


async def test_a_path_from_the_address_is_text(gate: Gate, site: Site) -> None:
    await site.logs_in(await a_key(gate, "viewer", Scope.REQUEST_READ), to="/requests")
    page = await site.opens("/requests/%3Cscript%3Ealert(1)%3C%2Fscript%3E%E2%80%AE")
    assert (page.status, sum(tag == "script" for tag, _ in page.tags)) == (404, 0)
    assert "\u202e" not in page.source


async def test_every_page_forbids_what_it_does_not_need(gate: Gate, site: Site) -> None:
    viewer = await a_key(gate, "viewer", Scope.REQUEST_READ)
    for name, page in (await both_pages(site, viewer, await everywhere(gate, "x"))).items():
        policy = page.headers["Content-Security-Policy"]
        parts = dict(part.strip().split(" ", 1) for part in policy.split(";"))
        assert parts["default-src"] == parts["frame-ancestors"] == parts["base-uri"] == "'none'", name
        assert parts["script-src"] == parts["connect-src"] == parts["form-action"] == "'self'", name
        assert "unsafe" not in policy, name
        for tag, given in page.tags:
            assert [key for key in given if key == "style" or key.startswith("on")] == [], (name, tag)
            assert tag != "script" or str(given["src"]).startswith("/static/"), name
