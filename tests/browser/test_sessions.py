"""Sessions in a real browser: logging in by keyboard, with script and without, and every end of it at the next page."""

import pytest
from playwright.async_api import Browser, Page, Route, expect

from gateway.gate import Gate
from gateway.keys import NewKey, revoke_key
from gateway.sessions import log_in
from models.words import Scope
from tests.browser.looks import DESK, PHONE, Look
from tests.browser.visitor import Visitor, Visitors
from tests.conftest import a_key
from tests.gateway.scenes import ALICE
from tests.web.site import Site
from web.cookies import SESSION

CHAT = "https://chat.example/"


async def a_keeper(gate: Gate) -> NewKey:
    return await a_key(gate, "keeper", Scope.KEY_MANAGE)


async def logs_in(visitor: Visitor, key: NewKey) -> None:
    """Show a key at the page that asks for it, by keyboard alone."""
    await visitor.sees("Log in")
    await expect(visitor.page.get_by_label("API key")).to_be_focused()
    await visitor.page.keyboard.insert_text(key.secret)
    async with visitor.page.expect_navigation():
        await visitor.page.keyboard.press("Enter")


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script, DESK], ids=str)
async def test_a_key_opens_the_page_that_was_asked_for(gate: Gate, visitors: Visitors, look: Look) -> None:
    keeper = await a_keeper(gate)
    async with visitors.on(look) as visitor:
        await visitor.opens("/keys/new")
        await logs_in(visitor, keeper)
        await visitor.sees("Create a key")
        (kept,) = await visitor.page.context.cookies()
        assert (kept["name"], kept["httpOnly"], kept["sameSite"]) == (SESSION, True, "Strict")
        await visitor.presses("Log out")
        await visitor.opens("/keys/new")
        await visitor.sees("Log in")


@pytest.mark.parametrize("look", [PHONE, PHONE.without_script], ids=str)
async def test_a_revoked_key_opens_no_other_page(gate: Gate, visitors: Visitors, look: Look) -> None:
    keeper = await a_keeper(gate)
    async with visitors.on(look, key=keeper) as visitor:
        await visitor.opens("/keys")
        await visitor.sees("API keys")
        await revoke_key(gate, keeper.key.id, by=ALICE)
        await visitor.page.get_by_role("link", name="Create a key").click()
        await visitor.sees("Log in")
        await expect(visitor.page.get_by_role("status")).to_contain_text("Your session is over")


async def test_a_wrong_key_is_said_where_it_is_put_in(gate: Gate, visitors: Visitors) -> None:
    async with visitors.on(PHONE) as visitor:
        await visitor.opens("/login")
        await visitor.page.get_by_label("API key").fill("agk_wrong")
        await visitor.presses("Log in")
        await visitor.sees("Log in")
        await expect(visitor.page.get_by_label("API key")).to_have_accessible_description(
            "It begins with agk_. Decisions are recorded under its name. "
            "This API key is unknown, revoked or expired; ask an admin for another."
        )


async def test_the_keyboard_skips_what_every_page_has(gate: Gate, visitors: Visitors) -> None:
    async with visitors.on(DESK, key=await a_keeper(gate)) as visitor:
        await visitor.opens("/keys")
        await visitor.page.keyboard.press("Tab")
        await expect(visitor.page.get_by_role("link", name="Skip to the content")).to_be_focused()
        await visitor.page.keyboard.press("Enter")
        await visitor.page.keyboard.press("Tab")
        await expect(visitor.page.get_by_role("link", name="Create a key")).to_be_focused()


@pytest.mark.parametrize("script", [True, False], ids=["with_script", "without_script"])
async def test_a_link_in_a_chat_leads_a_visitor_to_the_page(
    gate: Gate, site: Site, chromium: Browser, script: bool
) -> None:
    """The browser keeps a strict cookie to itself when another site leads here; the page between leads on."""
    session = await log_in(gate, (await a_keeper(gate)).secret)
    context = await chromium.new_context(java_script_enabled=script)
    try:
        await context.add_cookies(
            [{"name": SESSION, "value": session.text, "url": site.url, "httpOnly": True, "sameSite": "Strict"}]
        )
        page = await context.new_page()
        seen = await follows_link(page, f"{site.url}/keys/new?x=1")
        await expect(page.locator("h1")).to_have_text("Create a key")
        assert [address.removeprefix(site.url) for address in seen] == [
            "/keys/new?x=1",
            "/login?next=/keys/new%3Fx%3D1",
            "/keys/new?x=1",
        ]
    finally:
        await context.close()


async def follows_link(page: Page, address: str) -> list[str]:
    """Follow a link that stands on another site; return a list that fills with the pages that are come by."""

    async def answer(route: Route) -> None:
        await route.fulfill(body=f'<a href="{address}">Review</a>', content_type="text/html")

    await page.route(CHAT, answer)
    await page.goto(CHAT)
    seen: list[str] = []
    page.on("request", lambda request: seen.append(request.url) if request.is_navigation_request() else None)
    await page.get_by_role("link", name="Review").click()
    return seen
