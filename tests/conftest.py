"""What every folder of tests shares: a clock, a database, a gate, and people and keys to act with."""

import signal
from collections.abc import AsyncIterator, Callable, Coroutine
from dataclasses import dataclass, field

import pytest
import structlog
from hypothesis import HealthCheck, settings
from xdist.remote import Producer
from xdist.scheduler import LoadFileScheduling

from gateway.card import Card
from gateway.errors import DeliveryError
from gateway.gate import Gate, Options
from gateway.key_draft import KeyDraft
from gateway.keys import NewKey, create_key
from gateway.limits import MemoryLimiter
from gateway.notifiers import Receipt
from gateway.views import SYSTEM_START
from models import db
from models.words import Scope
from tests.clock import Clock
from tests.databases import POSTGRES, SQLITE, belongs, chosen, open_empty, postgres_server
from tests.platforms.postgres import Postgres

TARGET = "terminal:local"
API = "tests/api/"
LONGEST = ("tests/stories/", "tests/agents/", "tests/docs/", "tests/action/", "tests/browser/")
"""Folders whose tests start servers, browsers or programs."""

# How long an example takes says how busy the machine is. Where CI is set, Hypothesis has chosen the same by itself.
settings.register_profile("unhurried", settings(), deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.load_profile("unhurried")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--database", choices=(SQLITE, POSTGRES), default=SQLITE, help="what the tests run on")


def pytest_configure(config: pytest.Config) -> None:
    chosen.name = config.getoption("--database")
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        # A shell starts what runs in its background deaf to Ctrl-C, and so would be every program that the tests start.
        signal.signal(signal.SIGINT, signal.default_int_handler)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Leave out what holds for the other database only and, on PostgreSQL, what would say the same as on SQLite.

    What waits longest comes first, so that no worker is left with it when the others are done.
    """
    taken = [item for item in items if belongs(item)]
    config.hook.pytest_deselected(items=[item for item in items if item not in taken])
    items[:] = sorted(taken, key=lambda item: not item.nodeid.startswith(LONGEST))


def pytest_xdist_make_scheduler(config: pytest.Config, log: Producer) -> LoadFileScheduling:
    """Give each file to one worker, and all of the API's, whose last one sums up, to the same."""
    return Together(config, log)


class Together(LoadFileScheduling):  # type: ignore[misc]  # xdist has no types
    """Knows which tests one worker takes together."""

    def _split_scope(self, nodeid: str) -> str:
        file = super()._split_scope(nodeid)
        return API if file.startswith(API) else file


def pytest_unconfigure() -> None:
    chosen.until_the_end.close()


@pytest.fixture(autouse=True)
def _quiet() -> None:
    """Keep log lines out of the report unless a test asks for them."""
    structlog.configure(wrapper_class=structlog.make_filtering_bound_logger("critical"))


@pytest.fixture
def clock() -> Clock:
    return Clock()


@dataclass
class Wall:
    """A place where cards hang: a notifier that really keeps what it was told."""

    posted: list[tuple[str, Card]] = field(default_factory=list)
    edited: list[tuple[str, Card]] = field(default_factory=list)
    trouble: list[DeliveryError] = field(default_factory=list)

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        self._in_trouble()
        self.posted.append((target, card))
        return {"place": len(self.posted), "event": event}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        self._in_trouble()
        self.edited.append((target, card))
        return {**receipt, "event": event}

    def _in_trouble(self) -> None:
        if self.trouble:
            raise self.trouble.pop(0)


@pytest.fixture
def wall() -> Wall:
    return Wall()


@pytest.fixture(scope="session")
def postgres() -> Postgres:
    """The PostgreSQL server of this run, started by the first test that asks for it."""
    return postgres_server()


@pytest.fixture
async def database() -> AsyncIterator[None]:
    """An empty, migrated database, open until the test ends."""
    await open_empty()
    yield
    await db.close_database()


@pytest.fixture
def opens_database() -> Callable[[], Coroutine[None, None, None]]:
    """What opens such a database, for tests with an event loop of their own."""
    return open_empty


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(TARGET,), rate_limit_rpm=100_000)


@pytest.fixture
async def gate(database: None, clock: Clock, wall: Wall, options: Options) -> Gate:
    return Gate(
        options=options, now=clock, secret=b"s" * 32, limiter=MemoryLimiter(clock), notifiers={"terminal": wall}
    )


async def a_key(gate: Gate, name: str, *scopes: Scope, rate_limit: int | None = None) -> NewKey:
    """Make a key with these scopes."""
    return await create_key(gate, KeyDraft(name, scopes, rate_limit), by=SYSTEM_START)


@pytest.fixture
async def agent(gate: Gate) -> NewKey:
    return await a_key(gate, "agent", Scope.REQUEST_CREATE)


@pytest.fixture
async def admin(gate: Gate) -> NewKey:
    return await a_key(gate, "admin", Scope.ADMIN)
