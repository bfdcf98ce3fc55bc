"""The measures find what they look for: each is shown a page with that very fault, and one without."""

from collections.abc import Mapping

import pytest
from playwright.async_api import Route

from tests.browser.chromium import NoBrowser, chromium_on
from tests.browser.looks import DESK, PHONE, Look
from tests.browser.measures import misfits
from tests.browser.visitor import Visitor, Visitors

GOOD = '<h1>Good</h1><p>Read <a href="/x">this</a>.</p><button>Press me</button>'
MISFITS: Mapping[str, tuple[str, str]] = {
    "a wide page": ('<p class="wide">x</p>', "the page is 508 px wide"),
    "a part that sticks out": ('<p class="wide">x</p>', "<p.wide> “x” sticks out"),
    "a part that scrolls": ('<div class="scrolls"><p class="wide">x</p></div>', "<div.scrolls> “x” scrolls sideways"),
    "text that is cut off": ('<div class="cuts"><p class="wide">x</p></div>', "<div.cuts> “x” is cut off"),
    "a small button": ('<button class="small">x</button>', "<button.small> “x” is 20 × 20 px"),
    "a small link": ('<p><a href="/x" class="small">x</a></p>', "<a.small> “x” is"),
}
STYLE = """
button, input { min-height: 44px; min-width: 44px } .wide { width: 500px } .scrolls { overflow-x: auto }
.cuts { overflow: hidden } .small { min-width: 0; min-height: 0; width: 20px; height: 20px; padding: 0 }
.dim { color: #aaa } .mute:focus { outline: none } .bar { position: fixed; inset: 0 }
@keyframes turn { to { rotate: 1turn } } .turns { animation: turn 1s infinite }
"""
PAGE = '<!doctype html><html lang="en"><title>A page</title><meta name="viewport" content="width=device-width">'


async def shows(visitor: Visitor, body: str, *, policy: str | None = None) -> None:
    """Show a page with this body."""

    async def answer(route: Route) -> None:
        text = f"{PAGE}<style>{STYLE}</style><main>{body}</main>"
        headers = {"Content-Security-Policy": policy} if policy else {}
        await route.fulfill(body=text, content_type="text/html", headers=headers)

    await visitor.page.route("**/shown", answer)
    await visitor.opens("/shown")


async def test_a_good_page_is_good(visitors: Visitors) -> None:
    async with visitors.on(PHONE) as visitor:
        await shows(visitor, GOOD)
        assert [*await visitor.finds_misfits(), *await visitor.finds_barriers()] == []
        assert await visitor.tabs_to("button") == []


@pytest.mark.parametrize(("body", "sentence"), MISFITS.values(), ids=MISFITS)
async def test_what_does_not_fit_is_found(visitors: Visitors, body: str, sentence: str) -> None:
    async with visitors.on(PHONE) as visitor:
        await shows(visitor, body)
        assert [found for found in await misfits(visitor.page, PHONE) if found.startswith(sentence)]


async def test_a_mouse_needs_less_room_than_a_finger(visitors: Visitors) -> None:
    async with visitors.on(PHONE) as visitor:
        await shows(visitor, '<button class="small" style="width: 30px; height: 30px">x</button>')
        assert len(await misfits(visitor.page, PHONE)) == 1
        assert await misfits(visitor.page, DESK) == []


@pytest.mark.parametrize("look", [PHONE, PHONE.in_the_dark, PHONE.without_script], ids=str)
async def test_text_that_cannot_be_read_is_found(visitors: Visitors, look: Look) -> None:
    async with visitors.on(look) as visitor:
        await shows(visitor, '<h1>Dim</h1><p class="dim">Who can read this?</p>')
        (found,) = [*await visitor.finds_misfits(), *await visitor.finds_barriers()]
        assert "axe color-contrast: Element has insufficient color contrast" in found


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ('<button class="mute">x</button>', "<button.mute> “x” has the keyboard and does not show it"),
        ('<button>x</button><div class="bar"></div>', "<button> “x” has the keyboard under <div.bar>"),
    ],
)
async def test_a_keyboard_that_is_lost_is_found(visitors: Visitors, body: str, sentence: str) -> None:
    async with visitors.on(PHONE) as visitor:
        await shows(visitor, body)
        (found,) = await visitor.tabs_to("button")
        assert found.startswith(sentence)


async def test_what_moves_is_found(visitors: Visitors) -> None:
    async with visitors.on(PHONE) as visitor:
        await shows(visitor, '<p class="turns">x</p>')
        assert await visitor.finds_misfits() == ["360 px, light, with script: <p.turns> “x” moves"]


@pytest.mark.parametrize(
    ("body", "complaint"),
    [
        ("<script>throw new Error('oh')</script>", "script: oh"),
        ("<script>console.error('oh')</script>", "console, error: oh"),
        ('<img src="/nothing.png" alt="">', "console, error: Failed to load resource"),
        ('<img src="http://other.example/x.png" alt="">', "called http://other.example/x.png"),
    ],
)
async def test_the_watch_hears_complaints(visitors: Visitors, body: str, complaint: str) -> None:
    with pytest.raises(AssertionError, match=complaint):
        async with visitors.on(PHONE) as visitor:
            await shows(visitor, body)


async def test_the_watch_hears_what_a_policy_forbids(visitors: Visitors) -> None:
    with pytest.raises(AssertionError, match="Content Security Policy"):
        async with visitors.on(PHONE) as visitor:
            await shows(visitor, '<p onclick="x()">x</p><script>x()</script>', policy="script-src 'none'")


@pytest.mark.parametrize(("look", "heading"), [(PHONE, "ran"), (PHONE.without_script, "did not run")], ids=str)
async def test_without_script_none_runs(visitors: Visitors, look: Look, heading: str) -> None:
    async with visitors.on(look) as visitor:
        await shows(visitor, "<h1>did not run</h1><script>document.querySelector('h1').textContent = 'ran'</script>")
        await visitor.sees(heading)


def test_without_a_browser_one_sentence_says_how_to_get_it() -> None:
    with pytest.raises(NoBrowser, match="apt-get install chromium"):
        chromium_on("/nowhere")
