"""People with a browser: each has a screen, perhaps a session, and somebody who watches what goes wrong."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass

from playwright.async_api import Browser, CDPSession, Page, expect

from gateway.keys import NewKey
from gateway.sessions import log_in
from tests.browser.looks import PHONE, Look
from tests.browser.measures import barriers, measured, misfits
from tests.browser.watch import Watch
from tests.web.site import Site
from web.cookies import SESSION

PATIENCE_MS = 15_000
MOST_STOPS = 400


@dataclass(frozen=True, slots=True)
class Tab:
    """A page in a browser of its own, that remembers nothing."""

    page: Page
    devtools: CDPSession
    watch: Watch

    async def is_given_back(self) -> None:
        """Forget whoever was there before."""
        await self.page.context.clear_cookies()
        self.watch.complaints.clear()
        self.watch.expected = None


@asynccontextmanager
async def tab_of(chromium: Browser, look: Look = PHONE) -> AsyncIterator[Tab]:
    """Open a browser for somebody with such a screen."""
    context = await chromium.new_context(has_touch=look.is_touched, device_scale_factor=2, reduced_motion="reduce")
    try:
        context.set_default_timeout(PATIENCE_MS)
        page, watch = await context.new_page(), Watch()
        watch.over(context)
        yield Tab(page, await context.new_cdp_session(page), watch)
    finally:
        await context.close()


@dataclass
class Visitor:
    """Somebody in front of a screen."""

    site: Site
    tab: Tab
    look: Look

    @property
    def page(self) -> Page:
        """Return what they see."""
        return self.tab.page

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

    async def tours(self) -> list[str]:
        """Go through the whole page by keyboard; return what was wrong with how the way looked."""
        wrong: list[str] = []
        laps = 1 if await self._has_lost_the_keyboard() else 2  # a field has it already: what is before it comes after
        for _ in range(MOST_STOPS):
            await self.page.keyboard.press("Tab")
            if not await self._has_lost_the_keyboard():
                wrong += await measured(self.page, "focus")
            elif laps := laps - 1:
                continue
            else:
                return wrong
        raise AssertionError("the keyboard never comes to the end of the page")

    async def _has_lost_the_keyboard(self) -> bool:
        return bool(await self.page.evaluate("[document.body, null].includes(document.activeElement)"))

    async def finds_misfits(self) -> list[str]:
        """Return what does not fit the screen or the finger, or moves though nobody wants it to."""
        found = [*await misfits(self.page, self.look), *await measured(self.page, "motion")]
        return [f"{self.look}: {sentence}" for sentence in found]

    async def finds_barriers(self) -> list[str]:
        """Return what axe finds."""
        await self.may_run_scripts(True)  # axe is one; the page's own had their chance when it was read
        found = await barriers(self.page, self.look)
        await self.may_run_scripts(self.look.script)
        return [f"{self.look}: {sentence}" for sentence in found]

    async def enlarges_text(self, times: int) -> None:
        """Choose letters of another size in the browser's settings."""
        sizes = {"standard": 16 * times, "fixed": 13 * times}
        await self.tab.devtools.send("Page.setFontSizes", {"fontSizes": sizes})

    async def may_run_scripts(self, allowed: bool) -> None:
        """Let the pages that are opened from now on run scripts, or not."""
        await self.tab.devtools.send("Emulation.setScriptExecutionDisabled", {"value": not allowed})


@dataclass
class Visitors:
    """Who may come to a site."""

    chromium: Browser
    site: Site

    @asynccontextmanager
    async def on(self, look: Look = PHONE, *, key: NewKey | None = None) -> AsyncIterator[Visitor]:
        """Let somebody in with a new browser, logged in where a key is given; fails when it has complaints."""
        async with tab_of(self.chromium, look) as tab, self.at(tab, look, key=key) as visitor:
            yield visitor

    @asynccontextmanager
    async def at(self, tab: Tab, look: Look, *, key: NewKey | None = None) -> AsyncIterator[Visitor]:
        """Let somebody in with a browser that others had before: a new one takes half a second."""
        await tab.is_given_back()
        tab.watch.origin = self.site.url
        if key is not None:
            session = await log_in(self.site.gate, key.secret)
            await tab.page.context.add_cookies([{"name": SESSION, "value": session.text, "url": self.site.url}])
        visitor = Visitor(self.site, tab, look)
        await visitor.turns(look)
        await visitor.enlarges_text(1)
        await visitor.may_run_scripts(look.script)
        yield visitor
        await tab.page.goto("about:blank")  # what still listens to this site would miss it
        if tab.watch.complaints:
            raise AssertionError("\n".join(tab.watch.complaints))
