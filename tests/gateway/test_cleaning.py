"""What is long over goes; the audit trail stays for as long as the settings say."""

from dataclasses import replace
from datetime import timedelta

from gateway.cleaning import clean_up
from gateway.gate import Gate, Options
from gateway.keys import NewKey
from gateway.outbox import Outbox
from models import deliveries, events
from models.tables import Link
from tests.clock import Clock
from tests.conftest import Wall
from tests.gateway.scenes import asked


async def test_deliveries_that_are_over_go_after_a_month(gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
    request = await asked(gate, agent)
    await Outbox(gate).round()
    clock.advance(days=29)
    waiting = await asked(gate, agent)
    assert (await clean_up(gate))["deliveries"] == 0
    clock.advance(days=2)
    assert (await clean_up(gate))["deliveries"] == 1
    assert await deliveries.of(request.id) == []
    assert [one.state for one in await deliveries.of(waiting.id)] == ["due"], "what has not arrived is kept"
    clock.advance(days=60)
    assert (await clean_up(gate))["deliveries"] == 0


async def test_links_that_no_longer_work_go_after_a_month(gate: Gate, agent: NewKey, clock: Clock) -> None:
    gate.options = replace(gate.options, default_targets=("email:ada@example.com",))
    await asked(gate, agent)
    made = await Link.all().count()
    assert made
    clock.advance(days=30)
    assert (await clean_up(gate))["links"] == 0
    clock.advance(days=1, seconds=1)
    assert (await clean_up(gate))["links"] == made
    assert await Link.all().count() == 0


async def test_the_audit_trail_is_kept_for_ever(gate: Gate, agent: NewKey, clock: Clock) -> None:
    request = await asked(gate, agent)
    clock.advance(days=3650)
    assert "events" not in await clean_up(gate)
    assert len(await events.of(request.id)) == 2


async def test_or_for_as_long_as_the_settings_say(gate: Gate, options: Options, agent: NewKey, clock: Clock) -> None:
    gate.options = replace(options, audit_retention=timedelta(days=365))
    old = await asked(gate, agent)
    clock.advance(days=200)
    young = await asked(gate, agent)
    clock.advance(days=200)
    await clean_up(gate)
    assert await events.of(old.id) == []
    assert len(await events.of(young.id)) == 2


async def test_a_great_many_go_in_batches(gate: Gate, agent: NewKey, clock: Clock) -> None:
    gate.options = replace(gate.options, audit_retention=timedelta(days=365))
    for _ in range(600):
        await asked(gate, agent)
    clock.advance(days=400)
    deleted = await clean_up(gate)
    assert deleted["events"] >= 1200
