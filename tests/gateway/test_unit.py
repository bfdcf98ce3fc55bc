"""One transaction: all of it happens, or nothing, and nobody is told before it has."""

import asyncio
from collections.abc import Awaitable

import pytest

from gateway import browse
from gateway.closing import close
from gateway.decide import decide
from gateway.errors import AlreadyFinal, Unavailable
from gateway.events import RequestConfirmed
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.submit import submit
from gateway.views import Ask
from models import db, deliveries, events, votes
from models.requests import RequestFilter
from models.words import DeciderType, Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked, story_of


async def everything() -> list[dict[str, object]]:
    """Return every row of every table, to see that nothing has changed."""
    tables = ("requests", "votes", "events", "deliveries", "messages", "keys", "policies", "identities")
    return [row for table in tables for row in await db.select(f"SELECT * FROM {table}")]  # noqa: S608 - our own words


async def test_a_unit_that_breaks_in_the_middle_leaves_nothing(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    gate.outbox_bell.clear()
    before = await everything()
    vote = {
        "request_id": request.id,
        "voter": "terminal:alice",
        "by": "terminal:alice",
        "decision": "approved",
        "created_at": gate.now(),
    }
    with gate.waiters.listen(request.id) as woken:

        async def unit_that_breaks() -> None:
            async with gate.unit(by=ALICE) as unit:
                await votes.add(id=unit.new_id("vot"), **vote)
                won = await close(unit, request, status=Status.APPROVED, by=ALICE, by_type=DeciderType.HUMAN)
                assert won
                await votes.add(id=unit.new_id("vot"), **vote)

        with pytest.raises(db.Conflict):
            await unit_that_breaks()
        assert not woken.is_set()
    assert not gate.outbox_bell.is_set()
    assert await everything() == before
    assert (await decide(gate, request.id, Decision.DENIED, by=ALICE)).request.status is Status.DENIED


async def test_an_event_that_cannot_be_written_undoes_what_it_tells_of(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    before = await everything()
    taken = (await events.of(request.id))[0].id

    async def unit_that_breaks() -> None:
        async with gate.unit(by=ALICE) as unit:
            await close(unit, request, status=Status.APPROVED, by=ALICE, by_type=DeciderType.HUMAN)
            unit.published[0].id = taken

    with pytest.raises(db.Conflict):
        await unit_that_breaks()
    assert await everything() == before


async def test_a_delivery_that_cannot_be_written_undoes_the_event(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    before = await everything()
    (taken,) = await deliveries.of(request.id)

    async def unit_that_breaks() -> None:
        async with gate.unit(by=ALICE) as unit:
            await close(unit, request, status=Status.DENIED, by=ALICE, by_type=DeciderType.HUMAN)
            unit.deliveries[0].id = taken.id

    with pytest.raises(db.Conflict):
        await unit_that_breaks()
    assert await everything() == before


async def test_a_refusal_of_ours_undoes_the_unit_too(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    before = await everything()

    async def unit_that_breaks() -> None:
        async with gate.unit(by=ALICE) as unit:
            await close(unit, request, status=Status.APPROVED, by=ALICE, by_type=DeciderType.HUMAN)
            raise AlreadyFinal("changed my mind", request=request)

    with pytest.raises(AlreadyFinal):
        await unit_that_breaks()
    assert await everything() == before


async def test_nothing_of_an_open_unit_is_seen_by_others(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    begun = asyncio.Event()

    async def look() -> Status:
        await begun.wait()
        return (await browse.load(request.id)).status

    looking = asyncio.ensure_future(look())

    async def unit_that_breaks() -> None:
        async with gate.unit(by=ALICE) as unit:
            await close(unit, request, status=Status.APPROVED, by=ALICE, by_type=DeciderType.HUMAN)
            begun.set()
            assert (await browse.load(request.id)).status is Status.APPROVED
            raise AlreadyFinal("changed my mind", request=request)

    with pytest.raises(AlreadyFinal):
        await unit_that_breaks()
    assert await looking is Status.PENDING


async def test_without_a_database_nothing_is_done_and_somebody_says_so(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    await db.connection().execute_script("ALTER TABLE events RENAME TO gone")
    with pytest.raises(Unavailable, match=r"nothing was done\. Try again"):
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
    with pytest.raises(Unavailable):
        await submit(gate, Ask("pay"), by=agent.key.actor)
    await db.connection().execute_script("ALTER TABLE gone RENAME TO events")
    assert (await browse.load(request.id)).status is Status.PENDING
    assert (await browse.request_page(RequestFilter(), limit=9)).total == 1


async def test_an_event_without_a_target_is_told_to_nobody(gate: Gate, agent: NewKey) -> None:
    request = await asked(gate, agent)
    gate.outbox_bell.clear()
    async with gate.unit(by=ALICE) as unit:
        unit.publish(RequestConfirmed(request_id=request.id, action=request.action), to=request.targets)
    assert len(await deliveries.of(request.id)) == 1
    assert not gate.outbox_bell.is_set()
    assert (await story_of(request))[-1] == "request.confirmed by terminal:alice"


async def cut_off(deed: Awaitable[object], *, after: int) -> bool:
    """Do something and cancel it after so many turns of the event loop; return whether it was done by then."""
    task = asyncio.ensure_future(deed)
    for _ in range(after):
        if task.done():
            break
        await asyncio.wait([task], timeout=0)
    task.cancel()
    (outcome,) = await asyncio.gather(task, return_exceptions=True)
    return not isinstance(outcome, BaseException)


async def test_whoever_is_cut_off_at_any_moment_stops_nobody_else(gate: Gate, clock: Clock) -> None:
    """A caller that goes away, a shutdown: the unit happened or it did not, and the next one works."""
    agent = await a_key(gate, "asker", Scope.REQUEST_CREATE)
    for turns in range(60):
        request = await asked(gate, agent)
        done = await cut_off(decide(gate, request.id, Decision.APPROVED, by=ALICE), after=turns)
        async with asyncio.timeout(5):
            after = await browse.load(request.id)
            words = [event.type for event in await events.of(request.id)]
            ended = after.status is Status.APPROVED
            assert ended or not done
            assert words[2:] == (["request.approved", "request.decided"] if ended else [])
            assert len(after.approvals) == ended
            async with gate.unit(by=ALICE) as unit:
                unit.publish(RequestConfirmed(request_id=request.id, action=request.action))
