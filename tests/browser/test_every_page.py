"""Every page on every screen, light and dark: all of it fits, can be pressed and be read, with script and without."""

from collections.abc import AsyncIterator, Callable
from contextlib import AbstractAsyncContextManager, asynccontextmanager

import pytest
import pytest_asyncio
from playwright.async_api import Browser

from gateway.gate import Gate
from tests.browser import ways
from tests.browser.gallery import PAGES, Scene
from tests.browser.looks import DESK, EVERY, PHONE, SMALLEST, TABLET, Look
from tests.browser.screenshots import Screenshots
from tests.browser.visitor import Tab, Visitor, Visitors, tab_of
from tests.browser.world import furnished
from tests.clock import Clock

assert ways  # they have hung every page into the gallery
every_page = pytest.mark.parametrize("name", PAGES)
LARGE = ((SMALLEST, 1), (PHONE, 2), (DESK, 2))
"""Screens, and how many times larger than usual the letters are there."""


Brings = Callable[[str, Look], AbstractAsyncContextManager[Visitor]]
"""Brings somebody with a screen to the page of a name."""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def tab(chromium: Browser) -> AsyncIterator[Tab]:
    async with tab_of(chromium) as tab:
        yield tab


@pytest.fixture
def brings(gate: Gate, clock: Clock, visitors: Visitors, tab: Tab) -> Brings:
    @asynccontextmanager
    async def bring(name: str, look: Look) -> AsyncIterator[Visitor]:
        world, stop = await furnished(gate, clock), PAGES[name]
        async with visitors.at(tab, look, key=stop.key(world)) as visitor:
            await stop.way(Scene(visitor, world, clock))
            yield visitor

    return bring


@every_page
async def test_with_script(brings: Brings, screenshots: Screenshots, name: str) -> None:
    async with brings(name, PHONE) as visitor:
        wrong: list[str] = []
        for look in EVERY:
            await visitor.turns(look)
            wrong += await visitor.finds_misfits()
            if look.width in (PHONE.width, DESK.width):  # a tablet shows what one of them shows, and axe takes its time
                wrong += await visitor.finds_barriers()
                await screenshots.take(visitor, name)
        for look, times in LARGE:
            await visitor.turns(look)
            await visitor.enlarges_text(times)
            wrong += [f"letters × {times}, {sentence}" for sentence in await visitor.finds_misfits()]
        await visitor.turns(PHONE)
        await visitor.enlarges_text(1)
        wrong += await visitor.tours()
    assert not wrong, "\n".join(wrong)


@every_page
async def test_without_script(brings: Brings, name: str) -> None:
    async with brings(name, PHONE.without_script) as visitor:
        wrong = await visitor.finds_barriers()
        for look in (PHONE, TABLET, DESK):
            await visitor.turns(look.without_script)
            wrong += await visitor.finds_misfits()
    assert not wrong, "\n".join(wrong)
