"""What is wrong with a page as it is shown: width, touch targets, focus, motion, and what axe finds."""

import json
from collections.abc import Mapping
from importlib.resources import files
from pathlib import Path
from typing import Any

from playwright.async_api import Page

from tests.browser.looks import Look

SOURCE = Path(__file__).with_name("measures.js").read_text(encoding="utf-8").rstrip().removesuffix(";")
AXE = (files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8")
FINGER, MOUSE = 44, 24
"""How wide and high a target is at least, in CSS pixels. https://www.w3.org/TR/WCAG22/#target-size-minimum"""
EVERYTHING = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
COLOURS = {"type": "rule", "values": ["color-contrast", "link-in-text-block"]}


async def measured(page: Page, measure: str, *given: object) -> list[str]:
    """Return what one measure of `measures.js` finds."""
    found = await page.evaluate(f"({SOURCE}).{measure}({', '.join(map(json.dumps, given))})")
    return [str(sentence) for sentence in found]


async def misfits(page: Page, look: Look) -> list[str]:
    """Return what does not fit the screen, or the finger."""
    targets = await measured(page, "touch", FINGER if look.is_touched else MOUSE)
    return [*await measured(page, "width"), *targets]


async def barriers(page: Page, look: Look) -> list[str]:
    """Return what axe finds, as rule and element; in the dark, where nothing else differs, in colours only."""
    if not await page.evaluate("'axe' in window"):
        await page.evaluate(AXE)
    options = {"resultTypes": ["violations"], "runOnly": EVERYTHING if look.scheme == "light" else COLOURS}
    violations = await page.evaluate("async options => (await axe.run(options)).violations", options)
    return [_sentence(violation, node) for violation in violations for node in violation["nodes"]]


def _sentence(violation: Mapping[str, Any], node: Mapping[str, Any]) -> str:
    why = node["failureSummary"].splitlines()[-1].strip()
    return f"axe {violation['id']}: {why} {node['html'][:120]}"
