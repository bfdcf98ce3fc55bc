"""A key is one identity by whichever door: over the API it is `api:NAME`, in a browser `web:NAME`."""

import pytest

from gateway import browse
from gateway.decide import decide
from gateway.errors import NotAnApprover, SelfApproval
from gateway.gate import Gate
from gateway.keys import NewKey, revoke_key, rotate_key
from gateway.links import issue_pair
from gateway.people import link_person, list_people, unlink_person
from gateway.views import Actor
from gateway.waiting import waiting_for
from models.words import DeciderType, Decision, Scope, Status
from tests.conftest import a_key
from tests.gateway.scenes import ALICE, BOB, asked, ruled, story_of

YES = Decision.APPROVED
TWO = {"decision": "route_to_human", "approvalsNeeded": 2}


@pytest.fixture
async def lea(gate: Gate) -> NewKey:
    return await a_key(gate, "lea", Scope.REQUEST_CREATE, Scope.REQUEST_READ, Scope.REQUEST_DECIDE)


async def test_a_decision_in_a_browser_is_the_key_s(gate: Gate, agent: NewKey, lea: NewKey) -> None:
    request = await asked(gate, agent)
    ended = (await decide(gate, request.id, YES, by=lea.key.visitor)).request
    assert (ended.status, ended.decided_by, ended.decided_by_type) == (Status.APPROVED, "web:lea", DeciderType.HUMAN)
    assert "request.approved by web:lea" in await story_of(request)


async def test_a_key_without_the_scope_decides_nothing_there_either(gate: Gate, agent: NewKey) -> None:
    reader = await a_key(gate, "reader", Scope.REQUEST_READ)
    request = await asked(gate, agent)
    with pytest.raises(NotAnApprover, match="request:decide"):
        await decide(gate, request.id, YES, by=reader.key.visitor)


class TestWhatItAskedItself:
    """Not decided by the other door, by another secret, nor by whoever has the name now."""

    async def test_is_not_decided_in_a_browser(self, gate: Gate, lea: NewKey) -> None:
        request = await asked(gate, lea)
        rotated = await rotate_key(gate, "lea", by=ALICE)
        for key in (lea.key, rotated.key):
            with pytest.raises(SelfApproval):
                await decide(gate, request.id, YES, by=key.visitor)
        assert (await waiting_for(gate, by=lea.key.visitor, limit=10)).requests == ()

    async def test_is_not_decided_by_whoever_took_its_name(self, gate: Gate, lea: NewKey) -> None:
        request = await asked(gate, lea)
        await revoke_key(gate, lea.key.id, by=ALICE)
        heir = await a_key(gate, "lea", Scope.REQUEST_DECIDE)
        for by in (heir.key.actor, heir.key.visitor):
            with pytest.raises(SelfApproval):
                await decide(gate, request.id, YES, by=by)

    @pytest.mark.parametrize("known_as", ["api:lea", "web:lea"])
    async def test_is_not_decided_by_the_same_person(
        self, gate: Gate, agent: NewKey, lea: NewKey, known_as: str
    ) -> None:
        for identity in (known_as, "api:agent"):
            await link_person(gate, "lea", identity, by=BOB)
        request = await asked(gate, agent)
        with pytest.raises(SelfApproval):
            await decide(gate, request.id, YES, by=lea.key.visitor)
        assert (await waiting_for(gate, by=lea.key.visitor, limit=10)).requests == ()


class TestWhereARuleNamesApprovers:
    @pytest.mark.parametrize("named", ["api:lea", "web:lea"])
    async def test_a_named_key_decides_by_either_door(self, gate: Gate, agent: NewKey, lea: NewKey, named: str) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": [named]})
        for by in (lea.key.actor, lea.key.visitor):
            request = await asked(gate, agent)
            assert [one.id for one in (await waiting_for(gate, by=by, limit=10)).requests] == [request.id]
            assert (await decide(gate, request.id, YES, by=by)).request.status is Status.APPROVED

    async def test_no_other_key_does_and_learns_who_may(self, gate: Gate, agent: NewKey, lea: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["api:release", "slack:U1"]})
        request = await asked(gate, agent)
        with pytest.raises(NotAnApprover, match="Only api:release or slack:U1 may decide"):
            await decide(gate, request.id, YES, by=lea.key.visitor)

    async def test_a_named_person_does_with_their_key(self, gate: Gate, agent: NewKey, lea: NewKey) -> None:
        await link_person(gate, "lea", "api:lea", by=ALICE)
        await ruled(gate, {"decision": "route_to_human", "approvers": ["person:lea"]})
        request = await asked(gate, agent)
        assert (await decide(gate, request.id, YES, by=lea.key.visitor)).request.status is Status.APPROVED


class TestOfSeveralAnswers:
    async def test_a_key_gives_one(self, gate: Gate, agent: NewKey, lea: NewKey) -> None:
        await ruled(gate, TWO)
        for first, second in ((lea.key.actor, lea.key.visitor), (lea.key.visitor, lea.key.actor)):
            request = await asked(gate, agent)
            assert (await decide(gate, request.id, YES, by=first)).counted
            assert not (await decide(gate, request.id, YES, by=second)).counted
            assert (await browse.load(request.id)).status is Status.PENDING
            assert (await waiting_for(gate, by=second, limit=10)).requests == ()

    async def test_so_does_a_key_and_the_link_that_it_made(self, gate: Gate, agent: NewKey) -> None:
        root = await a_key(gate, "root", Scope.ADMIN)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await issue_pair(gate, request.id, by=root.key.actor)
        assert (await decide(gate, request.id, YES, by=Actor.parse("link:api:root"))).counted
        assert not (await decide(gate, request.id, YES, by=root.key.visitor)).counted

    async def test_a_person_gives_one_with_chat_and_key(self, gate: Gate, agent: NewKey, lea: NewKey) -> None:
        for identity in ("terminal:alice", "web:lea"):
            await link_person(gate, "lea", identity, by=BOB)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        assert (await decide(gate, request.id, YES, by=ALICE)).counted
        assert not (await decide(gate, request.id, YES, by=lea.key.visitor)).counted


async def test_a_key_is_linked_to_a_person_under_one_name(gate: Gate) -> None:
    await link_person(gate, "lea", "web:lea", by=ALICE)
    assert await list_people() == {"lea": ["api:lea"]}
    await unlink_person(gate, "web:lea", by=ALICE)
    assert await list_people() == {}
