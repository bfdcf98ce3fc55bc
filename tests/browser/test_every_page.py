"""Every page on every screen, light and dark, with script and without: all of it fits, can be pressed and be read."""

import pytest

from gateway.gate import Gate
from tests.browser import ways
from tests.browser.gallery import PAGES, Scene
from tests.browser.looks import EVERY, PHONE, Look
from tests.browser.screenshots import Screenshots
from tests.browser.visitor import Visitors
from tests.browser.world import furnished
from tests.clock import Clock

assert ways  # they have hung every page into the gallery


@pytest.mark.parametrize("first", [PHONE, PHONE.without_script], ids=["with_script", "without_script"])
@pytest.mark.parametrize("name", PAGES)
async def test_fits_is_read_and_complains_of_nothing(
    gate: Gate, clock: Clock, visitors: Visitors, screenshots: Screenshots, name: str, first: Look
) -> None:
    world = await furnished(gate, clock)
    stop = PAGES[name]
    async with visitors.on(first, key=stop.key(world)) as visitor:
        await stop.way(Scene(visitor, world, clock))
        wrong = []
        for look in EVERY:
            await visitor.turns(look if first.script else look.without_script)
            wrong += await visitor.finds_wrong()
            await screenshots.take(visitor, name)
    assert not wrong, "\n".join(wrong)
