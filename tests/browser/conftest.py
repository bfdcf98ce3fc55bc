"""One browser for all of these tests, and so one event loop; a fresh database, site and person for each of them."""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from gateway.gate import Gate, Options
from gateway.limits import MemoryLimiter
from models import db
from tests.browser.chromium import NoBrowser, running_chromium
from tests.browser.screenshots import Screenshots
from tests.browser.visitor import PATIENCE_MS, Visitors
from tests.clock import Clock
from tests.databases import open_empty
from tests.gateway.linked import BEN, LEA, OPS
from tests.web.site import Site, site_of

HERE = Path(__file__).parent
expect.set_options(timeout=PATIENCE_MS)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Run every test of this folder in the loop that the browser is driven from."""
    for item in items:
        if HERE in item.path.parents and pytest_asyncio.is_async_test(item):
            item.add_marker(pytest.mark.asyncio(loop_scope="session"), append=False)


@pytest_asyncio.fixture(scope="session", loop_scope="session")
async def chromium() -> AsyncIterator[Browser]:
    """The browser of this run; without one there is no saying how pages are, so its absence is a failure."""
    try:
        async with running_chromium() as browser:
            yield browser
    except NoBrowser as error:
        pytest.fail(str(error), pytrace=False)


@pytest_asyncio.fixture(loop_scope="session")
async def database() -> AsyncIterator[None]:
    await open_empty()
    yield
    await db.close_database()


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(LEA, BEN, OPS))


@pytest.fixture
def gate(database: None, clock: Clock, options: Options) -> Gate:
    return Gate(options=options, now=clock, secret=b"s" * 32, limiter=MemoryLimiter(clock), notifiers={})


@pytest_asyncio.fixture(loop_scope="session")
async def site(gate: Gate) -> AsyncIterator[Site]:
    async with site_of(gate) as site:
        yield site


@pytest.fixture
def visitors(chromium: Browser, site: Site) -> Visitors:
    return Visitors(chromium, site)


@pytest.fixture
def screenshots() -> Screenshots:
    return Screenshots.wanted()
