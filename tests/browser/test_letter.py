"""A letter as a program for mail shows it: it fits, its buttons can be pressed, it can be read, light and dark."""

import pytest
from playwright.async_api import expect

from gateway.gate import Gate
from gateway.notifiers.email.render import as_html
from gateway.notify import card_for
from tests.browser.looks import DESK, PHONE, TABLET, Look
from tests.browser.measures import FINGER, barriers, measured
from tests.browser.screenshots import Screenshots
from tests.browser.visitor import Visitors
from tests.browser.world import furnished
from tests.clock import Clock
from tests.gateway.linked import LEA

LOOKS = [PHONE, PHONE.in_the_dark, TABLET, DESK, DESK.in_the_dark]
NO_PAGE = "landmark"
"""What only a page needs: the program around a letter has the landmarks."""


@pytest.mark.parametrize("look", LOOKS, ids=str)
async def test_it_fits_and_can_be_pressed_and_read(
    gate: Gate, clock: Clock, visitors: Visitors, screenshots: Screenshots, look: Look
) -> None:
    world = await furnished(gate, clock)
    html = as_html(await card_for(gate, world.refund, LEA))
    async with visitors.on(look) as visitor:
        await visitor.page.set_content(html)
        assert await measured(visitor.page, "width") == []
        for button in ("Review", "Approve", "Deny"):
            box = await visitor.page.get_by_role("link", name=button, exact=True).bounding_box()
            assert box is not None
            assert min(box["width"], box["height"]) >= FINGER
        await expect(visitor.page.locator("body")).not_to_contain_text("sk_live")
        if look.scheme == "light":  # in the dark axe takes the browser's own black for white
            assert [one for one in await barriers(visitor.page, look) if NO_PAGE not in one] == []
        await screenshots.take(visitor, "letter")
