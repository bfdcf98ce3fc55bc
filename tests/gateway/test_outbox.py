"""Deliveries: written with their event, sent afterwards, at least once, in order."""

import asyncio
import random
from dataclasses import dataclass, field
from datetime import timedelta

import pytest

from gateway.card import Card, Facts, Tone
from gateway.decide import decide
from gateway.errors import DeliveryPostponed, DeliveryRefused
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.notifiers import Receipt
from gateway.outbox import LEASE, Outbox, Pump
from gateway.overdue import expire_overdue
from gateway.policy import Judgement
from gateway.routing import GIVE_UP_AFTER, LADDER, next_try, targets_for
from gateway.rules import parse_rules
from gateway.views import RequestView
from models import deliveries, events
from models.words import Decision, DeliveryState
from tests.clock import Clock
from tests.conftest import TARGET, Wall
from tests.gateway.scenes import ALICE, BOB, asked, ruled

YES = Decision.APPROVED


async def how(request: RequestView) -> list[tuple[str, str]]:
    """Return how each delivery of a request stands."""
    return [(one.event_type, one.state) for one in await deliveries.of(request.id)]


async def failures(request: RequestView) -> list[dict[str, object]]:
    """Return what the audit trail says of deliveries that were given up."""
    return [event.details for event in await events.of(request.id) if event.type == "delivery.failed"]


def outcome_of(card: Card) -> str:
    """Return what a card says of the end."""
    return next(
        value
        for section in card.sections
        if isinstance(section, Facts)
        for name, value in section.rows
        if name == "Outcome"
    )


class TestTelling:
    """What a target sees."""

    async def test_a_card_is_posted_and_later_edited(self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
        outbox = Outbox(gate)
        request = await asked(gate, agent)
        assert await outbox.round() == 1
        ((target, card),) = wall.posted
        assert (target, card.tone, card.request_id) == (TARGET, Tone.WAITING, request.id)
        clock.advance(seconds=9)
        await decide(gate, request.id, YES, by=ALICE)
        assert await outbox.round() == 1
        ((target, card),) = wall.edited
        assert (target, outcome_of(card)) == (TARGET, "approved by terminal:alice")
        assert await how(request) == [("request.pending", "done"), ("request.approved", "done")]
        message = await deliveries.message(request.id, TARGET)
        assert message is not None
        assert message.receipt == {"place": 1, "event": "request.approved"}
        assert await outbox.round() == 0

    async def test_decided_before_the_first_post_there_is_one_card_with_the_outcome(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        request = await asked(gate, agent)
        clock.advance(seconds=1)
        await decide(gate, request.id, Decision.DENIED, by=ALICE, reason="no")
        outbox = Outbox(gate)
        assert [await outbox.round() for _ in range(3)] == [1, 1, 0]
        assert [outcome_of(card) for _, card in wall.posted] == ["denied by terminal:alice"]
        assert wall.edited == []
        assert await how(request) == [("request.pending", "done"), ("request.denied", "done")]

    async def test_each_vote_is_shown(self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 3})
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        await outbox.round()
        for number, person in enumerate((ALICE, BOB), 1):
            clock.advance(seconds=1)
            await decide(gate, request.id, YES, by=person)
            await outbox.round()
            assert f"{number} of 3" in wall.edited[-1][1].headline

    async def test_an_outcome_that_a_vote_s_delivery_brings_is_told_as_the_outcome(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvalsNeeded": 2})
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        await outbox.round()
        for person in (ALICE, BOB):
            clock.advance(seconds=1)
            await decide(gate, request.id, YES, by=person)
        assert [await outbox.round() for _ in range(3)] == [1, 1, 0]
        assert [outcome_of(card) for _, card in wall.edited] == ["approved by terminal:bob"]
        message = await deliveries.message(request.id, TARGET)
        assert message is not None
        assert message.receipt["event"] == "request.approved"

    async def test_a_clock_that_steps_back_hides_no_outcome(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        await outbox.round()
        clock.advance(minutes=-5)
        await decide(gate, request.id, YES, by=ALICE)
        clock.advance(minutes=5)
        await outbox.round()
        assert [outcome_of(card) for _, card in wall.edited] == ["approved by terminal:alice"]

    async def test_an_expired_request_is_shown_as_such(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        await asked(gate, agent)
        outbox = Outbox(gate)
        await outbox.round()
        clock.advance(hours=1)
        await expire_overdue(gate)
        await outbox.round()
        assert [card.headline for _, card in wall.edited] == ["Expired · nobody answered in time"]

    async def test_every_target_is_told(self, gate: Gate, agent: NewKey, wall: Wall) -> None:
        lobby = Wall()
        gate.notifiers["slack"] = lobby
        await ruled(gate, {"decision": "route_to_human", "channels": ["slack:#a", "slack:#b", "terminal:local"]})
        await asked(gate, agent)
        assert await Outbox(gate).round() == 3
        assert sorted(target for target, _ in lobby.posted) == ["slack:#a", "slack:#b"]
        assert [target for target, _ in wall.posted] == ["terminal:local"]


class TestTrouble:
    """What happens when a platform does not take it."""

    async def test_a_platform_says_when_to_come_back(self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
        wall.trouble.append(DeliveryPostponed("ratelimited", retry_after=timedelta(seconds=40)))
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        assert await outbox.round() == 1
        (delivery,) = await deliveries.of(request.id)
        assert (delivery.state, delivery.last_error, delivery.due_at) == (
            DeliveryState.DUE.value,
            "ratelimited",
            clock.time + timedelta(seconds=40),
        )
        clock.advance(seconds=39)
        assert await outbox.round() == 0
        clock.advance(seconds=1)
        assert await outbox.round() == 1
        assert len(wall.posted) == 1
        assert await how(request) == [("request.pending", "done")]

    async def test_otherwise_the_waits_grow(self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
        wall.trouble += [DeliveryPostponed("busy")] * 6
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        for step in LADDER[:6]:
            assert await outbox.round() == 1
            (delivery,) = await deliveries.of(request.id)
            wait = delivery.due_at - clock.time
            assert step * 0.8 <= wait <= step * 1.2
            clock.advance(seconds=wait.total_seconds())
        assert await outbox.round() == 1
        assert len(wall.posted) == 1

    async def test_an_impatient_platform_does_not_shorten_the_ladder(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        wall.trouble.append(DeliveryPostponed("busy", retry_after=timedelta(0)))
        request = await asked(gate, agent)
        await Outbox(gate).round()
        (delivery,) = await deliveries.of(request.id)
        assert delivery.due_at >= clock.time + LADDER[0] * 0.8

    async def test_a_refusal_is_final_and_keeps_the_platform_s_word(
        self, gate: Gate, agent: NewKey, wall: Wall
    ) -> None:
        wall.trouble.append(DeliveryRefused("channel_not_found"))
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        assert [await outbox.round(), await outbox.round()] == [1, 0]
        assert await how(request) == [("request.pending", "dead")]
        assert await failures(request) == [{"target": TARGET, "error": "channel_not_found", "event": "request.pending"}]
        assert (await events.of(request.id))[-1].actor == "system:outbox"
        (delivery,) = await deliveries.of(request.id)
        assert delivery.last_error == "channel_not_found"

    async def test_a_refused_card_does_not_keep_the_outcome_from_being_told(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        wall.trouble.append(DeliveryRefused("channel_not_found"))
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        await outbox.round()
        clock.advance(seconds=1)
        await decide(gate, request.id, YES, by=ALICE)
        await outbox.round()
        assert [outcome_of(card) for _, card in wall.posted] == ["approved by terminal:alice"]

    async def test_a_broken_notifier_is_tried_again(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        breaking = Breaking()
        gate.notifiers["terminal"] = breaking
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        assert await outbox.round() == 1
        (delivery,) = await deliveries.of(request.id)
        assert (delivery.state, delivery.last_error) == (DeliveryState.DUE.value, "ZeroDivisionError")
        breaking.whole = True
        clock.advance(seconds=3)
        await outbox.round()
        assert await how(request) == [("request.pending", "done")]

    async def test_one_broken_target_holds_up_no_other(self, gate: Gate, agent: NewKey, wall: Wall) -> None:
        gate.notifiers["slack"] = Breaking()
        await ruled(gate, {"decision": "route_to_human", "channels": ["slack:#a", "terminal:local"]})
        await asked(gate, agent)
        await Outbox(gate).round()
        assert len(wall.posted) == 1

    async def test_what_no_notifier_takes_is_given_up_after_a_day(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        await ruled(gate, {"decision": "route_to_human", "channels": ["slack:#ops"]})
        request = await asked(gate, agent)
        outbox = Outbox(gate)
        clock.advance(seconds=5)
        assert await outbox.round() == 1
        (delivery,) = await deliveries.of(request.id)
        assert delivery.last_error == "slack is not configured on this server"
        clock.advance(hours=23, minutes=59)
        assert await outbox.round() == 1
        assert await how(request) == [("request.pending", "due")]
        clock.advance(hours=1)
        assert await outbox.round() == 1
        assert await how(request) == [("request.pending", "dead")]
        (failed,) = await failures(request)
        assert failed["error"] == "gave up after a day: slack is not configured on this server"
        assert await outbox.round() == 0

    async def test_what_another_replica_can_bring_is_left_to_it(self, gate: Gate, agent: NewKey, wall: Wall) -> None:
        await ruled(gate, {"decision": "route_to_human", "channels": ["terminal:local"]})
        request = await asked(gate, agent)
        without = Outbox(gate)
        without.pumps = [Pump(gate, kind=None)]
        assert await without.round() == 0
        assert await Outbox(gate).round() == 1
        assert await how(request) == [("request.pending", "done")]


@dataclass
class Breaking:
    """A notifier with a fault in it."""

    whole: bool = False

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        return {"n": 1 if self.whole else 1 // 0}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        return await self.post(target, card, event=event)


@dataclass
class Slow:
    """A notifier that takes its time: it says when it is asked, and ends when it is let."""

    begun: asyncio.Event = field(default_factory=asyncio.Event)
    go_on: asyncio.Event = field(default_factory=asyncio.Event)
    told: list[str] = field(default_factory=list)

    async def post(self, target: str, card: Card, *, event: str) -> Receipt:
        self.begun.set()
        await self.go_on.wait()
        self.told.append(event)
        return {"n": len(self.told)}

    async def edit(self, target: str, receipt: Receipt, card: Card, *, event: str) -> Receipt:
        return await self.post(target, card, event=event)


class TestLeases:
    """Whoever sends holds a lease, so that nobody else sends the same."""

    async def test_two_pumps_at_once_send_each_delivery_once(self, gate: Gate, agent: NewKey, wall: Wall) -> None:
        for _ in range(30):
            await asked(gate, agent)
        pumps = [Pump(gate, kind="terminal") for _ in range(3)]
        while sum(await asyncio.gather(*(pump.round() for pump in pumps))):
            pass
        shown = [card.request_id for _, card in wall.posted]
        assert len(shown) == len(set(shown)) == 30

    async def test_the_next_word_waits_until_the_first_is_out(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        slow = gate.notifiers["terminal"] = Slow()
        request = await asked(gate, agent)
        first, second = Pump(gate, kind="terminal"), Pump(gate, kind="terminal")
        sending = asyncio.ensure_future(first.round())
        await slow.begun.wait()
        clock.advance(seconds=1)
        await decide(gate, request.id, YES, by=ALICE)
        assert await second.round() == 0
        slow.go_on.set()
        assert await sending == 1
        assert await second.round() == 1
        assert slow.told == ["request.pending", "request.approved"]

    async def test_a_slow_target_holds_up_no_other_request(self, gate: Gate, agent: NewKey) -> None:
        slow = gate.notifiers["terminal"] = Slow()
        await asked(gate, agent)
        pump = Pump(gate, kind="terminal")
        sending = asyncio.ensure_future(pump.round())
        await slow.begun.wait()
        await asked(gate, agent)
        slow.go_on.set()
        assert await pump.round() == 1
        assert await sending == 1

    async def test_a_holder_that_died_is_followed_by_another(
        self, gate: Gate, agent: NewKey, wall: Wall, clock: Clock
    ) -> None:
        request = await asked(gate, agent)
        dead = await deliveries.lease_due(at=clock.time, until=clock.time + LEASE, holder="hld_dead", limit=9)
        assert len(dead) == 1
        outbox = Outbox(gate)
        clock.advance(seconds=59)
        assert await outbox.round() == 0
        clock.advance(seconds=1)
        assert await outbox.round() == 1
        assert len(wall.posted) == 1
        assert await how(request) == [("request.pending", "done")]

    async def test_who_lost_its_lease_settles_nothing(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        slow = gate.notifiers["terminal"] = Slow()
        request = await asked(gate, agent)
        sending = asyncio.ensure_future(Pump(gate, kind="terminal").round())
        await slow.begun.wait()
        clock.advance(minutes=2)
        (stolen,) = await deliveries.lease_due(at=clock.time, until=clock.time + LEASE, holder="hld_other", limit=9)
        slow.go_on.set()
        await sending
        assert await how(request) == [("request.pending", "due")]
        assert await deliveries.settle(stolen.id, at=clock.time, holder="hld_other")

    async def test_who_lost_its_lease_does_not_bury_it_either(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent)
        (delivery,) = await deliveries.lease_due(at=clock.time, until=clock.time + LEASE, holder="hld_me", limit=9)
        assert not await deliveries.bury(delivery.id, at=clock.time, holder="hld_late", error="no")
        assert not await deliveries.postpone(delivery.id, until=clock.time, holder="hld_late", error="no")
        assert not await deliveries.settle(delivery.id, at=clock.time, holder="hld_late")
        assert await how(request) == [("request.pending", "due")]

    async def test_leases_are_handed_back_at_the_end(self, gate: Gate, agent: NewKey, wall: Wall) -> None:
        slow = gate.notifiers["terminal"] = Slow()
        request = await asked(gate, agent)
        running = asyncio.ensure_future(Outbox(gate).run())
        await slow.begun.wait()
        running.cancel()
        await asyncio.wait([running])
        assert await how(request) == [("request.pending", "due")]
        gate.notifiers["terminal"] = wall
        assert await Outbox(gate).round() == 1
        assert len(wall.posted) == 1


async def test_the_bell_wakes_the_pump(gate: Gate, agent: NewKey) -> None:
    slow = gate.notifiers["terminal"] = Slow()
    slow.go_on.set()
    running = asyncio.ensure_future(Outbox(gate).run())
    try:
        request = await asked(gate, agent)
        async with asyncio.timeout(5):
            await slow.begun.wait()
            while await how(request) != [("request.pending", "done")]:
                pass
    finally:
        running.cancel()
        await asyncio.wait([running])
    assert slow.told == ["request.pending"]


async def test_the_depth_of_the_outbox_is_known(gate: Gate, agent: NewKey, wall: Wall, clock: Clock) -> None:
    wall.trouble.append(DeliveryRefused("gone"))
    began = clock.time
    await asked(gate, agent)
    assert await deliveries.oldest_due_at() == began
    await Outbox(gate).round()
    clock.advance(seconds=2)
    await asked(gate, agent)
    assert await deliveries.depth() == {"due": 1, "dead": 1}
    await Outbox(gate).round()
    assert await deliveries.oldest_due_at() is None


def test_waits_grow_and_end_after_a_day() -> None:
    chance = random.Random(1)  # noqa: S311 - it spreads retries, it guards nothing
    for attempts in range(1, 40):
        wait = next_try(attempts, age=timedelta(hours=23), chance=chance)
        assert wait is not None
        step = LADDER[min(attempts, len(LADDER)) - 1]
        assert step * 0.8 <= wait <= step * 1.2
    assert next_try(1, age=GIVE_UP_AFTER, chance=chance) is None


@pytest.mark.parametrize(
    ("rule", "targets"),
    [
        ({"decision": "route_to_human"}, ("terminal:local",)),
        ({"decision": "route_to_human", "channels": ["slack:#a"]}, ("slack:#a",)),
        ({"decision": "route_to_human", "channels": []}, ("terminal:local",)),
        ({"decision": "route_to_agent"}, ()),
        ({"decision": "auto_approve"}, ()),
        ({"decision": "auto_deny", "channels": ["slack:#a", "slack:#a"]}, ("slack:#a",)),
    ],
)
def test_who_hears_of_it(rule: dict[str, object], targets: tuple[str, ...]) -> None:
    (parsed,) = parse_rules([rule])
    assert targets_for(Judgement(parsed, "p", 0), ("terminal:local", "terminal:local")) == targets
