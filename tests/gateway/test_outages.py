"""The database goes away under what runs in the background, and comes back."""

import asyncio
from collections.abc import AsyncIterator, Mapping, MutableMapping
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

import pytest
import structlog

from gateway.card import Card
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey, authenticate
from gateway.notifiers import Receipt
from gateway.outage import Outage
from gateway.outbox import Outbox, Pump
from models import db, deliveries
from models.words import Decision
from tests.clock import Clock
from tests.conftest import Wall
from tests.gateway.scenes import ALICE, asked

PATIENCE = 20


@dataclass
class Heard:
    """What is logged, and a bell for each line."""

    lines: list[Mapping[str, Any]] = field(default_factory=list)
    bell: asyncio.Event = field(default_factory=asyncio.Event)

    def __call__(self, _: object, __: str, line: MutableMapping[str, Any]) -> MutableMapping[str, Any]:
        self.lines.append(line)
        self.bell.set()
        raise structlog.DropEvent

    async def hears(self, event: str) -> None:
        """Wait until an event is logged."""
        async with asyncio.timeout(PATIENCE):
            while event not in self.events:
                self.bell.clear()
                await self.bell.wait()

    @property
    def events(self) -> list[str]:
        return [str(line["event"]) for line in self.lines]


@pytest.fixture
async def log() -> AsyncIterator[Heard]:
    heard = Heard()
    structlog.configure(processors=[heard], wrapper_class=structlog.make_filtering_bound_logger("info"))
    yield heard
    structlog.reset_defaults()


@asynccontextmanager
async def without(table: str) -> AsyncIterator[None]:
    """Let every query about a table fail, as all do when the database is away."""
    await db.connection().execute_script(f"ALTER TABLE {table} RENAME TO away")
    yield
    await db.connection().execute_script(f"ALTER TABLE away RENAME TO {table}")


@dataclass
class Slow:
    """A notifier that says when it is asked, and ends when it is let."""

    asked: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    posted: int = 0
    edited: int = 0

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        self.asked.set()
        await self.go_on.wait()
        self.posted += 1
        return {"n": self.posted}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        self.edited += 1
        return receipt


async def test_a_card_that_was_posted_when_the_database_went_is_noted_when_it_is_back(
    gate: Gate, agent: NewKey, clock: Clock, log: Heard
) -> None:
    slow = gate.notifiers["terminal"] = Slow()
    request = await asked(gate, agent)
    pump = Pump(gate, kind="terminal")
    sending = asyncio.ensure_future(pump.round())
    await slow.asked.wait()
    async with without("messages"):
        slow.go_on.set()
        await log.hears("delivery.not_noted_yet")
    assert await sending == 1
    clock.advance(seconds=1)
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert await pump.round() == 1
    assert (slow.posted, slow.edited) == (1, 1)


async def test_the_pump_goes_on_when_the_database_is_back_and_says_so_once(
    gate: Gate, agent: NewKey, wall: Wall, log: Heard
) -> None:
    request = await asked(gate, agent)
    pump = Pump(gate, kind="terminal")
    async with without("deliveries"):
        for _ in range(3):
            assert await pump._round_in_any_weather() == 0
    assert await pump._round_in_any_weather() == 1
    assert [card.request_id for _, card in wall.posted] == [request.id]
    assert [event for event in log.events if event.startswith("database.")] == ["database.away", "database.back"]


async def test_a_round_ends_when_everything_of_it_has_ended(gate: Gate, agent: NewKey, clock: Clock) -> None:
    """One delivery that fails for want of a database leaves no other on its way behind the round's back."""
    slow = gate.notifiers["terminal"] = Slow()
    for _ in range(2):
        await asked(gate, agent)
    pump = Pump(gate, kind="terminal")
    sending = asyncio.ensure_future(pump.round())
    await slow.asked.wait()
    async with without("deliveries"):
        slow.go_on.set()
        with pytest.raises(db.Unreachable):
            await sending
    assert slow.posted == 2
    clock.advance(minutes=2)
    assert await Outbox(gate).round() == 2
    assert (slow.posted, slow.edited) == (2, 0)
    assert await deliveries.depth() == {"due": 0, "dead": 0}


async def test_a_notifier_that_lets_the_network_s_fault_through_is_tried_again(
    gate: Gate, agent: NewKey, clock: Clock
) -> None:
    class Careless(Slow):
        async def post(self, target: str, card: Card, *, event: str) -> Receipt:
            raise ConnectionResetError("the network's own words")

    gate.notifiers["terminal"] = Careless()
    request = await asked(gate, agent)
    assert await Outbox(gate).round() == 1
    (delivery,) = await deliveries.of(request.id)
    assert (delivery.state, delivery.last_error, delivery.leased_by) == ("due", "ConnectionResetError", None)


async def test_when_keys_were_used_is_not_forgotten_in_an_outage(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await authenticate(gate, agent.secret)
    async with without("keys"):
        with pytest.raises(db.Unreachable):
            await gate.keyring.store_used()
    await gate.keyring.store_used()
    (row,) = await db.select("SELECT last_used_at FROM keys")
    assert row["last_used_at"] is not None


async def test_an_outage_is_said_once_and_its_end_too(log: Heard) -> None:
    outage = Outage("somebody")
    for _ in range(2):
        outage.over()
        outage.met(ConnectionError("gone"))
        outage.met(ConnectionError("still gone"))
        outage.over()
    assert log.events == ["database.away", "database.back"] * 2
    assert log.lines[0]["what"] == "somebody"
