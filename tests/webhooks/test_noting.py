"""What a receiver took is noted at once, so that a delivery that could not be settled is not sent twice."""

from datetime import timedelta

from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.outbox import LEASE, Outbox
from gateway.webhooks import NewSecret, replay
from models.tables import Delivery
from models.words import DeliveryState
from tests.clock import Clock
from tests.gateway.scenes import asked
from tests.platforms.receiver import Receiver
from tests.webhooks.scenes import ADMIN, sent_to, states, until_quiet


async def leave_unsettled(clock: Clock) -> None:
    """Make every delivery what it is when its server is killed before it could settle what was taken."""
    await Delivery.all().update(state=DeliveryState.DUE.value, settled_at=None, leased_by="hld_dead", due_at=clock.time)


async def test_what_was_taken_and_not_settled_is_settled_without_another_call(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox, clock: Clock
) -> None:
    await asked(gate, agent)
    await until_quiet(outbox)
    await leave_unsettled(clock)
    clock.advance(seconds=(LEASE + timedelta(seconds=1)).total_seconds())
    await until_quiet(outbox)
    assert receiver.events == ["request.created", "request.pending"]
    assert {state for _, state in await states(hook)} == {"done"}


async def test_what_is_replayed_is_called_again(
    gate: Gate, agent: NewKey, receiver: Receiver, hook: NewSecret, outbox: Outbox
) -> None:
    await asked(gate, agent)
    await until_quiet(outbox)
    (created, _) = sorted(await sent_to(hook), key=lambda one: one.id)
    await replay(gate, created.id, by=ADMIN)
    await until_quiet(outbox)
    assert receiver.events.count("request.created") == 2
