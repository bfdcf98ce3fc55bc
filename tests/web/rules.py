"""What holds for every page: what it forbids others, and what its markup has and has not."""

import re

from tests.web.site import Page

OURS = re.compile(r"$|/(?!/)|#main$")


def check_page(page: Page, name: str, *, may_run: bool = False) -> None:
    """Fail where a page lets another site do anything, or leaves something out that every page has."""
    check_headers(page, name, may_run=may_run)
    check_markup(page, name, may_run=may_run)


def check_headers(page: Page, name: str, *, may_run: bool) -> None:
    policy = page.headers["Content-Security-Policy"]
    assert "default-src 'none'" in policy, name
    assert "frame-ancestors 'none'" in policy, name
    assert "unsafe" not in policy, name
    assert ("script-src 'self'" in policy) is may_run, name
    assert page.headers["Cache-Control"] == "no-store", name
    assert page.headers["Referrer-Policy"] == "same-origin", name
    assert page.headers["X-Frame-Options"] == "DENY", name
    assert page.headers["X-Content-Type-Options"] == "nosniff", name
    assert page.headers["X-Robots-Tag"].startswith("noindex"), name


def check_markup(page: Page, name: str, *, may_run: bool) -> None:
    tags = [tag for tag, _ in page.tags]
    assert tags.count("h1") == tags.count("main") == tags.count("title") == 1, name
    assert page.title.endswith(" · AgentGate"), name
    assert ("html", {"lang": "en"}) in page.tags, name
    assert any(given.get("name") == "viewport" for _, given in page.tags), name
    for tag, given in page.tags:
        assert tag not in ({"style", "iframe"} | (set() if may_run else {"script"})), name
        assert [key for key in given if key == "style" or key.startswith("on")] == [], name
        for address in (given.get("src"), given.get("href"), given.get("action")):
            assert address is None or OURS.match(address), (name, address)
    labelled = {given.get("for") for tag, given in page.tags if tag == "label"}
    asked_for = {
        given.get("id") for tag, given in page.tags if tag in {"textarea", "select"} or _is_typed_in(tag, given)
    }
    assert asked_for <= labelled, name


def _is_typed_in(tag: str, given: dict[str, str | None]) -> bool:
    return tag == "input" and "hidden" not in given and given.get("type") not in {"hidden", "checkbox", "radio"}
