"""What happens while nobody answers: a reminder, then others are told."""

import asyncio

from gateway import browse
from gateway.card import Card, Facts
from gateway.cards import reminder_line
from gateway.decide import decide
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.outbox import Outbox
from gateway.overdue import escalate, remind
from models import events
from models.words import Decision
from tests.clock import Clock
from tests.conftest import TARGET, Wall
from tests.gateway.scenes import ALICE, asked, ruled, story_of

RULE = {"match": {}, "decision": "route_to_human", "remindAfterSec": 60, "escalateAfterSec": 120}


def rows_of(card: Card) -> dict[str, str]:
    return {name: value for section in card.sections if isinstance(section, Facts) for name, value in section.rows}


async def test_a_reminder_comes_once_when_its_time_has_come(
    gate: Gate, agent: NewKey, wall: Wall, clock: Clock
) -> None:
    await ruled(gate, RULE)
    request = await asked(gate, agent)
    outbox = Outbox(gate)
    await outbox.round()
    clock.advance(seconds=59)
    assert await remind(gate) == 0
    clock.advance(seconds=1)
    assert [await remind(gate), await remind(gate)] == [1, 0]
    await outbox.round()
    assert (await story_of(request))[-1] == "request.reminded by system:clock"
    ((target, card),) = wall.edited
    assert target == TARGET
    assert reminder_line(card).startswith(f"Reminder: {request.shown_code} still waits. Waiting for approval")


async def test_of_many_replicas_one_reminds(gate: Gate, agent: NewKey, clock: Clock) -> None:
    await ruled(gate, RULE)
    request = await asked(gate, agent)
    clock.advance(seconds=60)
    assert sum(await asyncio.gather(*(remind(gate) for _ in range(5)))) == 1
    clock.advance(seconds=60)
    assert sum(await asyncio.gather(*(escalate(gate) for _ in range(5)))) == 0, "the rule names nobody to escalate to"
    assert [one.type for one in await events.of(request.id)].count("request.reminded") == 1


async def test_what_is_decided_is_not_reminded_of(gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
    await ruled(gate, RULE | {"escalateTo": ["slack:#leads"]})
    request = await asked(gate, agent)
    await Outbox(gate).round()
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    clock.advance(seconds=120)
    assert (await remind(gate), await escalate(gate)) == (0, 0)


async def test_a_reminder_that_the_decision_overtakes_tells_the_outcome_once(
    gate: Gate, agent: NewKey, wall: Wall, clock: Clock
) -> None:
    await ruled(gate, RULE)
    request = await asked(gate, agent)
    await Outbox(gate).round()
    clock.advance(seconds=60)
    await remind(gate)
    await decide(gate, request.id, Decision.DENIED, by=ALICE, reason="no")
    while await Outbox(gate).round():
        clock.advance(seconds=1)
    assert [rows_of(card)["Outcome"] for _, card in wall.edited] == ["denied by terminal:alice"]


async def test_others_get_a_card_and_the_old_ones_say_so(gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
    gate.notifiers["slack"] = wall
    await ruled(gate, RULE | {"escalateTo": ["slack:#leads"]})
    request = await asked(gate, agent)
    outbox = Outbox(gate)
    await outbox.round()
    clock.advance(seconds=120)
    assert [await escalate(gate), await escalate(gate)] == [1, 0]
    await outbox.round()
    assert [target for target, _ in wall.posted] == [TARGET, "slack:#leads"]
    said = "to slack:#leads, as nobody had answered in 2 min"
    assert [rows_of(card)["Escalated"] for _, card in (*wall.edited, wall.posted[-1])] == [said, said]
    assert (await browse.load(request.id)).targets == (TARGET, "slack:#leads")
    (escalated,) = [one for one in await events.of(request.id) if one.type == "request.escalated"]
    assert (escalated.actor, escalated.details) == ("system:clock", {"to": ["slack:#leads"]})


async def test_the_outcome_reaches_those_who_came_later(gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
    gate.notifiers["slack"] = wall
    await ruled(gate, RULE | {"escalateTo": ["slack:#leads"]})
    request = await asked(gate, agent)
    clock.advance(seconds=120)
    await escalate(gate)
    outbox = Outbox(gate)
    while await outbox.round():
        clock.advance(seconds=1)
    await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    wall.edited.clear()
    while await outbox.round():
        clock.advance(seconds=1)
    assert {target for target, _ in wall.edited} == {TARGET, "slack:#leads"}
