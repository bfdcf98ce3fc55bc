"""What many do at once, on either database: one outcome, and everybody is told the same."""

import asyncio
from collections import Counter
from collections.abc import Awaitable
from datetime import timedelta

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.decide import decide
from gateway.errors import AlreadyFinal
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.overdue import expire_overdue
from gateway.people import link_person, list_people
from gateway.views import Actor
from models import deliveries, events, memos
from models.words import Decision, Status
from tests.clock import Clock
from tests.gateway.scenes import ALICE, asked, ruled

ROUNDS = 20
ENDINGS = {"request.approved", "request.denied", "request.cancelled", "request.expired"}


async def fates(*calls: Awaitable[object]) -> list[object]:
    """Let all of them run at once; return what came of each."""
    return list(await asyncio.gather(*calls, return_exceptions=True))


@pytest.mark.parametrize(("needed", "voters"), [(2, 2), (2, 5), (3, 6)])
async def test_as_many_votes_count_as_are_needed(gate: Gate, agent: NewKey, needed: int, voters: int) -> None:
    await ruled(gate, {"match": {}, "decision": "route_to_human", "approvalsNeeded": needed})
    people = [Actor("terminal", f"voter-{number}") for number in range(voters)]
    for _ in range(ROUNDS):
        request = await asked(gate, agent)
        answers = await fates(*(decide(gate, request.id, Decision.APPROVED, by=person) for person in people))
        late = [answer for answer in answers if isinstance(answer, AlreadyFinal)]
        assert (len(answers) - len(late), len(late)) == (needed, voters - needed), answers
        ended = await browse.load(request.id)
        assert (ended.status, len(ended.approvals)) == (Status.APPROVED, needed)
        kinds = Counter(event.type for event in await events.of(request.id))
        assert (kinds["request.voted"], kinds["request.approved"], kinds["request.decided"]) == (needed - 1, 1, 1)


async def test_of_every_way_to_end_one_is_recorded(gate: Gate, agent: NewKey, admin: NewKey, clock: Clock) -> None:
    for number in range(ROUNDS):
        request = await asked(gate, agent)
        if number % 2:
            clock.advance(hours=2)
        await fates(
            decide(gate, request.id, Decision.APPROVED, by=ALICE),
            decide(gate, request.id, Decision.DENIED, by=admin.key.actor),
            cancel(gate, request.id, by=agent.key.actor),
            expire_overdue(gate),
        )
        ended = await browse.load(request.id)
        kinds = [event.type for event in await events.of(request.id)]
        assert [kind for kind in kinds if kind in ENDINGS] == [f"request.{ended.status.value}"]


async def test_a_person_is_linked_by_many_at_once(gate: Gate) -> None:
    people = [f"person-{number}" for number in range(10)]
    answers = await fates(*(link_person(gate, person, "slack:U1", by=ALICE) for person in people))
    assert answers == [None] * 10
    ((person, identities),) = (await list_people()).items()
    assert (person in people, identities) == (True, ["slack:U1"])


async def test_what_is_noted_by_many_at_once_is_one_of_it(database: None) -> None:
    assert await fates(*(memos.note("discord.commands", str(number)) for number in range(10))) == [None] * 10
    assert await memos.recall("discord.commands") in {str(number) for number in range(10)}


async def test_a_card_that_two_posted_at_once_is_kept_once(gate: Gate, clock: Clock) -> None:
    def keep(number: int) -> Awaitable[None]:
        receipt = {"ts": number}
        return deliveries.keep_message(
            gate.new_id("msg"), request_id="req_1", target="slack:#ops", receipt=receipt, shows=clock(), at=clock()
        )

    assert await fates(*(keep(number) for number in range(10))) == [None] * 10
    message = await deliveries.message("req_1", "slack:#ops")
    assert message is not None
    assert message.receipt["ts"] in range(10)


async def test_many_take_from_the_outbox_and_none_takes_more_than_it_may(gate: Gate, clock: Clock) -> None:
    rows = [
        deliveries.row(
            id=gate.new_id("dlv"), event_id="e", event_type="t", request_id=f"req_{number}", target="slack:#ops",
            due_at=clock(), created_at=clock(),
        )
        for number in range(100)
    ]  # fmt: skip
    await deliveries.add_all(rows)
    until = clock() + timedelta(minutes=1)
    takers = [deliveries.lease_due(at=clock(), until=until, holder=f"h{n}", limit=7, kind="slack") for n in range(10)]
    taken = await asyncio.gather(*takers)
    assert [len(each) for each in taken] == [7] * 10
    assert len({one.id for each in taken for one in each}) == 70
