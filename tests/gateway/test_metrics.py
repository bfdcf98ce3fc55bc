"""What is counted, and what is looked up when somebody asks."""

import asyncio
from datetime import timedelta
from math import isnan

import pytest

from gateway.cancel import cancel
from gateway.decide import decide
from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.gate import Gate
from gateway.gauges import read_gauges
from gateway.keys import NewKey
from gateway.outbox import Outbox
from gateway.overdue import expire_overdue
from gateway.views import Actor
from gateway.wait import wait_for_decision
from models import db
from models.words import Decision
from tests.clock import Clock
from tests.conftest import Wall
from tests.gateway.scenes import ALICE, asked, ruled

NAME = "agentgate_"


def value(gate: Gate, name: str, **labels: str) -> float:
    """Return a sample; a series that nobody has fed is 0."""
    return gate.metrics.registry.get_sample_value(NAME + name, labels) or 0.0


async def test_each_end_of_a_request_is_counted_by_how_and_by_whom(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await ruled(gate, {"decision": "route_to_human", "approvers": ["terminal:alice", "slack:U1"]})
    first, second, third, _ = [await asked(gate, agent) for _ in range(4)]
    await decide(gate, first.id, Decision.APPROVED, by=ALICE)
    await decide(gate, second.id, Decision.DENIED, by=Actor("slack", "U1"))
    await cancel(gate, third.id, by=agent.key.actor)
    clock.advance(hours=1)
    await expire_overdue(gate)
    await ruled(gate, {"decision": "auto_deny"}, name="no", priority=1)
    await asked(gate, agent)
    ends = {
        ("approved", "terminal"): 1, ("denied", "slack"): 1, ("cancelled", "api"): 1, ("expired", "system"): 1,
        ("denied", "policy"): 1,
    }  # fmt: skip
    counted = {
        (sample.labels["outcome"], sample.labels["decider"]): sample.value
        for family in gate.metrics.registry.collect()
        for sample in family.samples
        if sample.name == "agentgate_decisions_total"
    }
    assert counted == ends
    assert value(gate, "events_total", event="request.created") == 5
    assert value(gate, "events_total", event="request.decided") == 3


async def test_the_time_to_a_decision_counts_from_the_asking(gate: Gate, agent: NewKey, clock: Clock) -> None:
    for wait in (timedelta(seconds=3), timedelta(minutes=20)):
        request = await asked(gate, agent)
        clock.advance(seconds=wait.total_seconds())
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert value(gate, "time_to_decision_seconds_count", decider="terminal") == 2
    assert value(gate, "time_to_decision_seconds_sum", decider="terminal") == pytest.approx(1203, abs=0.01)
    assert value(gate, "time_to_decision_seconds_bucket", decider="terminal", le="5.0") == 1


async def test_what_a_policy_answers_takes_nobody_s_time(gate: Gate, agent: NewKey) -> None:
    await ruled(gate, {"decision": "auto_approve"})
    await asked(gate, agent)
    assert value(gate, "decisions_total", outcome="approved", decider="policy") == 1
    assert value(gate, "time_to_decision_seconds_count", decider="policy") == 0


async def test_what_was_rolled_back_did_not_happen(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    await db.connection().execute_script("ALTER TABLE deliveries RENAME TO gone")
    with pytest.raises(Exception, match="does not answer"):
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    assert value(gate, "decisions_total", outcome="approved", decider="terminal") == 0


async def test_deliveries_are_counted_by_channel_and_result(
    gate: Gate, agent: NewKey, wall: Wall, clock: Clock
) -> None:
    wall.trouble += [DeliveryPostponed("later"), DeliveryRefused("never")]
    outbox = Outbox(gate)
    await asked(gate, agent)
    await outbox.round()
    assert value(gate, "deliveries_total", channel="terminal", result="postponed") == 1
    clock.advance(hours=1)
    await outbox.round()
    assert value(gate, "deliveries_total", channel="terminal", result="dead") == 1
    await asked(gate, agent)
    await outbox.round()
    assert value(gate, "deliveries_total", channel="terminal", result="sent") == 1


async def test_what_waits_is_looked_up(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await asked(gate, agent)
    clock.advance(seconds=90)
    last = await asked(gate, agent)
    wait = wait_for_decision(gate, last.id, by=agent.key.actor, at_most=timedelta(minutes=1))
    async with asyncio.TaskGroup() as tasks:
        waiting = tasks.create_task(wait)
        while not gate.waiters.count:
            await asyncio.wait([waiting], timeout=0)
        await read_gauges(gate)
        gate.waiters.close()
    assert [value(gate, name) for name in ("waiters", "requests_pending", "outbox_deliveries")] == [1, 2, 2]
    assert value(gate, "outbox_oldest_seconds") == 90
    await Outbox(gate).round()
    await read_gauges(gate)
    assert [value(gate, name) for name in ("waiters", "outbox_deliveries", "outbox_oldest_seconds")] == [0, 0, 0]


async def test_each_part_is_up_or_not(gate: Gate) -> None:
    async def connected() -> str:
        return "connected"

    async def gone() -> str:
        raise ConnectionError("the socket is gone")

    gate.probes |= {"slack": connected, "discord": gone}
    await read_gauges(gate)
    up = {part: value(gate, "part_up", part=part) for part in ("database", "outbox", "slack", "discord")}
    assert up == {"database": 1, "outbox": 1, "slack": 1, "discord": 0}
    gate.probes["slack"] = gone
    await read_gauges(gate)
    assert value(gate, "part_up", part="slack") == 0


async def test_without_a_database_what_waits_is_not_known(gate: Gate, agent: NewKey) -> None:
    await asked(gate, agent)
    await read_gauges(gate)
    await db.connection().execute_script("ALTER TABLE deliveries RENAME TO gone")
    await read_gauges(gate)
    assert isnan(value(gate, "outbox_deliveries"))
    assert isnan(value(gate, "requests_pending"))
    assert value(gate, "part_up", part="outbox") == 0
    assert value(gate, "events_total", event="request.created") == 1


async def test_what_the_limiter_could_not_count_is_counted_here(gate: Gate) -> None:
    for uncounted in (0, 2, 5):
        gate.limiter.uncounted = uncounted
        await read_gauges(gate)
        assert value(gate, "rate_limiter_failures_total") == uncounted


def test_words_that_are_not_ours_become_one(gate: Gate) -> None:
    gate.metrics.answered("BREW", "(none)", 404, seconds=0.1)
    gate.metrics.told("pigeon:home", "sent")
    assert value(gate, "http_requests_total", method="other", route="(none)", status="404") == 1
    assert value(gate, "deliveries_total", channel="other", result="sent") == 1
