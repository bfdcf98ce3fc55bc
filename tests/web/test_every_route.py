"""Every row of the table of pages: closed to strangers, to keys without the scope, and to forms from elsewhere."""

import httpx
import pytest

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.views import RequestView
from models.words import Scope
from tests.conftest import a_key
from tests.web.rules import check_page
from tests.web.site import Site, read, stored
from web.routes import ROUTES
from web.visit import Route

READING = [route for route in ROUTES if route.method == "GET"]
SENDING = [route for route in ROUTES if route.method == "POST"]
SCOPED = [route for route in ROUTES if route.scopes]


def name(route: Route) -> str:
    return f"{route.method} {route.path}"


@pytest.fixture
def ids(request_: RequestView, agent: NewKey) -> dict[str, str]:
    return {"requests": request_.id, "keys": agent.key.id}


def address(route: Route, ids: dict[str, str]) -> str:
    return route.path.replace("{id}", ids.get(route.path.split("/")[1], ""))


async def called(site: Site, route: Route, path: str, **sent: str) -> httpx.Response:
    """Call a page and read no further than its head: some pages go on for ever."""
    headers = {"Origin": site.url, "Accept": "text/html"}
    data = sent if route.method == "POST" else None
    async with site.browser.stream(route.method, path, data=data, headers=headers) as answer:
        if answer.headers.get("Content-Type", "").startswith("text/html"):
            await answer.aread()
    return answer


@pytest.mark.parametrize("route", ROUTES, ids=name)
async def test_whoever_has_not_logged_in_is_led_to_the_login(site: Site, route: Route, ids: dict[str, str]) -> None:
    before = await stored()
    answer = await called(site, route, address(route, ids), csrf=site.gate.tokens.form(""))
    assert answer.status_code == 303
    assert answer.headers["Location"].partition("?")[0] == "/login"
    assert answer.headers["Cache-Control"] == "no-store"
    assert await stored() == before


@pytest.mark.parametrize("route", SCOPED, ids=name)
async def test_a_key_without_the_scope_is_told_which_it_needs(
    gate: Gate, site: Site, route: Route, ids: dict[str, str]
) -> None:
    others = [scope for scope in Scope if scope not in {*route.scopes, Scope.ADMIN}]
    page = await site.logs_in(await a_key(gate, "other", *others), to="/login")
    before = await stored()
    answer = await called(site, route, address(route, ids), csrf=page.forms[0].fields["csrf"])
    shown = read(answer)
    assert (shown.status, shown.heading) == (403, "This key does not open this page")
    assert all(scope.value in shown.text for scope in route.scopes)
    check_page(shown, name(route))
    assert await stored() == before


@pytest.mark.parametrize("route", SENDING, ids=name)
async def test_a_form_without_this_session_s_seal_changes_nothing(
    site: Site, route: Route, ids: dict[str, str], admin: NewKey
) -> None:
    await site.logs_in(admin)
    before = await stored()
    for seal in ("", "x" * 43, site.gate.tokens.form(""), site.gate.tokens.form("login.")):
        answer = await called(
            site, route, address(route, ids), csrf=seal, decision="approved", name="x", scopes="admin"
        )
        assert (answer.status_code, read(answer).heading) == (403, "This was not counted")
    assert await stored() == before


@pytest.mark.parametrize("method", ["GET", "HEAD"])
async def test_no_look_changes_anything(site: Site, ids: dict[str, str], admin: NewKey, method: str) -> None:
    await site.logs_in(admin)
    before = {table: rows for table, rows in (await stored()).items() if table != "keys"}
    for route in READING:
        path = address(route, ids)
        async with site.browser.stream(method, path, params={"decision": "approved"}) as answer:
            assert answer.status_code in {200, 303}, path
    after = {table: rows for table, rows in (await stored()).items() if table != "keys"}
    assert after == before


@pytest.mark.parametrize("route", READING, ids=name)
async def test_every_page_keeps_the_rules_of_pages(
    site: Site, route: Route, ids: dict[str, str], admin: NewKey
) -> None:
    await site.logs_in(admin)
    answer = await called(site, route, address(route, ids))
    if not answer.headers.get("Content-Type", "").startswith("text/html"):
        assert answer.headers["Cache-Control"] == "no-store"
        return
    page = read(answer)
    check_page(page, name(route), may_run="script" in [tag for tag, _ in page.tags])
    assert page.form("/logout").button == "Log out"
    assert [given["href"] for tag, given in page.tags if given.get("class") == "skip"] == ["#main"]


async def test_the_login_and_the_page_between_keep_them_too(site: Site) -> None:
    check_page(await site.opens("/login?next=/keys"), "login")
    check_page(await site.opens("/keys", **{"Sec-Fetch-Site": "cross-site"}), "between")
    check_page(read(await site.browser.post("/login")), "refused")
