"""Every page on every screen, light and dark, with script and without: all of it fits, can be pressed and be read."""

import pytest

from gateway.gate import Gate
from tests.browser.gallery import PAGES, Scene, Way
from tests.browser.looks import EVERY, PHONE, Look
from tests.browser.visitor import Visitors
from tests.browser.world import furnished
from tests.clock import Clock


@pytest.mark.parametrize("first", [PHONE, PHONE.without_script], ids=["with_script", "without_script"])
@pytest.mark.parametrize("way", PAGES.values(), ids=PAGES)
async def test_fits_is_read_and_complains_of_nothing(
    gate: Gate, clock: Clock, visitors: Visitors, way: Way, first: Look
) -> None:
    world = await furnished(gate, clock)
    async with visitors.on(first) as visitor:
        await way(Scene(visitor, world, clock))
        wrong = []
        for look in EVERY:
            await visitor.turns(look if first.script else look.without_script)
            wrong += await visitor.finds_wrong()
    assert wrong == []
