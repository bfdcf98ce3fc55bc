"""Whoever answers by a link is somebody: counted once, asked for permission like everybody, never the asker."""

from datetime import timedelta

import pytest

from gateway import browse
from gateway.decide import decide
from gateway.errors import Gone, NotAnApprover, SelfApproval
from gateway.follow import check_link, decide_by_link, open_link
from gateway.gate import Gate, Options
from gateway.keys import NewKey, change_key, revoke_key, rotate_key
from gateway.links import issue_pair
from gateway.people import link_person
from gateway.permission import Trust
from gateway.views import Actor
from models.words import Decision, Scope, Status
from tests.clock import Clock
from tests.conftest import TARGET, a_key
from tests.gateway.linked import BEN, LEA, MESSAGE, OPS, token
from tests.gateway.scenes import ALICE, asked, ruled

TWO = {"decision": "route_to_human", "approvalsNeeded": 2, "channels": [LEA, BEN]}


@pytest.fixture
def options() -> Options:
    return Options(default_targets=(LEA, BEN, OPS, TARGET), rate_limit_rpm=100_000)


class TestSeveralAnswers:
    async def test_two_recipients_are_two_persons(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        first = await decide_by_link(gate, await token(gate, request, LEA))
        assert (first.request.status, first.counted) == (Status.PENDING, True)
        second = await decide_by_link(gate, await token(gate, request, BEN))
        assert (second.request.status, second.request.decided_by) == (Status.APPROVED, BEN)
        assert [vote.by for vote in second.request.approvals] == [LEA, BEN]

    async def test_an_answer_ends_the_pair_of_who_gave_it_and_nobody_elses(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        yes, no = await token(gate, request, LEA), await token(gate, request, LEA, "deny")
        view = await token(gate, request, LEA, "view")
        await decide_by_link(gate, yes)
        for each in (yes, no):
            with pytest.raises(Gone, match=r"You have approved .* already; 1 of 2 persons have approved so far"):
                await decide_by_link(gate, each)
        await check_link(gate, await open_link(gate, view))
        await check_link(gate, await open_link(gate, await token(gate, request, BEN, "deny")))

    async def test_one_person_counts_once_by_mail_and_in_the_chat(self, gate: Gate, agent: NewKey) -> None:
        await link_person(gate, "lea", LEA, by=ALICE)
        await link_person(gate, "lea", "terminal:alice", by=ALICE)
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        await decide(gate, request.id, Decision.APPROVED, by=ALICE)
        decided = await decide_by_link(gate, await token(gate, request, LEA))
        assert (decided.counted, decided.request.status) == (False, Status.PENDING)
        assert [vote.by for vote in decided.request.approvals] == ["terminal:alice"]

    async def test_a_press_and_a_link_in_one_direct_message_count_once(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {**TWO, "channels": [MESSAGE]})
        request = await asked(gate, agent)
        await decide_by_link(gate, await token(gate, request, MESSAGE))
        pressed = await decide(gate, request.id, Decision.APPROVED, by=Actor("slack", "U111", place=MESSAGE))
        assert (pressed.counted, len(pressed.request.approvals)) == (False, 1)

    async def test_a_key_and_the_links_made_in_its_name_count_once(
        self, gate: Gate, agent: NewKey, admin: NewKey
    ) -> None:
        await ruled(gate, TWO)
        request = await asked(gate, agent)
        for _ in range(2):
            pair = await issue_pair(gate, request.id, by=admin.key.actor)
            await decide_by_link(gate, pair.approve.token)
        again = await decide(gate, request.id, Decision.APPROVED, by=admin.key.actor)
        assert [vote.by for vote in again.request.approvals] == ["link:api:admin"]


class TestWhoMay:
    async def test_a_recipient_who_is_named_decides(self, gate: Gate, agent: NewKey) -> None:
        await ruled(gate, {"decision": "route_to_human", "approvers": ["email:LEA@example.com"], "channels": [LEA]})
        request = await asked(gate, agent)
        assert (await decide_by_link(gate, await token(gate, request, LEA))).request.decided_by == LEA

    async def test_who_became_the_asker_meanwhile_does_not(self, gate: Gate, agent: NewKey) -> None:
        request = await asked(gate, agent)
        each = await token(gate, request, LEA)
        await link_person(gate, "lea", LEA, by=ALICE)
        await link_person(gate, "lea", "api:agent", by=ALICE)
        with pytest.raises(SelfApproval):
            await decide_by_link(gate, each)

    async def test_a_channels_link_does_not_where_approvers_were_configured_meanwhile(
        self, gate: Gate, agent: NewKey
    ) -> None:
        request = await asked(gate, agent)
        each = await token(gate, request, OPS)
        gate.options = Options(trust=Trust({"slack": frozenset({"slack:U1"})}))
        with pytest.raises(NotAnApprover, match="Only slack:U1 may decide"):
            await decide_by_link(gate, each)

    @pytest.mark.parametrize("end", ["expired", "without the scope"])
    async def test_a_link_decides_no_longer_than_the_key_that_made_it(
        self, gate: Gate, agent: NewKey, clock: Clock, end: str
    ) -> None:
        lead = await a_key(gate, "lead", Scope.ADMIN)
        request = await asked(gate, agent)
        pair = await issue_pair(gate, request.id, by=lead.key.actor)
        clock.advance(seconds=1)
        match end:
            case "expired":
                soon = clock() + timedelta(seconds=5)
                await change_key(gate, lead.key.id, {"expires_at": soon}, by=ALICE)
                clock.advance(seconds=10)
            case _:
                await change_key(gate, lead.key.id, {"scopes": (Scope.REQUEST_READ,)}, by=ALICE)
        for link in (pair.approve, pair.deny):
            with pytest.raises(NotAnApprover, match="The key lead"):
                await decide_by_link(gate, link.token)
        assert (await browse.load(request.id)).status is Status.PENDING

    @pytest.mark.parametrize("end", ["revoked", "another of its name", "rotated", "renamed", "renamed and back"])
    async def test_links_are_void_once_the_key_that_made_them_is_not_what_it_was(
        self, gate: Gate, agent: NewKey, end: str
    ) -> None:
        lead = await a_key(gate, "lead", Scope.ADMIN)
        request = await asked(gate, agent)
        pair = await issue_pair(gate, request.id, by=lead.key.actor)
        match end:
            case "rotated":
                await rotate_key(gate, "lead", by=ALICE)
            case "renamed" | "renamed and back":
                await change_key(gate, lead.key.id, {"name": "leader"}, by=ALICE)
            case _:
                await revoke_key(gate, lead.key.id, by=ALICE)
        if end == "another of its name":
            await a_key(gate, "lead", Scope.ADMIN)
        if end == "renamed and back":
            await change_key(gate, lead.key.id, {"name": "lead"}, by=ALICE)
        for link in (pair.approve, pair.deny):
            with pytest.raises(Gone, match="The key lead that made this link was revoked, rotated or renamed since"):
                await decide_by_link(gate, link.token)
        assert (await browse.load(request.id)).status is Status.PENDING

    async def test_a_rotation_voids_that_keys_links_and_nobody_elses(
        self, gate: Gate, agent: NewKey, admin: NewKey
    ) -> None:
        lead = await a_key(gate, "lead", Scope.ADMIN)
        request = await asked(gate, agent)
        others = await issue_pair(gate, request.id, by=admin.key.actor)
        await rotate_key(gate, "lead", by=ALICE)
        await change_key(gate, admin.key.id, {"rate_limit": 7}, by=ALICE)
        for link in (await token(gate, request, LEA), others.approve.token):
            await check_link(gate, await open_link(gate, link))
        again = await issue_pair(gate, request.id, by=lead.key.actor)
        assert (await decide_by_link(gate, again.approve.token)).request.decided_by == "link:api:lead"
