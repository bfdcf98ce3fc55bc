"""The built site: whole, drawn, and loading nothing from any other place than its own."""

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from html.parser import HTMLParser
from pathlib import Path

import pytest

from tests.browser.chromium import running_chromium
from tests.browser.watch import Watch
from tests.docs.blocks import every_block
from tests.house.tree import ROOT
from tools.press.proofs import NAMED

pytestmark = pytest.mark.on("sqlite")  # a site has no database
LOADS = {
    "script": ("src",), "link": ("href",), "img": ("src", "srcset"), "iframe": ("src",), "source": ("src", "srcset"),
    "video": ("src", "poster"), "audio": ("src",), "object": ("data",), "embed": ("src",), "use": ("href",),
}  # fmt: skip
"""What a browser loads by itself when it reads a page, by element."""
ELSEWHERE = re.compile(r"^\s*(?:[a-z][a-z0-9+.-]*:)?//", re.IGNORECASE)
IN_STYLES = re.compile(r"""(?:url\(|@import)\s*["']?\s*([^"')\s;]+)""", re.IGNORECASE)
OF_THE_SITE_ITSELF = {"canonical", "alternate"}
"""Links that say something of a page and load nothing."""


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The site, built as `make docs` builds it."""
    folder = tmp_path_factory.mktemp("site")
    build = [sys.executable, "-m", "mkdocs", "build", "--quiet", "--strict", "--site-dir", str(folder)]
    quiet = {**os.environ, "NO_MKDOCS_2_WARNING": "1"}
    done = subprocess.run(build, cwd=ROOT, env=quiet, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout + done.stderr) == (0, "")
    return folder


class Loaded(HTMLParser):
    """Reads a page, and keeps what a browser would load."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.addresses: list[str] = []
        self._in_style = False
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._in_style = tag == "style"
        if not (tag == "link" and given.get("rel") in OF_THE_SITE_ITSELF):
            self.addresses += [given[name] for name in LOADS.get(tag, ()) if name in given]
        self.addresses += IN_STYLES.findall(given.get("style", ""))

    def handle_data(self, data: str) -> None:
        if self._in_style:
            self.addresses += IN_STYLES.findall(data)


def loaded(site: Path) -> Iterator[tuple[str, str]]:
    """Yield everything that pages and styles load, with what loads it."""
    for page in site.rglob("*.html"):
        yield from ((page.name, address) for address in Loaded(page.read_text(encoding="utf-8")).addresses)
    for style in site.rglob("*.css"):
        yield from ((style.name, address) for address in IN_STYLES.findall(style.read_text(encoding="utf-8")))


def test_nothing_is_loaded_from_elsewhere(site: Path) -> None:
    addresses = list(loaded(site))
    assert len(addresses) > 100
    assert [f"{page} loads {address}" for page, address in addresses if ELSEWHERE.match(address)] == []


@pytest.mark.parametrize(
    "text",
    [
        '<script src="https://cdn.example/x.js"></script>', '<link rel="stylesheet" href="//fonts.example/x.css">',
        '<img src="http://x.example/y.png">', "<style>@import 'https://x.example/y.css'</style>",
        '<p style="background: url(https://x.example/y.png)">',
    ],
)  # fmt: skip
def test_what_is_loaded_from_elsewhere_is_noticed(text: str) -> None:
    assert [address for address in Loaded(text).addresses if ELSEWHERE.match(address)] != []


@pytest.fixture(scope="module")
def pages(site: Path) -> list[str]:
    """The addresses of its pages, as somebody has them who opens it from a folder; 404 is for servers alone."""
    return [path.as_uri() for path in sorted(site.rglob("*.html")) if path.name != "404.html"]


async def test_a_browser_calls_nobody_and_draws_every_diagram(pages: list[str]) -> None:
    watch, drawn = Watch("file://"), 0
    async with running_chromium() as browser:
        context = await browser.new_context()
        watch.over(context)
        page = await context.new_page()
        for address in pages:
            await page.goto(address)
            if await page.locator(".mermaid").count():
                await page.wait_for_function("document.querySelector('pre.mermaid') === null")
                heights = [await one.bounding_box() for one in await page.locator("div.mermaid").all()]
                assert [box for box in heights if box is None or box["height"] < 100] == [], address
                drawn += len(heights)
        await context.close()
    assert watch.complaints == []
    assert drawn == len([block for block in every_block() if block.language == "mermaid" and block.page != "README.md"])


@pytest.mark.parametrize("width", [390, 1280])
async def test_a_page_from_a_folder_can_be_searched(site: Path, width: int) -> None:
    async with running_chromium() as browser:
        page = await browser.new_page(viewport={"width": width, "height": 800})
        await page.goto((site / "howto/cli.html").as_uri())
        field = page.locator(".md-search__input")
        if not await field.is_visible():
            await page.locator("label.md-header__button[for=__search]").click()
        await field.fill("RATE_LIMIT_RPM")
        await page.locator(".md-search-result__link[href*='settings.html']").first.click()
        await page.wait_for_url("**/reference/settings.html*")
        await page.close()


def test_every_promise_leads_to_the_text_of_its_test(site: Path) -> None:
    named = [match["name"] for match in NAMED.finditer((ROOT / "docs/promises.md").read_text(encoding="utf-8"))]
    promises = (site / "promises.html").read_text(encoding="utf-8")
    proofs = (site / "proofs.html").read_text(encoding="utf-8")
    assert named
    assert [name for name in named if f'href="proofs.html#{name}"' not in promises] == []
    assert [name for name in named if f'id="{name}"' not in proofs] == []


@pytest.mark.parametrize("picture", sorted((ROOT / "docs").rglob("*.svg")), ids=lambda picture: picture.name)
def test_a_picture_loads_nothing(picture: Path) -> None:
    text = picture.read_text(encoding="utf-8")
    elsewhere = [address for address in IN_STYLES.findall(text) if not address.startswith("#")]
    assert [*elsewhere, *re.findall(r"<(?:image|script|use)\b", text)] == []
