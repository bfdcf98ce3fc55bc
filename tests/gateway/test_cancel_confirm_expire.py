"""The other ends of a request, and what its asker reports afterwards."""

import asyncio
from datetime import timedelta
from typing import Any

import pytest

from gateway import browse
from gateway.cancel import cancel
from gateway.confirm import confirm
from gateway.decide import decide
from gateway.errors import AlreadyFinal, Forbidden, Invalid, NotConfirmable, NotFound
from gateway.gate import Gate
from gateway.keys import NewKey
from gateway.overdue import AT_ONCE, expire_overdue
from gateway.views import RequestView
from models import deliveries, events
from models.words import DeciderType, Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, asked, story_of


async def approved(gate: Gate, agent: NewKey) -> RequestView:
    request = await asked(gate, agent)
    return (await decide(gate, request.id, Decision.APPROVED, by=ALICE)).request


class TestCancel:
    """The asker does not want it any more."""

    async def test_the_asker_ends_it(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent)
        clock.advance(seconds=3)
        ended = await cancel(gate, request.shown_code, by=agent.key.actor)
        assert (ended.status, ended.decided_by, ended.decided_at) == (Status.CANCELLED, "api:agent", clock.time)
        assert ended.decided_by_type is DeciderType.HUMAN
        assert (await story_of(request))[2:] == ["request.cancelled by api:agent"]
        assert [one.event_type for one in await deliveries.of(request.id)] == ["request.pending", "request.cancelled"]

    async def test_an_admin_may_and_others_may_not(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        request = await asked(gate, agent)
        other = await a_key(gate, "other", Scope.REQUEST_CREATE, Scope.REQUEST_DECIDE, Scope.REQUEST_READ)
        for stranger in (other.key.actor, ALICE):
            with pytest.raises(Forbidden, match="was asked by api:agent; only that key, or one with the scope admin"):
                await cancel(gate, request.id, by=stranger)
        assert (await cancel(gate, request.id, by=admin.key.actor)).decided_by == "api:admin"

    async def test_what_has_ended_cannot_be_cancelled(self, gate: Gate, agent: NewKey) -> None:
        request = await approved(gate, agent)
        with pytest.raises(AlreadyFinal, match="was already approved by terminal:alice"):
            await cancel(gate, request.id, by=agent.key.actor)
        other = await asked(gate, agent)
        await cancel(gate, other.id, by=agent.key.actor)
        with pytest.raises(AlreadyFinal, match=f"{other.shown_code} was cancelled by api:agent"):
            await cancel(gate, other.id, by=agent.key.actor)
        with pytest.raises(AlreadyFinal, match="was cancelled by api:agent"):
            await decide(gate, other.id, Decision.APPROVED, by=ALICE)

    async def test_what_is_overdue_expires_also_before_the_sweep(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent, expires_in=timedelta(seconds=5))
        clock.advance(seconds=5)
        for _ in range(2):
            with pytest.raises(AlreadyFinal, match="has expired: nobody answered in time") as refusal:
                await cancel(gate, request.id, by=agent.key.actor)
        assert refusal.value.request is not None
        assert refusal.value.request.status is Status.EXPIRED
        assert (await story_of(request))[2:] == ["request.expired by system:expiry"]
        assert [one.event_type for one in await deliveries.of(request.id)] == ["request.pending", "request.expired"]
        assert await expire_overdue(gate) == 0

    async def test_cancelling_at_once_happens_once(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        start = asyncio.Barrier(5)

        async def press() -> RequestView:
            await start.wait()
            return await cancel(gate, request.id, by=agent.key.actor)

        answers = await asyncio.gather(*(press() for _ in range(5)), return_exceptions=True)
        assert sorted(type(one).__name__ for one in answers) == ["AlreadyFinal"] * 4 + ["RequestView"]
        assert len(await story_of(request)) == 3

    async def test_an_unknown_request_is_not_found(self, gate: Gate, agent: NewKey) -> None:
        with pytest.raises(NotFound):
            await cancel(gate, "zzzz-zzzz", by=agent.key.actor)


class TestConfirm:
    """The asker reports what came of it."""

    async def test_the_result_is_kept_once(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await approved(gate, agent)
        clock.advance(minutes=1)
        confirmed = await confirm(gate, request.id, by=agent.key.actor, result={"ok": True, "n": 1.5})
        assert (confirmed.confirmed_at, confirmed.result) == (clock.time, {"ok": True, "n": 1.5})
        assert confirmed.status is Status.APPROVED
        assert (await story_of(request))[-1] == "request.confirmed by api:agent"
        assert (await events.of(request.id))[-1].details == {}
        with pytest.raises(NotConfirmable, match="was confirmed before; that stands"):
            await confirm(gate, request.id, by=agent.key.actor, result={"ok": False})
        assert (await browse.load(request.id)).result == {"ok": True, "n": 1.5}

    async def test_two_at_once_are_one(self, gate: Gate, agent: NewKey) -> None:
        request = await approved(gate, agent)
        answers = await asyncio.gather(
            *(confirm(gate, request.id, by=agent.key.actor, result={"n": n}) for n in range(5)), return_exceptions=True
        )
        assert sorted(type(one).__name__ for one in answers) == ["NotConfirmable"] * 4 + ["RequestView"]
        assert (await story_of(request)).count("request.confirmed by api:agent") == 1

    async def test_only_the_asker_may_not_even_an_admin(self, gate: Gate, agent: NewKey, admin: NewKey) -> None:
        request = await approved(gate, agent)
        with pytest.raises(Forbidden, match="only that key may confirm it"):
            await confirm(gate, request.id, by=admin.key.actor, result={})

    @pytest.mark.parametrize("end", ["pending", "denied", "cancelled", "expired"])
    async def test_only_an_approved_request_can_be_confirmed(
        self, gate: Gate, agent: NewKey, clock: Clock, end: str
    ) -> None:
        request = await asked(gate, agent)
        match end:
            case "denied":
                await decide(gate, request.id, Decision.DENIED, by=ALICE)
            case "cancelled":
                await cancel(gate, request.id, by=agent.key.actor)
            case "expired":
                clock.advance(hours=1)
                await expire_overdue(gate)
        with pytest.raises(NotConfirmable, match=f"is {end}; only an approved request can be confirmed"):
            await confirm(gate, request.id, by=agent.key.actor, result={})
        assert (await browse.load(request.id)).confirmed_at is None

    @pytest.mark.parametrize("result", [{"a": "\x00"}, {"a": float("nan")}, {"a": 2**60}])
    async def test_a_result_that_cannot_be_kept_is_refused(
        self, gate: Gate, agent: NewKey, result: dict[str, Any]
    ) -> None:
        request = await approved(gate, agent)
        with pytest.raises(Invalid):
            await confirm(gate, request.id, by=agent.key.actor, result=result)
        assert (await browse.load(request.id)).confirmed_at is None


class TestExpiry:
    """Nobody answered in time."""

    async def test_the_sweep_ends_what_is_overdue_and_nothing_else(
        self, gate: Gate, agent: NewKey, clock: Clock
    ) -> None:
        soon = await asked(gate, agent, expires_in=timedelta(seconds=1))
        later = await asked(gate, agent, expires_in=timedelta(seconds=2))
        done = await asked(gate, agent, expires_in=timedelta(seconds=1))
        await decide(gate, done.id, Decision.DENIED, by=ALICE)
        assert await expire_overdue(gate) == 0
        clock.advance(seconds=1)
        assert await expire_overdue(gate) == 1
        ended = await browse.load(soon.id)
        assert (ended.status, ended.decided_by, ended.decided_at) == (Status.EXPIRED, "system:expiry", clock.time)
        assert ended.decided_by_type is DeciderType.SYSTEM
        assert (await story_of(soon))[2:] == ["request.expired by system:expiry"]
        assert [one.event_type for one in await deliveries.of(soon.id)][1:] == ["request.expired"]
        assert (await browse.load(later.id)).status is Status.PENDING
        assert (await browse.load(done.id)).status is Status.DENIED
        assert await expire_overdue(gate) == 0

    async def test_two_sweeps_at_once_expire_it_once(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        request = await asked(gate, agent)
        clock.advance(hours=1)
        assert sum(await asyncio.gather(*(expire_overdue(gate) for _ in range(4)))) == 1
        assert (await story_of(request)).count("request.expired by system:expiry") == 1

    async def test_a_flood_is_taken_in_parts(self, gate: Gate, agent: NewKey, clock: Clock) -> None:
        for _ in range(AT_ONCE + 1):
            await asked(gate, agent)
        clock.advance(hours=1)
        assert [await expire_overdue(gate) for _ in range(3)] == [AT_ONCE, 1, 0]
