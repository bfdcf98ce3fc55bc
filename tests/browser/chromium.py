"""A real browser: the Chromium of the system, driven by Playwright, one process for a whole run."""

import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from playwright.async_api import Browser, async_playwright

NAMES = ("chromium", "chromium-browser", "google-chrome")
FLAGS = (
    "--no-sandbox",  # root has none; the pages are our own
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
MISSING = (
    "The pages are tested in a real browser, and no chromium is on the path: install it with "
    "`apt-get install chromium fonts-dejavu-core`, then run the tests again."
)


class NoBrowser(Exception):
    """There is no browser on the path; says how to get one."""


def chromium_on(path: str) -> str:
    """Return the browser's program. Raises NoBrowser."""
    found = next((program for name in NAMES if (program := shutil.which(name, path=path))), None)
    if found is None:
        raise NoBrowser(MISSING)
    return found


@asynccontextmanager
async def running_chromium() -> AsyncIterator[Browser]:
    """Start the browser; it ends with the block. Raises NoBrowser."""
    program = chromium_on(os.environ.get("PATH", ""))
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=program, args=FLAGS)
        try:
            yield browser
        finally:
            await browser.close()
