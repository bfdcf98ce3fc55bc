"""People with a browser: each has a screen, perhaps a session, and somebody who watches what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, BrowserContext, CDPSession, Page, expect

from gateway.keys import NewKey
from gateway.sessions import log_in
from tests.browser.looks import PHONE, Look
from tests.browser.measures import barriers, measured, misfits
from tests.browser.watch import Watch
from tests.web.site import Site
from web.cookies import SESSION

PATIENCE_MS = 15_000
MOST_STOPS = 200


@dataclass
class Visitor:
    """Somebody in front of a screen."""

    site: Site
    page: Page
    look: Look
    _devtools: CDPSession

    async def opens(self, path: str) -> None:
        """Open an address of the site, and be led on."""
        await self.page.goto(self.site.url + path)

    async def turns(self, look: Look) -> None:
        """Look at the same page on another screen, in other colours."""
        self.look = look
        await self.page.set_viewport_size({"width": look.width, "height": look.height})
        await self.page.emulate_media(color_scheme=look.scheme)

    async def sees(self, heading: str) -> None:
        """Wait for the page with this heading."""
        await expect(self.page.locator("h1")).to_have_text(heading)

    async def presses(self, button: str) -> None:
        """Press a button, and wait for the page that comes."""
        async with self.page.expect_navigation():
            await self.page.get_by_role("button", name=button, exact=True).click()

    async def tabs_to(self, selector: str) -> list[str]:
        """Go to a part of the page by keyboard alone; return what was wrong with how the way looked."""
        wrong: list[str] = []
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            wrong += await measured(self.page, "focus")
            if await self.page.evaluate("selector => document.activeElement.matches(selector)", selector):
                return wrong
        raise AssertionError(f"{selector} cannot be reached by keyboard")

    async def finds_wrong(self) -> list[str]:
        """Return everything that is wrong with the page as it looks now."""
        await self.may_run_scripts(True)  # axe is one; the page's own had their chance when it was read
        found = [*await misfits(self.page, self.look), *await barriers(self.page, self.look)]
        await self.may_run_scripts(self.look.script)
        return [f"{self.look}: {sentence}" for sentence in found]

    async def may_run_scripts(self, allowed: bool) -> None:
        """Let the pages that are opened from now on run scripts, or not."""
        await self._devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})


@dataclass
class Visitors:
    """Who may come to a site, each with a browser of their own that remembers nothing."""

    chromium: Browser
    site: Site

    @asynccontextmanager
    async def on(self, look: Look = PHONE, *, key: NewKey | None = None) -> AsyncIterator[Visitor]:
        """Let somebody in, logged in where a key is given; fails when their browser had anything to complain of."""
        context = await self.chromium.new_context(
            viewport={"width": look.width, "height": look.height}, color_scheme=look.scheme, has_touch=look.is_touched
        )
        watch = Watch(self.site.url)
        try:
            yield await self._visitor(context, watch, look, key)
        finally:
            await context.close()
        if watch.complaints:
            raise AssertionError("\n".join(watch.complaints))

    async def _visitor(self, context: BrowserContext, watch: Watch, look: Look, key: NewKey | None) -> Visitor:
        context.set_default_timeout(PATIENCE_MS)
        watch.over(context)
        if key is not None:
            session = await log_in(self.site.gate, key.secret)
            await context.add_cookies([{"name": SESSION, "value": session.text, "url": self.site.url}])
        page = await context.new_page()
        visitor = Visitor(self.site, page, look, await context.new_cdp_session(page))
        await visitor.may_run_scripts(look.script)
        return visitor
